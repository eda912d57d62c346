//! From tree to types, total: an error becomes a finding and leaves a placeholder, so that it never hides
//! another one. The types are plain serde structs. A key whose type is neither an `Option` nor a collection
//! is required.

mod access;
mod ambiguous;
mod cursor;
mod deserializer;
mod report;
mod trail;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::num::NonZeroUsize;

use serde::de::{self, Deserialize};

use self::cursor::{At, Cursor};
use self::trail::Trail;
use super::{Document, Location, NodeId, NodeKind};
use crate::diagnostics::{Finding, MAX_FINDINGS, Sink, rules};
use crate::parallel::map_chunks;

/// The cost of a list or a mapping, where a byte of text costs one: an empty mapping becomes hundreds of
/// bytes.
const COLLECTION: usize = 32;

/// How much longer a document may get when its aliases are expanded: aliases of aliases grow exponentially.
const ALIAS_GROWTH: usize = 16;

/// The minimum limit for expanded aliases of a short document, in bytes, and how much a long one may grow.
const MIN_BUDGET: usize = 1 << 20;
const MAX_GROWTH: usize = 5 << 20;

/// How much memory the findings of one file may take, in bytes. A path can be much longer than its value.
const MAX_BUDGET: usize = 16 << 20;

/// The memory of a finding besides its path and its message.
const FINDING: usize = 256;

/// Reads `document` as a `T`. For a document that is not valid YAML, which the parser has reported, no keys
/// are reported as missing. `None` only if no `T` can be constructed.
pub fn decode<'d, T: Deserialize<'d>>(document: &'d Document, findings: &mut Sink) -> Option<T> {
    let decoder = Decoder::new(document);
    let at = document.root.map_or(if document.readable { At::Absent } else { At::Placeholder }, At::Node);
    let value = T::deserialize(Cursor { decoder: &decoder, at, trail: &Trail::Root, depth: 0 });
    if document.readable {
        findings.append(&mut decoder.findings.into_inner());
    }
    match value {
        Ok(value) => Some(value),
        Err(Refused(message)) => {
            findings.push(rules::WRONG_TYPE.at(Location::root(document.file), message));
            None
        }
    }
}

/// Reads a `document` that is a list item by item, on several threads. Empty if it is not a list.
pub fn decode_items<'d, T: Deserialize<'d> + Send>(
    document: &'d Document,
    threads: NonZeroUsize,
    findings: &mut Sink,
) -> Vec<T> {
    let Some(NodeKind::List(items)) = document.root.map(|root| &document.node(document.follow(root)).kind)
    else {
        return decode(document, findings).unwrap_or_default();
    };
    // a search for the first item of the chunk: numbering all items would take more memory than the list
    let begin =
        |chunk: &[NodeId]| chunk.first().map_or(0, |first| items.partition_point(|item| item < first));
    // the first chunk has space for all items: growing would keep many of them in memory twice
    let space = |begin: usize, chunk: &[NodeId]| if begin == 0 { items.len() } else { chunk.len() };
    let read = |chunk: &[NodeId]| {
        let begin = begin(chunk);
        Chunk::read(document, begin, chunk, space(begin, chunk))
    };
    let mut chunks = map_chunks(items, threads, read);
    // Each chunk had the limits of the whole document: the result for a document that exceeds them must not
    // depend on the number of chunks.
    let budget: usize = chunks.iter().map(|chunk: &Chunk<T>| chunk.budget).sum();
    let memory: usize = chunks.iter().map(|chunk| chunk.memory).sum();
    let found: usize = chunks.iter().map(|chunk| chunk.findings.len()).sum();
    if chunks.len() > 1
        && (budget >= Decoder::budget(document) || memory >= MAX_BUDGET || found >= MAX_FINDINGS)
    {
        chunks = vec![Chunk::read(document, 0, items, items.len())];
    }
    let mut all = Vec::new();
    for chunk in chunks {
        if all.is_empty() {
            all = chunk.items;
        } else {
            all.extend(chunk.items);
        }
        if document.readable {
            findings.extend(chunk.findings);
        }
    }
    all
}

/// Some items of a document that is a list.
struct Chunk<T> {
    items: Vec<T>,
    findings: Sink,
    /// How much of the budget was used.
    budget: usize,
    /// How much of the memory for findings was used.
    memory: usize,
}

impl<T> Chunk<T> {
    fn read<'d>(document: &'d Document, begin: usize, items: &[NodeId], space: usize) -> Self
    where
        T: Deserialize<'d>,
    {
        let decoder = Decoder::new(document);
        let read = |(index, item): (usize, &NodeId)| {
            let trail = Trail::Index(&Trail::Root, begin + index);
            T::deserialize(Cursor { decoder: &decoder, at: At::Node(*item), trail: &trail, depth: 1 }).ok()
        };
        let mut all = Vec::with_capacity(space);
        all.extend(items.iter().enumerate().take_while(|_| decoder.budget.get() > 0).filter_map(read));
        let (budget, memory) =
            (Decoder::budget(document) - decoder.budget.get(), MAX_BUDGET - decoder.memory.get());
        Self { items: all, findings: decoder.findings.into_inner(), budget, memory }
    }
}

/// The memory of a finding.
fn size(finding: &Finding) -> usize {
    finding.location().size() + finding.message.len() + FINDING
}

impl<'d> Decoder<'d> {
    fn new(document: &'d Document) -> Self {
        Self {
            document,
            findings: RefCell::default(),
            memory: Cell::new(MAX_BUDGET),
            budget: Cell::new(Self::budget(document)),
        }
    }

    fn budget(document: &Document) -> usize {
        let written = document.nodes.len() * COLLECTION + document.text.len();
        written + (written * ALIAS_GROWTH + MIN_BUDGET).min(MAX_GROWTH)
    }
}

struct Decoder<'d> {
    document: &'d Document,
    findings: RefCell<Sink>,
    /// How many more bytes findings may take.
    memory: Cell<usize>,
    /// How many more values and bytes of text may be read; 0 after the limit was exceeded.
    budget: Cell<usize>,
}

/// An error of serde's own code; this decoder never returns one.
#[derive(Debug)]
struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl de::Error for Refused {
    fn custom<M: fmt::Display>(message: M) -> Self {
        Self(message.to_string())
    }
}
