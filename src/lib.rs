//! wharf compiles one file, `applications.yml`, into everything that runs in a GitOps cluster.
//!
//! # A tour
//!
//! ```text
//! inputs ──► syntax ──► catalog ──► model ──► emit ──► tree
//!            what is    what is     what it   the       the
//!            parsed     written     means     objects   files
//! ```
//!
//! - [`inputs`] is the only module that reads files, [`disk`] the only one that writes them. Everything in
//!   between is a pure function: [`compile::compile`].
//! - [`syntax`] parses YAML into a tree of values with their locations, and decodes it, reporting all errors
//!   at once.
//! - [`catalog`], [`platform`] and [`profile`] are what users write, as plain serde types. [`schema`]
//!   publishes them.
//! - [`model`] is what it means: defaults filled in, references resolved, order computed, edges merged.
//! - [`mod@derive`] is what follows from what applications deploy, each with the reason.
//! - [`names`] gives each sort of name a type of its own, so that no two can be exchanged; [`value`] is the
//!   text and the values below them.
//! - [`template`] is the language of templates and name patterns, evaluated within bounds.
//! - [`promise`] is what users promise about the network in `tests/`, and [`promises`] checks it.
//! - [`emit`] builds the objects, one kind per file; each knows the line that requested it.
//! - [`waivers`] is which findings the user accepts.
//! - `wildcard` compares names with patterns.
//! - [`diagnostics`] is findings as data, below everything else; [`rules`] checks the model and the objects;
//!   [`report`] draws findings for people and for programs.
//! - [`kubernetes`] reads manifests into resources; [`manifests`] renders those of an application, for
//!   `wharf lock`; [`lock`] is what is recorded of them, and [`locking`] records it.
//! - [`session`] keeps a compilation between edits.
//! - [`diff`](mod@diff) compares two compilations: what a change does to the cluster, most dangerous first.
//! - [`rename`] is the steps that rename what holds data.
//! - [`audit`] finds out what a repository without a catalog deploys.
//! - [`cluster`] is the resources of a cluster by kind and name, rendered or read, and what its network
//!   policies say together; [`reach`] answers questions about it, with the lines that decide, and
//!   [`graph`] draws it.
//! - [`kubernetes::yaml`] and [`tree`] write YAML again.
//!
//! The library exists for the binary, the tests and the benchmarks of this repository. Its interface is not
//! stable: it may change with every version.
//!
//! ```
//! use std::num::NonZeroUsize;
//! use wharf::inputs::{Inputs, Source};
//!
//! let catalog = "- {namespace: web-notes, networkPolicies: {profile: web-app}}\n";
//! let platform = "{repository: {url: https://git.example.com/home.git}, domain: example.com}\n";
//! let inputs = Inputs {
//!     applications: Source::new("applications.yml", catalog),
//!     platform: Some(Source::new("platform.yml", platform)),
//!     ..Inputs::default()
//! };
//! let compiled = wharf::compile::compile(&inputs, NonZeroUsize::MIN);
//! assert!(compiled.findings.is_empty());
//! assert_eq!(compiled.objects[0].name.as_str(), "web-notes");
//! ```

pub mod audit;
pub mod bootstrap;
pub mod catalog;
pub mod cluster;
pub mod commands;
pub mod compile;
pub mod derive;
pub mod diagnostics;
pub mod diff;
pub mod disk;
pub mod emit;
pub mod exit;
mod folder;
pub mod format;
pub mod graph;
pub mod import;
pub mod inputs;
pub mod kubernetes;
pub mod lock;
pub mod locking;
pub mod manifests;
pub mod model;
pub mod names;
pub mod parallel;
pub mod platform;
pub mod profile;
pub mod promise;
pub mod promises;
pub mod reach;
pub mod rename;
pub mod report;
pub mod rules;
pub mod schema;
pub mod schemas;
pub mod session;
pub mod shard;
pub mod syntax;
pub mod template;
pub mod tree;
pub mod value;
pub mod waivers;
mod wildcard;
