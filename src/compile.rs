//! The whole way, from inputs to objects: total and pure.

use std::num::NonZeroUsize;

use crate::catalog::Catalog;
use crate::document::{Document, FileId, Part, Place, Step, decode, decode_items};
use crate::finding::{self, Finding};
use crate::inputs::{Inputs, Source};
use crate::object::Object;
use crate::plan::{Plan, Profiles};
use crate::platform::Platform;
use crate::rule::Rule;
use crate::suggestion::nearest;
use crate::{generate, rules, schema};

/// What comes of a catalog.
#[derive(Debug)]
pub struct Compiled<'i> {
    /// The parsed files, to draw findings in.
    pub documents: Vec<Document<'i>>,
    /// What the catalog means.
    pub plan: Plan,
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
}

/// Compiles a catalog. Whatever is wrong with it becomes a finding, and each stage gives as much as it can; with an error among the
/// findings the objects are good for nothing but judging. The number of threads changes nothing but the time.
pub fn compile(inputs: &Inputs, threads: NonZeroUsize) -> Compiled<'_> {
    let mut findings = Vec::new();
    let documents = load(inputs, &mut findings);
    let catalog = Catalog(decode_items(&documents[0], threads, &mut findings));
    let unread = findings.iter().any(|finding| finding.place().file == FileId::APPLICATIONS);
    let platform = platform(inputs, &documents, &mut findings);
    let unknown = platform_is_unknown(&findings);
    let files = inputs.profiles.iter().map(|(name, _)| name.as_str()).zip(&documents[documents.len() - inputs.profiles.len()..]);
    let profiles = Profiles::new(files, &mut findings);
    describe(&mut findings);
    let misspelt = findings.iter().filter(|finding| is(finding, &[&rules::UNKNOWN_KEY])).map(|finding| finding.place().clone()).collect::<Vec<_>>();
    let faulty = findings.iter().flat_map(|finding| faulty_places(finding, &documents)).collect::<Vec<_>>();

    let mut meant = Vec::new();
    let plan = Plan::new(catalog, &platform, profiles, threads, &mut meant);
    plan.profiles.check(&plan.platform, &mut meant);
    let objects = generate::objects(&plan, threads, &mut meant);
    rules::judge(&plan, &objects, threads, &mut meant);
    findings.retain(|finding| !is_missing_for_a_slip(finding, &misspelt));
    meant.retain(|finding| !is_consequence(finding, &faulty) && !is_said_of_a_slip(finding, &misspelt));
    meant.retain(|finding| !(unread && is(finding, &[&rules::EMPTY_CATALOG]) || unknown && is_about_platform(finding)));
    findings.append(&mut meant);
    finding::sort(&mut findings, &documents);
    Compiled { documents, plan, objects, findings }
}

fn load<'i>(inputs: &'i Inputs, findings: &mut Vec<Finding>) -> Vec<Document<'i>> {
    let profiles = inputs.profiles.iter().map(|(_, source)| source);
    let fixed = [(FileId::APPLICATIONS, Some(&inputs.applications)), (FileId::PLATFORM, inputs.platform.as_ref())];
    let numbered = profiles.zip(2..).map(|(source, number)| (FileId(number), Some(source)));
    let files = fixed.into_iter().chain(numbered).filter_map(|(file, source): (FileId, Option<&Source>)| Some((file, source?)));
    files.map(|(file, source)| Document::load(file, source, findings)).collect()
}

fn platform(inputs: &Inputs, documents: &[Document<'_>], findings: &mut Vec<Finding>) -> Platform {
    if inputs.platform.is_none() {
        let finding = rules::MISSING_PLATFORM.at(Place::root(FileId::APPLICATIONS), "there is no platform.yml beside applications.yml");
        let finding = finding.note("without it no application has a repository and no route a domain");
        findings.push(finding.help("write one that says `repository.url` and `domain`, or let `wharf init` make it"));
        return Platform::default();
    }
    decode(&documents[1], findings).unwrap_or_default()
}

/// Adds to each fault of the form what the field is for.
fn describe(findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| finding.help.is_none()) {
        let place = match &finding.rule.name {
            &"missing-key" => missing_key(finding).map(|key| finding.place().key(key.to_owned())),
            &"wrong-type" | &"unknown-value" | &"malformed-value" => Some(finding.place().clone()),
            _ => None,
        };
        finding.help = place.and_then(|place| schema::description(&place));
    }
}

/// The rules that would blame the catalog for what `platform.yml` was meant to say.
static PLATFORM_DECIDES: [&Rule; 6] = [
    &rules::CROSS_NAMESPACE_MIDDLEWARE,
    &rules::MISSING_FACT,
    &rules::NO_AUTH_DECISION,
    &rules::NO_ENTRY_POINT,
    &rules::UNKNOWN_PEER,
    &rules::UNKNOWN_TIER,
];

fn is_about_platform(finding: &Finding) -> bool {
    finding.place().file != FileId::PLATFORM && is(finding, &PLATFORM_DECIDES)
}

/// Whether something in `platform.yml` could not be understood, or all of it.
fn platform_is_unknown(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.place().file == FileId::PLATFORM || is(finding, &[&rules::MISSING_PLATFORM]))
}

fn is(finding: &Finding, rules: &[&Rule]) -> bool {
    rules.iter().any(|rule| rule.name == finding.rule.name)
}

/// The rules that find a key lacking.
static KEY_LACKS: [&Rule; 7] = [
    &rules::APPLICATION_SOURCE,
    &rules::AUTH_NONE_WITHOUT_REASON,
    &rules::DISABLED_WITHOUT_TOGGLEABLE,
    &rules::EDGE_TARGET,
    &rules::NO_AUTH_DECISION,
    &rules::PROFILE_WITHOUT_REASON,
    &rules::SYNC_WITHOUT_AUTO_SYNC,
];

/// Whether a finding finds lacking what stands nearby under a key that is unknown.
fn is_said_of_a_slip(finding: &Finding, misspelt: &[Place]) -> bool {
    let steps = &finding.place().steps;
    let near = |slip: &Place| steps.len() <= slip.steps.len() + 1 && finding.place().is_within(&slip.parent());
    is(finding, &KEY_LACKS) && misspelt.iter().any(near)
}

/// Whether a key is missing because it is misspelt.
fn is_missing_for_a_slip(finding: &Finding, misspelt: &[Place]) -> bool {
    let Some(missing) = missing_key(finding) else { return false };
    misspelt.iter().filter(|slip| slip.parent() == *finding.place()).any(|slip| match slip.steps.last() {
        Some(Step::Key(key)) => nearest(key, [missing]).is_some(),
        _ => false,
    })
}

/// The key that a finding says is missing.
fn missing_key(finding: &Finding) -> Option<&str> {
    if is(finding, &[&rules::MISSING_KEY]) { finding.labels[0].text.split('`').nth(1) } else { None }
}

/// The places that hold placeholders on account of a finding: of a merge key the whole mapping that it would have filled.
fn faulty_places(finding: &Finding, documents: &[Document<'_>]) -> Vec<Place> {
    let place = finding.place();
    match (place.part, documents.iter().find(|document| document.file == place.file)) {
        (Part::Bytes(start, _), Some(document)) if is(finding, &[&rules::MERGE_KEY]) => vec![document.around(start)],
        _ => finding.labels.iter().map(|label| label.place.clone()).collect(),
    }
}

/// Whether a finding only says that a placeholder has no meaning.
fn is_consequence(finding: &Finding, faulty: &[Place]) -> bool {
    finding.labels.iter().any(|label| faulty.iter().any(|fault| !fault.steps.is_empty() && label.place.is_within(fault)))
}
