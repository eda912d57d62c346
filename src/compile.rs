//! The whole way, from inputs to objects: total and pure.

pub(crate) mod consequence;

use std::num::NonZeroUsize;

use crate::catalog::Catalog;
use crate::diagnostics::Finding;
use crate::diagnostics::rules;
use crate::diagnostics::{FileId, Location, bound};
use crate::inputs::{Inputs, Source};
use crate::kubernetes::Object;
use crate::lock::{self, Lock};
use crate::model::{Model, Profiles, Templates};
use crate::parallel::both;
use crate::platform::Platform;
use crate::syntax::{Document, decode, decode_items};
use crate::{emit, schema};

/// What comes of a catalog.
#[derive(Debug)]
pub struct Compiled<'i> {
    /// The parsed files, to draw findings in.
    pub documents: Vec<Document<'i>>,
    /// What the catalog means.
    pub model: Model,
    /// What it becomes, in the order in which a cluster wants it.
    pub objects: Vec<Object>,
    /// What is wrong, in the order of the files.
    pub findings: Vec<Finding>,
}

impl Compiled<'_> {
    /// Whether the catalog has no meaning, so that nothing of it may be filed.
    pub fn is_faulty(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }

    /// Takes it that a catalog which renders no entry is meant.
    pub fn allow_empty(&mut self) {
        self.findings.retain(|finding| finding.rule.name != rules::EMPTY_CATALOG.name);
    }
}

/// Compiles a catalog. Whatever is wrong with it becomes a finding, and each stage gives as much as it can;
/// with an error among the findings the objects are good for nothing but judging. The number of threads
/// changes nothing but the time.
pub fn compile(inputs: &Inputs, threads: NonZeroUsize) -> Compiled<'_> {
    // The lock of a large catalog is longer than the catalog, and nobody asks for it before there is a plan.
    let (locked, planned) =
        both(threads, || inputs.lock.as_ref().map(|source| read_lock(source)), || model(inputs, threads));
    let Planned { mut documents, mut model, mut findings, mut meant, cut } = planned;
    if let Some(Locked { document, lock, findings: mut found }) = locked {
        documents.push(document);
        model.lock = lock;
        findings.append(&mut found);
    }
    lock::check(&model, inputs.repository.as_ref(), &mut meant);
    let mut objects = Vec::new();
    if !bound::are_cut(&meant) {
        objects = emit::objects(&model, threads, &mut meant);
        crate::rules::judge(&model, &objects, threads, &mut meant);
    }
    if cut {
        meant.clear();
    }
    bound::cut(&mut meant);
    consequence::join(&mut findings, meant, &documents);
    crate::report::sort(&mut findings, &documents);
    bound::bound(&mut findings);
    Compiled { documents, model, objects, findings }
}

/// What the lock file says.
struct Locked<'i> {
    document: Document<'i>,
    lock: Lock,
    findings: Vec<Finding>,
}

fn read_lock(source: &Source) -> Locked<'_> {
    let mut findings = Vec::new();
    let document = Document::load(FileId::LOCK, source, &mut findings);
    let lock = lock::read(&document, &mut findings);
    Locked { document, lock, findings }
}

/// What the other files say, and mean.
struct Planned<'i> {
    documents: Vec<Document<'i>>,
    model: Model,
    /// Faults of their form.
    findings: Vec<Finding>,
    /// Faults of their meaning.
    meant: Vec<Finding>,
    /// Whether a part of the files was not read, because there were too many findings.
    cut: bool,
}

fn model(inputs: &Inputs, threads: NonZeroUsize) -> Planned<'_> {
    let mut findings = Vec::new();
    let documents = load(inputs, threads, &mut findings);
    let catalog = if bound::are_cut(&findings) {
        Catalog::default()
    } else {
        Catalog(decode_items(&documents[0], threads, &mut findings))
    };
    let platform = platform(inputs, &documents, &mut findings);
    let (rest, templates) = documents.split_at(documents.len() - inputs.templates.len());
    let files = inputs
        .profiles
        .iter()
        .map(|(name, _)| name.as_str())
        .zip(&rest[rest.len() - inputs.profiles.len()..]);
    let profiles = Profiles::new(files, &mut findings);
    let templates =
        Templates::new(inputs.templates.iter().map(|(name, _)| name.as_str()).zip(templates), &mut findings);
    schema::help::add(&mut findings, &documents);
    // a part of the files has not been read: what it lacks is not missing
    let cut = bound::are_cut(&findings);
    let catalog = if cut { Catalog::default() } else { catalog };

    let mut meant = Vec::new();
    let model =
        Model::new(catalog, &platform, profiles, templates, inputs.repository.as_ref(), threads, &mut meant);
    model.profiles.check(&model.platform, &mut meant);
    Planned { documents, model, findings, meant, cut }
}

fn load<'i>(inputs: &'i Inputs, threads: NonZeroUsize, findings: &mut Vec<Finding>) -> Vec<Document<'i>> {
    let profiles = inputs.profiles.iter().map(|(_, source)| source);
    let fixed =
        [(FileId::APPLICATIONS, Some(&inputs.applications)), (FileId::PLATFORM, inputs.platform.as_ref())];
    let numbered = profiles.zip(2..).map(|(source, number)| (FileId(number), Some(source)));
    let files = fixed
        .into_iter()
        .chain(numbered)
        .filter_map(|(file, source): (FileId, Option<&Source>)| Some((file, source?)));
    let mut documents: Vec<_> =
        files.map(|(file, source)| Document::load_parallel(file, source, threads, findings)).collect();
    let templates = inputs.templates.iter().zip(2 + inputs.profiles.len()..);
    documents.extend(templates.map(|((_, source), number)| {
        Document::plain(FileId(u16::try_from(number).unwrap_or(u16::MAX)), source, findings)
    }));
    documents
}

fn platform(inputs: &Inputs, documents: &[Document<'_>], findings: &mut Vec<Finding>) -> Platform {
    if inputs.platform.is_none() {
        let finding = rules::MISSING_PLATFORM
            .at(Location::root(FileId::APPLICATIONS), "there is no platform.yml beside applications.yml");
        let finding = finding.note("without it no application has a repository and no route a domain");
        findings.push(
            finding.help("write one that says `repository.url` and `domain`, or let `wharf init` make it"),
        );
        return Platform::default();
    }
    decode(&documents[1], findings).unwrap_or_default()
}
