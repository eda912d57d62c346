//! What follows from what applications deploy, as the lock or the built-in facts say: everything that a user
//! would otherwise copy out of a chart. Each derived thing has a [`Reason`].

mod definitions;
mod known;
mod network;
pub mod permissions;
mod reason;
mod service_account;
mod summary;
mod target_ports;

pub use definitions::{Definitions, Provider};
pub use known::{Basis, Known, chart_of, is_any_known, known, locked};
pub use network::assign as assign_edges;
pub use permissions::Permissions;
pub use reason::Reason;
pub use service_account::own_account;
pub use summary::{Derived, summary};
pub use target_ports::{LockedService, Services, assign as assign_target_ports};
