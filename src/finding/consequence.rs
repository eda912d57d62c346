//! Which findings only repeat another one: a fault of the form leaves a placeholder, and what later stages say of a placeholder is no news.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::document::{Document, FileId, Part, Place, Step};
use crate::rule::Rule;
use crate::rules;
use crate::suggestion::nearest;
use crate::value::Text;

/// Adds to the faults of the form those of the meaning that do not follow from them.
pub(crate) fn join(form: &mut Vec<Finding>, mut meaning: Vec<Finding>, documents: &[Document<'_>]) {
    let causes = Causes::new(form, documents);
    form.retain(|finding| !causes.explain_missing(finding));
    meaning.retain(|finding| !causes.explain(finding));
    form.append(&mut meaning);
}

/// The way to a value of a file.
type Way = (FileId, Vec<Step>);

/// What faults of the form explain away.
struct Causes {
    /// Where placeholders stand.
    faulty: BTreeSet<Way>,
    /// Unknown keys by the mapping that they stand in.
    slips: BTreeMap<Way, Vec<Text>>,
    /// Whether something is wrong in `applications.yml`.
    catalog: bool,
    /// Whether something in `platform.yml` could not be understood, or all of it.
    platform: bool,
}

impl Causes {
    fn new(form: &[Finding], documents: &[Document<'_>]) -> Self {
        let places = form.iter().flat_map(|finding| faulty_places(finding, documents));
        let within = |file| move |finding: &Finding| finding.place().file == file;
        Self {
            faulty: places.map(|place| (place.file, place.steps)).collect(),
            slips: slips(form),
            catalog: form.iter().any(within(FileId::APPLICATIONS)),
            platform: form.iter().any(|finding| within(FileId::PLATFORM)(finding) || is(finding, &[&rules::MISSING_PLATFORM])),
        }
    }

    fn explain(&self, finding: &Finding) -> bool {
        self.holds(finding)
            || self.explain_lack(finding)
            || self.catalog && is(finding, &[&rules::EMPTY_CATALOG])
            || self.platform && finding.place().file != FileId::PLATFORM && is(finding, &PLATFORM_DECIDES)
    }

    /// Whether a finding only says that a placeholder has no meaning.
    fn holds(&self, finding: &Finding) -> bool {
        let below = |place: &Place| (1..=place.steps.len()).any(|depth| self.faulty.contains(&(place.file, place.steps[..depth].to_vec())));
        !self.faulty.is_empty() && finding.labels.iter().any(|label| below(&label.place))
    }

    /// Whether a finding finds lacking what stands nearby under a key that is unknown.
    fn explain_lack(&self, finding: &Finding) -> bool {
        let Place { file, steps, .. } = finding.place();
        let mut around = (steps.len().saturating_sub(2)..=steps.len()).map(|depth| (*file, steps[..depth].to_vec()));
        is(finding, &KEY_LACKS) && around.any(|parent| self.slips.contains_key(&parent))
    }

    /// Whether a key is missing because it is misspelt.
    fn explain_missing(&self, finding: &Finding) -> bool {
        let Some(missing) = missing_key(finding) else { return false };
        let beside = self.slips.get(&(finding.place().file, finding.place().steps.clone()));
        beside.is_some_and(|keys| keys.iter().any(|key| nearest(key, [missing]).is_some()))
    }
}

/// The rules that would blame the catalog for what `platform.yml` was meant to say.
static PLATFORM_DECIDES: [&Rule; 7] = [
    &rules::ASSUMED_INGRESS_CONTROLLER,
    &rules::CROSS_NAMESPACE_MIDDLEWARE,
    &rules::MISSING_FACT,
    &rules::NO_AUTH_DECISION,
    &rules::NO_ENTRY_POINT,
    &rules::UNKNOWN_PEER,
    &rules::UNKNOWN_TIER,
];

/// The rules that find a key lacking.
static KEY_LACKS: [&Rule; 8] = [
    &rules::APPLICATION_SOURCE,
    &rules::AUTH_NONE_WITHOUT_REASON,
    &rules::DISABLED_WITHOUT_TOGGLEABLE,
    &rules::EDGE_TARGET,
    &rules::NO_AUTH_DECISION,
    &rules::PROFILE_WITHOUT_REASON,
    &rules::SECRET_SOURCE,
    &rules::SYNC_WITHOUT_AUTO_SYNC,
];

/// Unknown keys by the mapping that they stand in.
fn slips(findings: &[Finding]) -> BTreeMap<Way, Vec<Text>> {
    let mut slips: BTreeMap<Way, Vec<Text>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| is(finding, &[&rules::UNKNOWN_KEY])) {
        if let Some((Step::Key(key), parent)) = finding.place().steps.split_last() {
            slips.entry((finding.place().file, parent.to_vec())).or_default().push(key.clone());
        }
    }
    slips
}

/// The key that a finding says is missing.
pub(crate) fn missing_key(finding: &Finding) -> Option<&str> {
    if is(finding, &[&rules::MISSING_KEY]) { finding.labels.first()?.text.split('`').nth(1) } else { None }
}

/// The places that hold placeholders on account of a finding: of a merge key the whole mapping that it would have filled.
fn faulty_places(finding: &Finding, documents: &[Document<'_>]) -> Vec<Place> {
    let place = finding.place();
    if let Some(key) = missing_key(finding) {
        return vec![place.key(key.to_owned())];
    }
    match (place.part, documents.iter().find(|document| document.file == place.file)) {
        (Part::Bytes(start, _), Some(document)) if is(finding, &[&rules::MERGE_KEY]) => vec![document.around(start)],
        _ => finding.labels.iter().map(|label| label.place.clone()).collect(),
    }
}

fn is(finding: &Finding, rules: &[&Rule]) -> bool {
    rules.iter().any(|rule| rule.name == finding.rule.name)
}
