//! Diagnostics as data: findings, the rules that they violate, and the locations that they point at.
//! Everything else depends on this module, and it depends on values only.

pub(crate) mod bound;
mod counts;
mod file;
mod finding;
mod location;
mod rule;
pub mod rules;
mod sink;
pub mod suggestion;
pub(crate) mod visible;

pub use bound::{MAX_FINDINGS, bound};
pub use counts::Counts;
pub use file::{FileId, Role};
pub use finding::{Finding, Label, count};
pub use location::{Focus, Location, Segment};
pub use rule::{Rule, Severity};
pub use sink::Sink;
pub use visible::printable;
