//! Making the entries of `applications.lock.yml`, and comparing them with the catalog. The lock itself is
//! data that the model reads ([`crate::lock`]); this module knows the model and how manifests are rendered.

mod digests;
mod files;
mod make;
mod staleness;

pub use digests::{api_versions, digests};
pub use make::make;
pub use staleness::{check, is_stale};
