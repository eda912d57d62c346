//! An audit: which files of a GitOps repository are deployed, by which Application, and what is known of the
//! clusters. Pure: charts are rendered by a function of the caller.

mod application_set;
pub mod baseline;
mod build;
mod contents;
mod directory;
mod files;
mod gather;
mod generator;
mod go_template;
mod home;
mod item;
mod kustomization;
mod patch;
pub mod picture;
mod stream;
mod unit;
mod unlisted;
pub mod waiver;

use std::collections::{BTreeMap, BTreeSet};

use files::Files;
use gather::Gatherer;
use home::Home;

use crate::cluster::Survey;
use crate::diagnostics::{FileId, Finding, Focus, Role};
use crate::inputs::{LeftOut, Source, Tree};
use crate::manifests::ChartFolder;
use crate::syntax::SourceMap;

/// A folder of the repository that a program renders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renderable {
    /// A chart.
    Chart(ChartFolder),
    /// A kustomization: its folder, from the root of the tree.
    Kustomization(String),
}

/// Renders a folder of the repository, or says why it cannot, as a phrase.
pub type Render<'r> = &'r dyn Fn(&Renderable) -> Result<Source, String>;

/// What is stated about a repository; what is not stated is found out or assumed.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Its URL.
    pub repository: Option<String>,
    /// Folders of the repository as Applications name them, and where they are in the tree.
    pub paths: Vec<(String, String)>,
    /// The files or folders whose Applications are applied manually.
    pub roots: Vec<String>,
}

/// The result of an audit.
#[derive(Debug, Default)]
pub struct Audited<'t> {
    /// The files with findings, to draw them.
    pub documents: SourceMap,
    /// The findings, in the order of the files.
    pub findings: Vec<Finding>,
    /// The lines by which a baseline names the findings, in their order.
    pub keys: Vec<String>,
    /// What is deployed.
    pub survey: Survey,
    /// The files that are deployed, with the numbers of the Applications that deploy them; none for one that
    /// is applied manually.
    pub deployed: BTreeMap<&'t str, BTreeSet<Option<usize>>>,
    /// The files with manifests that nothing deploys.
    pub unreached: Vec<&'t str>,
    /// What was assumed, as phrases.
    pub assumptions: Vec<String>,
    /// What was not read.
    pub left_out: BTreeSet<LeftOut>,
}

/// Audits the files of a tree.
pub fn audit<'t>(tree: &'t Tree, settings: &Settings, render: Render<'_>) -> Audited<'t> {
    let files = Files::new(tree);
    let mut audited =
        if is_stream(tree) { of_stream(&files) } else { of_repository(&files, settings, render) };
    audited.left_out.extend(tree.left_out.iter().cloned());
    let mut findings: Vec<_> = std::mem::take(&mut audited.findings);
    findings.extend(crate::rules::objects::check(&audited.survey));
    findings.extend(duplicate_keys(&files, &audited));
    let mut findings = waiver::apply(&files, &audited.deployed.keys().copied().collect(), findings);
    let wanted: BTreeSet<FileId> =
        findings.iter().flat_map(|finding| &finding.labels).map(|label| label.location.file).collect();
    audited.documents = files.documents(&wanted);
    crate::report::sort(&mut findings, &audited.documents);
    findings.dedup_by(|one, other| same(one, other));
    crate::diagnostics::bound(&mut findings);
    audited.keys = findings.iter().map(|finding| key(finding, &files, &audited.documents)).collect();
    audited.findings = findings;
    audited
}

/// The line by which a baseline names a finding.
fn key(finding: &Finding, files: &Files<'_>, documents: &SourceMap) -> String {
    let location = finding.location();
    let file = files.path_of(location.file).unwrap_or_default();
    let document = documents.get(location.file);
    let path = document.map_or_else(String::new, |document| match location.focus {
        Focus::Bytes(start, _) => document.around(start).to_string(),
        _ => location.to_string(),
    });
    baseline::key(finding.rule.name, file, &path, &finding.message)
}

/// The paths of the files of a tree, by the ids that locations in them have.
pub fn paths(tree: &Tree) -> BTreeMap<FileId, &str> {
    let read = tree.files.iter().filter(|(_, source)| source.is_some()).map(|(path, _)| path.as_str());
    read.zip(0..).map(|(path, number)| (FileId::new(Role::Manifest, number), path)).collect()
}

