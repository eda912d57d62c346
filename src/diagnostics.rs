//! Diagnostics as data: findings, the rules that they violate, and the locations that they point at.
//! Everything else depends on this module, and it depends on values only.

mod finding;
mod location;
mod rule;
pub mod rules;
pub mod suggestion;

pub use finding::{Finding, Label, count, printable};
pub use location::{FileId, Focus, Location, Segment};
pub use rule::{Rule, Severity};
