//! What follows from what applications deploy, as the lock or the built-in facts say: everything that a user
//! would otherwise copy out of a chart. Each derived thing has a [`Reason`].

mod known;
pub mod permissions;
mod reason;
mod summary;

pub use known::{Basis, Known, known};
pub use permissions::Permissions;
pub use reason::Reason;
pub use summary::{Derived, summary};
