//! Which findings only repeat another one: a fault of the form leaves a placeholder, and what later stages
//! say of a placeholder is no news.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::Finding;
use crate::diagnostics::Rule;
use crate::diagnostics::rules;
use crate::diagnostics::suggestion::nearest;
use crate::diagnostics::{FileId, Focus, Location, Segment};
use crate::syntax::Document;
use crate::value::Text;

/// Adds to the faults of the form those of the meaning that do not follow from them.
pub(crate) fn join(form: &mut Vec<Finding>, mut meaning: Vec<Finding>, documents: &[Document<'_>]) {
    let causes = Causes::new(form, documents);
    form.retain(|finding| !causes.explain_missing(finding));
    meaning.retain(|finding| !causes.explain(finding));
    form.append(&mut meaning);
}

/// The way to a value of a file.
type KeyPath = (FileId, Vec<Segment>);

/// What faults of the form explain away.
struct Causes {
    /// Where placeholders stand.
    faulty: BTreeSet<KeyPath>,
    /// Unknown keys by the mapping that they stand in.
    typos: BTreeMap<KeyPath, Vec<Text>>,
    /// Whether something is wrong in `applications.yml`.
    catalog: bool,
    /// Whether something in `platform.yml` could not be understood, or all of it.
    platform: bool,
}

impl Causes {
    fn new(form: &[Finding], documents: &[Document<'_>]) -> Self {
        let locations = form.iter().flat_map(|finding| faulty_locations(finding, documents));
        let within = |file| move |finding: &Finding| finding.location().file == file;
        Self {
            faulty: locations.map(|location| (location.file, location.segments)).collect(),
            typos: typos(form),
            catalog: form.iter().any(within(FileId::APPLICATIONS)),
            platform: form
                .iter()
                .any(|finding| within(FileId::PLATFORM)(finding) || is(finding, &[&rules::MISSING_PLATFORM])),
        }
    }

    fn explain(&self, finding: &Finding) -> bool {
        self.holds(finding)
            || self.explain_lack(finding)
            || self.catalog && is(finding, &[&rules::EMPTY_CATALOG])
            || self.platform && finding.location().file != FileId::PLATFORM && is(finding, &PLATFORM_DECIDES)
    }

    /// Whether a finding only says that a placeholder has no meaning.
    fn holds(&self, finding: &Finding) -> bool {
        let below = |location: &Location| {
            (1..=location.segments.len())
                .any(|depth| self.faulty.contains(&(location.file, location.segments[..depth].to_vec())))
        };
        !self.faulty.is_empty() && finding.labels.iter().any(|label| below(&label.location))
    }

    /// Whether a finding finds lacking what stands nearby under a key that is unknown.
    fn explain_lack(&self, finding: &Finding) -> bool {
        let Location { file, segments, .. } = finding.location();
        let mut around = (segments.len().saturating_sub(2)..=segments.len())
            .map(|depth| (*file, segments[..depth].to_vec()));
        is(finding, &KEY_LACKS) && around.any(|parent| self.typos.contains_key(&parent))
    }

    /// Whether a key is missing because it is misspelt.
    fn explain_missing(&self, finding: &Finding) -> bool {
        let Some(missing) = missing_key(finding) else { return false };
        let beside = self.typos.get(&(finding.location().file, finding.location().segments.clone()));
        beside.is_some_and(|keys| keys.iter().any(|key| nearest(key, [missing]).is_some()))
    }
}

/// The rules that would blame the catalog for what `platform.yml` was meant to say.
static PLATFORM_DECIDES: [&Rule; 7] = [
    &rules::ASSUMED_INGRESS_CONTROLLER,
    &rules::CROSS_NAMESPACE_MIDDLEWARE,
    &rules::MISSING_PLATFORM_VALUE,
    &rules::MISSING_AUTH,
    &rules::MISSING_ENTRY_POINT,
    &rules::UNKNOWN_PEER,
    &rules::UNKNOWN_TIER,
];

/// The rules that find a key lacking.
static KEY_LACKS: [&Rule; 8] = [
    &rules::APPLICATION_SOURCE,
    &rules::AUTH_NONE_WITHOUT_REASON,
    &rules::DISABLED_WITHOUT_TOGGLEABLE,
    &rules::EDGE_TARGET,
    &rules::MISSING_AUTH,
    &rules::PROFILE_WITHOUT_REASON,
    &rules::SECRET_SOURCE,
    &rules::SYNC_WITHOUT_AUTO_SYNC,
];

/// Unknown keys by the mapping that they stand in.
fn typos(findings: &[Finding]) -> BTreeMap<KeyPath, Vec<Text>> {
    let mut typos: BTreeMap<KeyPath, Vec<Text>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| is(finding, &[&rules::UNKNOWN_KEY])) {
        if let Some((Segment::Key(key), parent)) = finding.location().segments.split_last() {
            typos.entry((finding.location().file, parent.to_vec())).or_default().push(key.clone());
        }
    }
    typos
}

/// The key that a finding says is missing.
pub(crate) fn missing_key(finding: &Finding) -> Option<&str> {
    if is(finding, &[&rules::MISSING_KEY]) { finding.labels.first()?.text.split('`').nth(1) } else { None }
}

/// The places that hold placeholders on account of a finding: of a merge key the whole mapping that it would
/// have filled.
fn faulty_locations(finding: &Finding, documents: &[Document<'_>]) -> Vec<Location> {
    let location = finding.location();
    if let Some(key) = missing_key(finding) {
        return vec![location.key(key.to_owned())];
    }
    match (location.focus, documents.iter().find(|document| document.file == location.file)) {
        (Focus::Bytes(start, _), Some(document)) if is(finding, &[&rules::MERGE_KEY]) => {
            vec![document.around(start)]
        }
        _ => finding.labels.iter().map(|label| label.location.clone()).collect(),
    }
}

fn is(finding: &Finding, rules: &[&Rule]) -> bool {
    rules.iter().any(|rule| rule.name == finding.rule.name)
}
