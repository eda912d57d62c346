//! The whole pipeline, from inputs to objects: total and pure.

pub(crate) mod consequence;
mod passthrough;
mod variables;

use std::num::NonZeroUsize;

use crate::catalog::Catalog;
use crate::diagnostics::{FileId, Finding, Location, Role, Severity, Sink, bound, rules};
use crate::inputs::{Inputs, MAX_ENTRIES, Source};
use crate::kubernetes::Object;
use crate::lock::{self, Lock};
use crate::locking;
use crate::model::{self, Model, Profiles, Templates};
use crate::parallel::both;
use crate::platform::Platform;
use crate::syntax::{Document, SourceMap, decode, decode_items, too_large};
use crate::waivers::{self, Baseline, Waivers};
use crate::{derive, emit, schema};
use passthrough::Passthrough;

/// The result of a compilation.
#[derive(Debug)]
pub struct Compiled {
    /// The parsed files, to draw findings in.
    pub documents: SourceMap,
    /// The model of the catalog.
    pub model: Model,
    /// The objects, in the order in which they are applied.
    pub objects: Vec<Object>,
    /// The findings, in the order of the files.
    pub findings: Vec<Finding>,
}

impl Compiled {
    /// Whether there are errors, so that nothing may be written.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }

    /// Turns warnings into errors. Notes stay notes.
    pub fn deny_warnings(&mut self) {
        let warnings = self.findings.iter_mut().filter(|finding| finding.severity == Severity::Warning);
        warnings.for_each(|finding| finding.severity = Severity::Error);
    }

    /// Accepts a catalog that renders no entry.
    pub fn allow_empty(&mut self) {
        self.findings.retain(|finding| finding.rule.name != rules::EMPTY_CATALOG.name);
    }
}

