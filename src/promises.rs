//! Checks the promises of `tests/*.yml` against the policies that are rendered, for `wharf test`.

mod check;
mod connections;
mod finding;
mod hosts;
mod names;
mod size;

pub use check::{Kept, check};
