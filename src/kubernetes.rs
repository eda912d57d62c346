//! Kubernetes objects, independent of any catalog: their kinds, the objects that wharf emits, and their YAML.

pub mod label;
mod object;
pub mod yaml;

pub use object::{Body, Kind, MANAGED_BY, Object, Origin, OtherKind, SYNC_OPTIONS, SYNC_WAVE, group};
