//! From the objects of a cluster to a catalog that renders the same objects, with the proof.
//!
//! The compiler decides what the language supports: what is written is compiled, and an object that comes
//! out differently, or whose lines have an error, is left as it is, with the reason.

mod application;
mod before;
mod draft;
mod entry;
mod facts;
mod folders;
mod images;
mod learned;
mod leftover;
mod normalization;
mod normalize;
mod objects;
mod owners;
mod policies;
mod project;
mod proof;
mod routes;
mod secrets;
mod source;
mod templates;
mod tiers;
mod values;
mod variables;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

pub use before::{Before, Origin};
pub use facts::Facts;
pub use folders::Folders;
pub use proof::{Class, Proof, Row};

use self::draft::Draft;
use self::learned::Learned;
use crate::compile::compile;

/// How often a catalog is written again without what did not come out as it was.
const MAX_ROUNDS: usize = 100;

/// What an import writes, and the proof of it.
#[derive(Debug)]
pub struct Import {
    /// The files by their paths, below the folder of the catalog.
    pub files: BTreeMap<String, String>,
    /// What became of each object.
    pub proof: Proof,
}

/// Writes a catalog for the objects of a cluster. `facts` are taken over as they are; without them, the
/// platform is inferred.
pub fn import(before: &Before, facts: &Facts, threads: NonZeroUsize) -> Import {
    let before = normalize::before(before);
    let cluster = &before.cluster;
    let mut learned = Learned::before(&before.origins);
    let mut rounds = 0;
    loop {
        rounds += 1;
        let draft = Draft::new(cluster, facts, &learned);
        let inputs = draft.inputs();
        let compiled = compile(&inputs, threads);
        let proof = Proof::new(&before, &compiled, &learned);
        let more = draft.learned(&compiled, &proof, &learned);
        if rounds == MAX_ROUNDS || !learned.add(more) {
            return Import { files: draft.files(&proof), proof };
        }
    }
}