/// Whether two findings are about the same line, which several Applications deploy.
fn same(one: &Finding, other: &Finding) -> bool {
    one.rule.name == other.rule.name && one.location() == other.location() && one.message == other.message
}

fn is_stream(tree: &Tree) -> bool {
    tree.files.len() == 1 && tree.files.contains_key("<stdin>")
}

fn of_stream<'t>(files: &Files<'t>) -> Audited<'t> {
    let assumption = "assumed that other objects exist: a stream need not contain all of a namespace";
    let mut audited =
        Audited { survey: stream::survey(files), assumptions: vec![assumption.into()], ..Audited::default() };
    for path in files.paths() {
        audited.deployed.entry(path).or_default().insert(None);
        let problem = files.content(path).and_then(|content| content.problem.clone());
        audited.left_out.extend(problem.map(|reason| LeftOut { path: path.into(), reason }));
    }
    audited
}

fn of_repository<'t>(files: &Files<'t>, settings: &Settings, render: Render<'_>) -> Audited<'t> {
    let all = unit::all(files);
    let named = unit::named(files, &all);
    let home = Home::new(files.tree, settings.repository.as_deref(), &settings.paths, &named);
    let graph = unit::graph(files, &home, &all);
    let is_stated = |file: &str| {
        settings.roots.iter().any(|root| {
            let root = root.trim_end_matches('/');
            file == root || root == "." || file.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let roots: BTreeSet<_> = if settings.roots.is_empty() {
        unit::roots(&graph).into_iter().filter_map(|root| graph.get(root)).map(|unit| unit.file).collect()
    } else {
        graph.iter().map(|unit| unit.file).filter(|file| is_stated(file)).collect()
    };
    let gathered = Gatherer::new(files, &home, render).run(&roots);
    let findings = unlisted::check(files, &gathered);
    let mut survey = gathered.survey;
    survey.projects = projects(files);
    survey.has_application_health = has_application_health(files);
    let mut assumptions = home.assumptions;
    if settings.roots.is_empty() && !roots.is_empty() {
        let shown: Vec<_> = roots.iter().take(3).copied().collect();
        let more = if roots.len() > 3 { format!(" and {} more", roots.len() - 3) } else { String::new() };
        let roots = shown.join(", ");
        assumptions.push(format!("assumed that {roots}{more} is applied manually (state it with --root)"));
    }
    let unreached = unreached(files, &gathered.files);
    Audited {
        findings,
        survey,
        deployed: gathered.files,
        unreached,
        assumptions,
        left_out: gathered.left_out,
        ..Audited::default()
    }
}

/// All AppProjects, since those that nothing deploys are probably applied manually.
fn projects(files: &Files<'_>) -> Vec<crate::kubernetes::Resource> {
    let candidates = files.paths().filter(|path| contains(files.bytes(path), b"AppProject"));
    let contents = candidates.filter_map(|path| files.content(path));
    let resources = contents.flat_map(|content| &content.resources);
    resources.filter(|resource| resource.kind.is("argoproj.io", "AppProject")).cloned().collect()
}

/// Whether any file, such as the values of Argo CD's chart, configures a health check for Applications. It is
/// taken for configured if no file configures Argo CD.
fn has_application_health(files: &Files<'_>) -> bool {
    let any = |text: &[u8]| files.paths().any(|path| contains(files.bytes(path), text));
    any(b"argoproj.io_Application")
        || any(b"argoproj.io/Application:")
        || !(any(b"argocd-cm\n") || any(b"argo-cd\n"))
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

/// The files that look like manifests and that nothing deploys.
fn unreached<'t>(files: &Files<'t>, deployed: &BTreeMap<&'t str, BTreeSet<Option<usize>>>) -> Vec<&'t str> {
    let is_manifest = |path: &&str| {
        let bytes = files.bytes(path);
        [&b"apiVersion:"[..], b"kind:", b"metadata:"].iter().all(|word| contains(bytes, word))
    };
    files.paths().filter(|path| !deployed.contains_key(path)).filter(is_manifest).collect()
}

/// The keys that appear twice in deployed files.
fn duplicate_keys(files: &Files<'_>, audited: &Audited<'_>) -> Vec<Finding> {
    let contents = audited.deployed.keys().filter_map(|path| files.content(path));
    contents.flat_map(|content| content.duplicate_keys.iter().cloned()).collect()
}
