//! Facts about Kubernetes, independent of catalogs: resources and how they are read.

pub mod groups;
pub mod hosts;
mod identity;
pub mod kind_name;
pub mod kinds;
pub mod pod_security;
pub mod pods;
pub mod read;
pub mod resource;
pub mod scope;
pub mod selector;

pub use identity::Identity;
pub use kinds::Kind;
pub use read::{Manifests, Problem, read};
pub use resource::{GroupKind, Resource};

mod certificate;
pub mod label;
mod object;
pub mod yaml;

pub use certificate::{ISSUER_ANNOTATIONS, certificate_secrets};
pub use object::{Body, MANAGED_BY, Object, Origin, OtherKind, SYNC_OPTIONS, SYNC_WAVE, group};
