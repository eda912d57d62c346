//! What is true of Kubernetes whatever the catalog: resources and how they are read. Nothing here knows of
//! catalogs.

pub mod hosts;
pub mod pod_security;
pub mod pods;
pub mod read;
pub mod resource;
pub mod scope;
pub mod selector;

pub use read::{Manifests, Problem, read};
pub use resource::{GroupKind, Resource};

mod certificate;
pub mod label;
mod object;
pub mod yaml;

pub use certificate::{ISSUER_ANNOTATIONS, certificate_secrets};
pub use object::{Body, Kind, MANAGED_BY, Object, Origin, OtherKind, SYNC_OPTIONS, SYNC_WAVE, group};
