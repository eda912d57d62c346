//! Routes: without a rule, a length or a priority of a controller.

pub(super) mod backend;
pub(super) mod backend_tls;
pub(super) mod callbacks;
mod certificate;
pub(super) mod duplicates;
pub(super) mod exposure;
pub(super) mod filters;
pub(super) mod headers;
mod host_pattern;
mod hosts;
pub(super) mod metadata;
mod outside;
mod paths;
pub(super) mod redirect;
pub(super) mod routes;
pub(super) mod shared_services;
pub(super) mod specificity;
pub(super) mod streams;