/// Compiles a catalog. Every problem becomes a finding, and each stage produces as much as it can; if there
/// is an error among the findings, the objects are only good for further checks. The number of threads
/// affects nothing but the time.
pub fn compile(inputs: &Inputs, threads: NonZeroUsize) -> Compiled {
    // The lock of a large catalog is longer than the catalog, and is not needed before the model.
    let (locked, parsed) = both(threads, || inputs.lock.as_ref().map(read_lock), || model(inputs, threads));
    let Parsed { mut documents, mut model, mut findings, mut semantic, passthrough, cut } = parsed;
    let mut lock = Lock::default();
    if let Some(Locked { document, lock: read, findings: mut found }) = locked {
        documents.extend(document);
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
    documents.extend(unread_lock(inputs, &documents, &semantic));
    let baseline = inputs.baseline.as_ref().map(|source| {
        let document = Document::load(FileId::BASELINE, source, &mut findings);
        let baseline = Baseline::read(&document, &mut findings);
        documents.insert(document);
        baseline
    });
    let mut findings = consequence::join(findings.into_vec(), bound::cut(semantic), &documents);
    passthrough.restore(&mut objects);
    passthrough.judge(&mut findings, &documents);
    passthrough.name(&mut model);
    let (settings, has_tree) = (&model.platform.findings, inputs.repository.is_some());
    waivers::apply(&mut findings, &documents, Waivers { settings, baseline, has_tree });
    crate::report::sort(&mut findings, &documents);
    bound::bound(&mut findings);
    Compiled { documents, model, objects, findings }
}

/// What the lock file contains.
struct Locked {
    /// The parsed file, unless it was read without the parser.
    document: Option<Document>,
    lock: Lock,
    findings: Sink,
}

fn read_lock(source: &Source) -> Locked {
    let mut findings = Sink::new();
    let text = std::str::from_utf8(&source.bytes).unwrap_or_default();
    if let Some(lock) = lock::read_canonical(text) {
        return Locked { document: None, lock, findings };
    }
    let document = Document::load(FileId::LOCK, source, &mut findings);
    let lock = lock::read(&document, &mut findings);
    Locked { document: Some(document), lock, findings }
}

/// The lock file for the report, if a finding points at it and it was read without the parser.
fn unread_lock(inputs: &Inputs, documents: &SourceMap, findings: &[Finding]) -> Option<Document> {
    let mut labels = findings.iter().flat_map(|finding| &finding.labels);
    let is_needed =
        documents.get(FileId::LOCK).is_none() && labels.any(|label| label.location.file == FileId::LOCK);
    // It is what `wharf lock` writes, so that parsing it reports nothing.
    let source = inputs.lock.as_ref().filter(|_| is_needed)?;
    Some(Document::load(FileId::LOCK, source, &mut Sink::new()))
}

/// The other files, parsed and lowered.
struct Parsed {
    documents: SourceMap,
    model: Model,
    /// Findings about the form of the files.
    findings: Sink,
    /// Findings about what the files mean.
    semantic: Sink,
    /// The variables that something else replaces.
    passthrough: Passthrough,
    /// Whether a part of the files was not read, because there were too many findings.
    cut: bool,
}

fn model(inputs: &Inputs, threads: NonZeroUsize) -> Parsed {
    let mut findings = Sink::new();
    let mut documents = load(inputs, threads, &mut findings);
    let passthrough = variables::resolve(&mut documents, &inputs.environment, &mut findings);
    let catalog = match documents.get(FileId::APPLICATIONS) {
        Some(document) if !findings.is_cut() => catalog(document, threads, &mut findings),
        _ => Catalog::default(),
    };
    let platform = platform(documents.get(FileId::PLATFORM), &mut findings);
    let profiles = Profiles::new(named(&inputs.profiles, Role::Profile, &documents), &mut findings);
    let templates = Templates::new(named(&inputs.templates, Role::Template, &documents), &mut findings);
    schema::help::add(&mut findings, &documents);
    // a part of the files has not been read: what it lacks is not missing
    let cut = findings.is_cut();
    let catalog = if cut { Catalog::default() } else { catalog };

    let mut semantic = Sink::new();
    let platform = model::Platform::new(&platform, emit::SUPPORT, &mut semantic);
    let model = Model::new(catalog, platform, profiles, templates, threads, &mut semantic);
    Parsed { documents, model, findings, semantic, passthrough, cut }
}

fn load(inputs: &Inputs, threads: NonZeroUsize, findings: &mut Sink) -> SourceMap {
    let catalog = (FileId::APPLICATIONS, &inputs.applications);
    let platform = inputs.platform.as_ref().map(|source| (FileId::PLATFORM, source));
    let files = [catalog].into_iter().chain(platform).chain(numbered(&inputs.profiles, Role::Profile));
    let mut documents = SourceMap::default();
    documents.extend(files.map(|(file, source)| Document::load_parallel(file, source, threads, findings)));
    let templates = numbered(&inputs.templates, Role::Template);
    documents.extend(templates.map(|(file, source)| Document::plain(file, source, findings)));
    documents
}

/// The files of a role with their ids.
fn numbered(sources: &[(String, Source)], role: Role) -> impl Iterator<Item = (FileId, &Source)> {
    sources.iter().zip(0..).map(move |((_, source), number)| (FileId::new(role, number), source))
}

/// The parsed files of a role with their names.
fn named<'n>(
    sources: &'n [(String, Source)],
    role: Role,
    documents: &'n SourceMap,
) -> impl Iterator<Item = (&'n str, &'n Document)> {
    sources.iter().map(|(name, _)| name.as_str()).zip(documents.of_role(role))
}

fn catalog(document: &Document, threads: NonZeroUsize, findings: &mut Sink) -> Catalog {
    if document.root_items() > MAX_ENTRIES {
        let message = format!("the catalog has more than {MAX_ENTRIES} entries");
        findings.push(too_large(Location::root(FileId::APPLICATIONS).index(MAX_ENTRIES), message));
        return Catalog::default();
    }
    Catalog(decode_items(document, threads, findings))
}

fn platform(document: Option<&Document>, findings: &mut Sink) -> Platform {
    let Some(document) = document else {
        let finding = rules::MISSING_PLATFORM
            .at(Location::root(FileId::APPLICATIONS), "there is no platform.yml beside applications.yml");
        let finding = finding.note("without it, no application has a repository and no route has a domain");
        findings.push(
            finding.help("write one with `repository.url` and `domain`, or create it with `wharf init`"),
        );
        return Platform::default();
    };
    decode(document, findings).unwrap_or_default()
}
