//! Who may talk to whom: edges with their peers and ports; no object of an API.

pub(super) mod edge;
pub(super) mod edge_reader;
pub(super) mod edges;
pub(super) mod port;
