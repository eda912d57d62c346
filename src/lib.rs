//! wharf compiles one file, `applications.yml`, into everything that a GitOps cluster runs.
//!
//! # A tour
//!
//! ```text
//! inputs ──► document ──► catalog ──► plan ──► objects ──► tree
//!            what is      what is     what is   what is     what is
//!            read         written     meant     made        filed
//! ```
//!
//! - [`inputs`] is the only reader of files, [`disk`] the only writer. Everything between them is a pure
//!   function: [`compile::compile`].
//! - [`syntax`] is where YAML ends: a tree of values that knows where each part stands, and a decoder that
//!   reports all faults at once.
//! - [`catalog`], [`platform`] and [`profile`] are what users write, as plain serde types. [`schema`]
//!   publishes them.
//! - [`model`] is what they mean: defaults filled in, references resolved, order computed, edges brought
//!   together.
//! - [`emit`] makes the objects, one kind a file; each knows the line that asked for it.
//! - [`kubernetes`] reads manifests into resources; [`manifests`] has those of an application rendered, for
//!   `wharf lock`; [`lock`] is what is recorded of them, and what a compilation knows of applications.
//! - [`rules`] says what can be wrong; [`diagnostics`] says it to people and to programs.
//! - [`kubernetes::yaml`] and [`tree`] are where YAML begins again.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use wharf::inputs::{Inputs, Source};
//!
//! let inputs = Inputs {
//!     applications: Source::new("applications.yml", "- namespace: web-notes\n  networkPolicies: {profile: web-app}\n"),
//!     platform: Some(Source::new("platform.yml", "repository: {url: https://git.example.com/home.git}\ndomain: example.com\n")),
//!     ..Inputs::default()
//! };
//! let compiled = wharf::compile::compile(&inputs, NonZeroUsize::MIN);
//! assert!(compiled.findings.is_empty());
//! assert_eq!(compiled.objects[0].name.as_str(), "web-notes");
//! ```

pub mod bootstrap;
pub mod catalog;
pub mod commands;
pub mod compile;
pub mod diagnostics;
pub mod disk;
pub mod emit;
pub mod exit;
pub mod format;
pub mod inputs;
pub mod kubernetes;
pub mod lock;
pub mod manifests;
pub mod model;
pub mod parallel;
pub mod platform;
pub mod profile;
pub mod report;
pub mod rules;
pub mod schema;
pub mod schemas;
pub mod shard;
pub mod syntax;
pub mod tree;
pub mod value;
