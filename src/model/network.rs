//! Who may talk to whom: edges with their peers, pods and ports; no object of an API.

pub(super) mod allow_rule;
mod check;
pub(super) mod controller;
pub(super) mod derived;
pub(super) mod edge;
pub(super) mod edge_reader;
pub(super) mod edges;
mod name_edges;
mod owners;
pub(super) mod peer;
pub(super) mod pod_labels;
pub(super) mod pod_reader;
pub(super) mod port;
mod services;
mod sides;
mod whole_range;
