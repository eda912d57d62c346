//! The whole pipeline, from inputs to objects: total and pure.

pub(crate) mod consequence;

use std::num::NonZeroUsize;

use crate::catalog::Catalog;
use crate::diagnostics::{FileId, Finding, Location, Role, Sink, bound, rules};
use crate::inputs::{Inputs, MAX_ENTRIES, Source};
use crate::kubernetes::Object;
use crate::lock::{self, Lock};
use crate::locking;
use crate::model::{self, Model, Profiles, Templates};
use crate::parallel::both;
use crate::platform::Platform;
use crate::syntax::{Document, decode, decode_items, too_large};
use crate::{derive, emit, schema};

/// The result of a compilation.
#[derive(Debug)]
pub struct Compiled<'i> {
    /// The parsed files, to draw findings in.
    pub documents: Vec<Document<'i>>,
    /// The model of the catalog.
    pub model: Model,
    /// The objects, in the order in which they are applied.
    pub objects: Vec<Object>,
    /// The findings, in the order of the files.
    pub findings: Vec<Finding>,
}

impl Compiled<'_> {
    /// Whether there are errors, so that nothing may be written.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }

    /// Takes it that a catalog which renders no entry is meant.
    pub fn allow_empty(&mut self) {
        self.findings.retain(|finding| finding.rule.name != rules::EMPTY_CATALOG.name);
    }
}

/// Compiles a catalog. Every problem becomes a finding, and each stage produces as much as it can; if there
/// is an error among the findings, the objects are only good for further checks. The number of threads
/// affects nothing but the time.
pub fn compile(inputs: &Inputs, threads: NonZeroUsize) -> Compiled<'_> {
    // The lock of a large catalog is longer than the catalog, and is not needed before the model.
    let (locked, parsed) =
        both(threads, || inputs.lock.as_ref().map(|source| read_lock(source)), || model(inputs, threads));
    let Parsed { mut documents, mut model, mut findings, mut semantic, cut } = parsed;
    let mut lock = Lock::default();
    if let Some(Locked { document, lock: read, findings: mut found }) = locked {
        documents.push(document);
        lock = read;
        findings.append(&mut found);
    }
    derive::assign_target_ports(&mut model, lock);
    derive::assign_edges(&mut model);
    model.connect(inputs.repository.as_ref(), &mut semantic);
    model.profiles.check(&model.platform, &mut semantic);
    locking::check(&model, inputs.repository.as_ref(), &mut semantic);
    let mut objects = Vec::new();
    if !semantic.is_cut() {
        objects = emit::objects(&model, threads, &mut semantic);
        crate::rules::check(&model, &objects, threads, &mut semantic);
    }
    if cut {
        semantic.clear();
    }
    let mut findings = consequence::join(findings.into_vec(), bound::cut(semantic), &documents);
    crate::report::sort(&mut findings, &documents);
    bound::bound(&mut findings);
    Compiled { documents, model, objects, findings }
}

/// What the lock file says.
struct Locked<'i> {
    document: Document<'i>,
    lock: Lock,
    findings: Sink,
}

fn read_lock(source: &Source) -> Locked<'_> {
    let mut findings = Sink::new();
    let document = Document::load(FileId::LOCK, source, &mut findings);
    let lock = lock::read(&document, &mut findings);
    Locked { document, lock, findings }
}

/// What the other files say, and mean.
struct Parsed<'i> {
    documents: Vec<Document<'i>>,
    model: Model,
    /// Findings about the form of the files.
    findings: Sink,
    /// Findings about what the files mean.
    semantic: Sink,
    /// Whether a part of the files was not read, because there were too many findings.
    cut: bool,
}

fn model(inputs: &Inputs, threads: NonZeroUsize) -> Parsed<'_> {
    let mut findings = Sink::new();
    let documents = load(inputs, threads, &mut findings);
    let catalog =
        if findings.is_cut() { Catalog::default() } else { catalog(&documents[0], threads, &mut findings) };
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
    let cut = findings.is_cut();
    let catalog = if cut { Catalog::default() } else { catalog };

    let mut semantic = Sink::new();
    let platform = model::Platform::new(&platform, emit::SUPPORT, &mut semantic);
    let model = Model::new(catalog, platform, profiles, templates, threads, &mut semantic);
    Parsed { documents, model, findings, semantic, cut }
}

fn load<'i>(inputs: &'i Inputs, threads: NonZeroUsize, findings: &mut Sink) -> Vec<Document<'i>> {
    let profiles = inputs.profiles.iter().map(|(_, source)| source);
    let fixed =
        [(FileId::APPLICATIONS, Some(&inputs.applications)), (FileId::PLATFORM, inputs.platform.as_ref())];
    let numbered =
        profiles.zip(0..).map(|(source, number)| (FileId::new(Role::Profile, number), Some(source)));
    let files = fixed
        .into_iter()
        .chain(numbered)
        .filter_map(|(file, source): (FileId, Option<&Source>)| Some((file, source?)));
    let mut documents: Vec<_> =
        files.map(|(file, source)| Document::load_parallel(file, source, threads, findings)).collect();
    let templates = inputs.templates.iter().zip(0..);
    documents.extend(
        templates.map(|((_, source), number)| {
            Document::plain(FileId::new(Role::Template, number), source, findings)
        }),
    );
    documents
}

fn catalog(document: &Document<'_>, threads: NonZeroUsize, findings: &mut Sink) -> Catalog {
    if document.root_items() > MAX_ENTRIES {
        let message = format!("the catalog has more than {MAX_ENTRIES} entries");
        findings.push(too_large(Location::root(FileId::APPLICATIONS).index(MAX_ENTRIES), message));
        return Catalog::default();
    }
    Catalog(decode_items(document, threads, findings))
}

fn platform(inputs: &Inputs, documents: &[Document<'_>], findings: &mut Sink) -> Platform {
    if inputs.platform.is_none() {
        let finding = rules::MISSING_PLATFORM
            .at(Location::root(FileId::APPLICATIONS), "there is no platform.yml beside applications.yml");
        let finding = finding.note("without it, no application has a repository and no route has a domain");
        findings.push(
            finding.help("write one with `repository.url` and `domain`, or create it with `wharf init`"),
        );
        return Platform::default();
    }
    decode(&documents[1], findings).unwrap_or_default()
}
