//! Edges that nobody wrote.

use super::edge::Edge;
use crate::diagnostics::Location;
use crate::value::Text;

/// An edge that follows from what an application deploys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerivedEdge {
    /// The edge.
    pub edge: Edge,
    /// The line of the application.
    pub location: Location,
    /// Why: `lock: CODE KIND/NAME`.
    pub reason: Text,
}
