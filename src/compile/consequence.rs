//! Which findings only repeat another one: a value that cannot be decoded leaves a placeholder, and what
//! later stages report about a placeholder is not new.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::suggestion::nearest;
use crate::diagnostics::{FileId, Finding, Focus, Location, Rule, Segment, rules};
use crate::syntax::SourceMap;
use crate::value::Text;

/// Adds the findings of the later stages to those of the decoder, except for their consequences.
pub(crate) fn join(
    mut syntactic: Vec<Finding>,
    mut semantic: Vec<Finding>,
    documents: &SourceMap,
) -> Vec<Finding> {
    let causes = Causes::new(&syntactic, documents);
    syntactic.retain(|finding| !causes.explains_missing_key(finding));
    semantic.retain(|finding| !causes.explains(finding));
    syntactic.append(&mut semantic);
    syntactic
}

/// The path to a value of a file.
type KeyPath = (FileId, Vec<Segment>);

/// What the findings of the decoder explain.
struct Causes {
    /// Where the placeholders are.
    placeholders: BTreeSet<KeyPath>,
    /// Unknown keys by the mapping that contains them.
    typos: BTreeMap<KeyPath, Vec<Text>>,
    /// Whether `applications.yml` has an error.
    catalog: bool,
    /// Whether a part of `platform.yml`, or all of it, could not be decoded.
    platform: bool,
}

impl Causes {
    fn new(syntactic: &[Finding], documents: &SourceMap) -> Self {
        let locations = syntactic.iter().flat_map(|finding| placeholder_locations(finding, documents));
        let within = |file| move |finding: &Finding| finding.location().file == file;
        Self {
            placeholders: locations.map(|location| (location.file, location.segments)).collect(),
            typos: typos(syntactic),
            catalog: syntactic.iter().any(within(FileId::APPLICATIONS)),
            platform: syntactic
                .iter()
                .any(|finding| within(FileId::PLATFORM)(finding) || is(finding, &[&rules::MISSING_PLATFORM])),
        }
    }

    fn explains(&self, finding: &Finding) -> bool {
        self.is_about_placeholder(finding)
            || self.explains_requirement(finding)
            || self.explains_host(finding)
            || self.catalog && is(finding, &[&rules::EMPTY_CATALOG])
            || self.platform && finding.location().file != FileId::PLATFORM && is(finding, &PLATFORM_RULES)
    }

    /// Whether a finding only reports a placeholder.
    fn is_about_placeholder(&self, finding: &Finding) -> bool {
        let below = |location: &Location| {
            (1..=location.segments.len()).any(|depth| {
                self.placeholders.contains(&(location.file, location.segments[..depth].to_vec()))
            })
        };
        !self.placeholders.is_empty() && finding.labels.iter().any(|label| below(&label.location))
    }

    /// Whether a finding reports as missing what is nearby under an unknown key.
    fn explains_requirement(&self, finding: &Finding) -> bool {
        let Location { file, segments, .. } = finding.location();
        let mut around = (segments.len().saturating_sub(2)..=segments.len())
            .map(|depth| (*file, segments[..depth].to_vec()));
        is(finding, &MISSING_KEY_RULES) && around.any(|parent| self.typos.contains_key(&parent))
    }

    /// Whether a host is invalid only because the domain of the platform that it contains is invalid.
    fn explains_host(&self, finding: &Finding) -> bool {
        let domain = (FileId::PLATFORM, vec![Segment::Key("domain".into())]);
        is(finding, &[&rules::INVALID_NAME, &rules::HOST_OUTSIDE_WILDCARD])
            && self.placeholders.contains(&domain)
    }

    /// Whether a key is missing because it is misspelt.
    fn explains_missing_key(&self, finding: &Finding) -> bool {
        let Some(missing) = finding.missing_key() else { return false };
        let nearby = self.typos.get(&(finding.location().file, finding.location().segments.clone()));
        nearby.is_some_and(|keys| {
            keys.iter().any(|key| nearest(key, [missing]).is_some() || key.split(':').next() == Some(missing))
        })
    }
}

/// The rules that would blame the catalog for what `platform.yml` was meant to set.
static PLATFORM_RULES: [&Rule; 7] = [
    &rules::ASSUMED_INGRESS_CONTROLLER,
    &rules::CROSS_NAMESPACE_MIDDLEWARE,
    &rules::MISSING_PLATFORM_VALUE,
    &rules::MISSING_AUTH,
    &rules::MISSING_ENTRY_POINT,
    &rules::UNKNOWN_PEER,
    &rules::UNKNOWN_TIER,
];

/// The rules that report a missing key.
static MISSING_KEY_RULES: [&Rule; 8] = [
    &rules::APPLICATION_SOURCE,
    &rules::AUTH_NONE_WITHOUT_REASON,
    &rules::DISABLED_WITHOUT_TOGGLEABLE,
    &rules::EDGE_TARGET,
    &rules::MISSING_AUTH,
    &rules::PROFILE_WITHOUT_REASON,
    &rules::SECRET_SOURCE,
    &rules::SYNC_WITHOUT_AUTO_SYNC,
];

/// Unknown keys by the mapping that contains them.
fn typos(findings: &[Finding]) -> BTreeMap<KeyPath, Vec<Text>> {
    let mut typos: BTreeMap<KeyPath, Vec<Text>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| is(finding, &[&rules::UNKNOWN_KEY])) {
        if let Some((Segment::Key(key), parent)) = finding.location().segments.split_last() {
            typos.entry((finding.location().file, parent.to_vec())).or_default().push(key.clone());
        }
    }
    typos
}

/// The locations that hold placeholders because of a finding. For a merge key that is the whole mapping that
/// it would have filled.
fn placeholder_locations(finding: &Finding, documents: &SourceMap) -> Vec<Location> {
    let location = finding.location();
    if let Some(key) = finding.missing_key() {
        return vec![location.key(key.to_owned())];
    }
    match (location.focus, documents.get(location.file)) {
        (Focus::Bytes(start, _), Some(document)) if is(finding, &[&rules::MERGE_KEY]) => {
            vec![document.around(start)]
        }
        _ => finding.labels.iter().map(|label| label.location.clone()).collect(),
    }
}

fn is(finding: &Finding, rules: &[&Rule]) -> bool {
    rules.iter().any(|rule| rule.name == finding.rule.name)
}
