//! What Argo CD applies: applications with their sources, their order and their images.

pub(super) mod applications;
pub(super) mod image_tags;
pub(super) mod image_targets;
pub(super) mod images;
pub(super) mod order;
pub(super) mod paths;
mod source_keys;
pub(super) mod sources;
pub(super) mod sync;
mod values_files;
pub(super) mod working_tree;
