//! Making the entries of `applications.lock.yml`, and comparing them with the catalog. The lock itself is
//! data that the model reads ([`crate::lock`]); this module knows the model and how manifests are rendered.

mod files;
mod make;
mod staleness;

pub use files::digest as files_digest;
pub use make::make;
pub use staleness::{Staleness, api_versions, check, source_digest, staleness};
