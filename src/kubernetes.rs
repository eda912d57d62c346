//! Facts about Kubernetes, independent of catalogs: resources and how they are read.

pub mod hosts;
pub mod pod_security;
pub mod pods;
pub mod read;
pub mod resource;
pub mod scope;
pub mod selector;

pub use read::{Manifests, Problem, read};
pub use resource::{GroupKind, Resource};

pub mod label;
mod object;
pub mod yaml;

pub use object::{Body, Kind, MANAGED_BY, Object, Origin, OtherKind, SYNC_OPTIONS, SYNC_WAVE, group};
