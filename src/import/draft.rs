//! A catalog as it is being written: each item knows the objects that it describes.

use std::collections::{BTreeMap, BTreeSet};

use super::before::Origin;
use super::entry::is_ours;
use super::facts::{Facts, Known};
use super::proof::{Class, Proof};
use super::variables::Variables;
use super::{entry, leftover, policies, templates};
use crate::cluster::Cluster;
use crate::diagnostics::{FileId, Finding, Segment, rules};
use crate::inputs::{Inputs, Source};
use crate::kubernetes::resource::text;
use crate::kubernetes::yaml;
use crate::value::{Map, Text, Value};

/// The objects that are not described, by their numbers, with the reason.
pub(super) type Refused = BTreeMap<usize, String>;

/// What earlier rounds have shown about objects, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Learned {
    /// What the language does not support.
    pub refused: Refused,
    /// The policies that do not follow from the rest of the catalog.
    pub policies: BTreeMap<usize, Attempt>,
    /// The objects that become templates.
    pub templates: BTreeSet<usize>,
    /// The rules whose findings the platform accepts.
    pub allowed: BTreeSet<&'static str>,
    /// The namespaces of entries in the first tier, because their applications define kinds.
    pub early: BTreeSet<Text>,
}

/// What is tried for a policy that does not follow from the rest of the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Attempt {
    /// Lines of its own entry.
    Lines,
    /// A line of the entry that the peer is.
    OtherSide,
}

impl Learned {
    /// What is known before the first round.
    pub(super) fn before(origins: &[Origin]) -> Self {
        let numbered = origins.iter().enumerate();
        let refused = numbered.filter_map(|(index, origin)| Some((index, origin.refused.clone()?)));
        Self { refused: refused.collect(), ..Self::default() }
    }

    /// Learns from a round; false if there was nothing new.
    pub(super) fn add(&mut self, mut round: Self) -> bool {
        round.refused.retain(|index, _| !self.refused.contains_key(index));
        round.policies.retain(|index, attempt| self.policies.get(index) < Some(attempt));
        round.templates.retain(|index| !self.templates.contains(index));
        round.allowed.retain(|rule| !self.allowed.contains(rule));
        let new = !round.refused.is_empty()
            || !round.policies.is_empty()
            || !round.templates.is_empty()
            || !round.allowed.is_empty()
            || !round.early.is_subset(&self.early);
        self.refused.append(&mut round.refused);
        self.policies.append(&mut round.policies);
        self.templates.append(&mut round.templates);
        self.allowed.append(&mut round.allowed);
        self.early.append(&mut round.early);
        new
    }
}

/// A mapping of the catalog, and the numbers of the objects that it describes.
#[derive(Debug, Default)]
pub(super) struct Item {
    pub map: Map,
    pub of: Vec<usize>,
    /// A key of the mapping that describes other objects.
    pub below: Option<(&'static str, Vec<usize>)>,
}

impl Item {
    pub(super) fn new(map: Map, of: impl IntoIterator<Item = usize>) -> Self {
        Self { map, of: of.into_iter().collect(), below: None }
    }

    /// The objects that a key of the mapping describes.
    fn at(&self, segments: &[Segment]) -> Vec<usize> {
        match (segments, &self.below) {
            ([Segment::Key(key), ..], Some((own, of))) if key.as_str() == *own => of.clone(),
            _ => self.of.clone(),
        }
    }
}

/// An entry. `head` is what is neither a list of items nor the policies.
#[derive(Debug, Default)]
pub(super) struct EntryDraft {
    pub head: Item,
    pub policies: Item,
    pub project: Item,
    pub lists: Vec<(&'static str, Vec<Item>)>,
}

impl EntryDraft {
    fn to_map(&self) -> Map {
        let mut map = self.head.map.clone();
        map.push("networkPolicies", self.policies.map.clone());
        map = map.with_filled("project", self.project.map.clone());
        for (key, items) in &self.lists {
            map = map.with_filled(key, items.iter().map(|item| item.map.clone()).collect::<Vec<_>>());
        }
        map
    }

    /// The objects that the lines of a location describe.
    fn at(&self, segments: &[Segment]) -> Vec<usize> {
        match segments {
            [Segment::Key(list), Segment::Index(index), rest @ ..] => {
                let items = self.lists.iter().find(|(key, _)| *key == list.as_str()).map(|(_, items)| items);
                items.and_then(|items| items.get(*index)).map(|item| item.at(rest)).unwrap_or_default()
            }
            [Segment::Key(key), ..] if key.as_str() == "networkPolicies" => self.policies.of.clone(),
            [Segment::Key(key), ..] if key.as_str() == "project" => self.project.of.clone(),
            _ => self.all(),
        }
    }

    fn all(&self) -> Vec<usize> {
        let items = self.lists.iter().flat_map(|(_, items)| items);
        let single = [&self.head, &self.policies, &self.project];
        single.into_iter().chain(items).flat_map(|item| item.of.iter().copied()).collect()
    }
}

/// A catalog as it is being written.
pub(super) struct Draft<'c> {
    cluster: &'c Cluster,
    facts: &'c Facts,
    platform: String,
    variables: Option<Variables>,
    entries: Vec<EntryDraft>,
}

impl<'c> Draft<'c> {
    pub(super) fn new(cluster: &'c Cluster, facts: &'c Facts, learned: &Learned) -> Self {
        let platform = facts.text(cluster, &learned.allowed);
        let known = Known::new(facts, &platform);
        let entries = entry::entries(cluster, &known, learned);
        Self { cluster, facts, platform, variables: known.variables.clone(), entries }
    }

    /// What is compiled.
    pub(super) fn inputs(&self) -> Inputs {
        Inputs {
            applications: Source::new("applications.yml", self.applications()),
            templates: self
                .templates()
                .map(|(name, text)| (name.clone(), Source::new(path(&name), text)))
                .collect(),
            ..self.facts.inputs(&self.platform)
        }
    }

    /// The templates that entries use, by their names.
    fn templates(&self) -> impl Iterator<Item = (String, String)> {
        let lists = self.entries.iter().flat_map(|entry| &entry.lists);
        let items = lists.filter(|(key, _)| *key == "templates").flat_map(|(_, items)| items);
        templates::files(self.cluster, items.flat_map(|item| item.of.iter().copied())).into_iter()
    }

    fn applications(&self) -> String {
        let mut text = String::from("# yaml-language-server: $schema=schema/applications.schema.json\n");
        for entry in &self.entries {
            text.push('\n');
            let entry = Value::from(entry.to_map());
            let entry = self.variables.as_ref().map_or(entry.clone(), |variables| variables.written(entry));
            yaml::write_value(&mut text, &Value::List(vec![entry]));
        }
        if self.entries.is_empty() {
            text.push_str("[]\n");
        }
        text
    }

    /// What a round has shown: errors first, because nothing is rendered with them.
    pub(super) fn learned(&self, findings: &[Finding], proof: &Proof, before: &Learned) -> Learned {
        let refused = self.refusals(findings, before);
        if proof.errors.is_empty() { self.differences(proof, before) } else { refused }
    }

    /// The objects whose lines have an error, with its message. A policy gets lines of its own first.
    fn refusals(&self, findings: &[Finding], before: &Learned) -> Learned {
        let mut learned = Learned::default();
        for finding in findings.iter().filter(|finding| finding.is_error()) {
            let described = self.described(finding);
            if finding.rule.waivable && self.facts.platform.is_none() && !described.is_empty() {
                learned.allowed.insert(finding.rule.name);
                continue;
            }
            if let Some(early) = self.definer(finding).filter(|early| !before.early.contains(early)) {
                learned.early.insert(early);
                continue;
            }
            for index in described {
                match self.next_attempt(index, before).filter(|attempt| *attempt == Attempt::Lines) {
                    Some(attempt) => drop(learned.policies.insert(index, attempt)),
                    None => {
                        learned.refused.entry(index).or_insert_with(|| finding.message.clone());
                    }
                }
            }
        }
        learned
    }

    /// The namespace of the entry that has to come first, because one of its applications defines a kind.
    fn definer(&self, finding: &Finding) -> Option<Text> {
        let is_about_order =
            finding.rule.name == rules::LATE_DEFINITION.name && self.facts.platform.is_none();
        let label = finding.labels.get(1).filter(|_| is_about_order)?;
        let [Segment::Index(entry), ..] = label.location.segments.as_slice() else { return None };
        let namespace = self.entries.get(*entry)?.head.map.get("namespace")?;
        text(namespace).map(Text::copied)
    }

    fn described(&self, finding: &Finding) -> Vec<usize> {
        let locations = finding.labels.iter().map(|label| &label.location);
        let ours = locations.filter(|location| location.file == FileId::APPLICATIONS);
        let described = ours.map(|location| match location.segments.as_slice() {
            [Segment::Index(entry), rest @ ..] => {
                self.entries.get(*entry).map(|entry| entry.at(rest)).unwrap_or_default()
            }
            _ => Vec::new(),
        });
        described.into_iter().next().unwrap_or_default()
    }

    /// What came out differently. Policies come first, because they may follow from other lines.
    fn differences(&self, proof: &Proof, before: &Learned) -> Learned {
        let mut learned = Learned::default();
        let listed = self.listed();
        for row in proof.rows.iter().filter(|row| matches!(row.class, Class::Left(_) | Class::Different(_))) {
            let Some(index) = row.index.filter(|index| !before.refused.contains_key(index)) else { continue };
            match (self.next_attempt(index, before), &row.class) {
                (Some(attempt), _) => drop(learned.policies.insert(index, attempt)),
                (None, Class::Different(path)) if !self.is_always_rendered(index) => {
                    learned.refused.insert(index, format!("the catalog would render `{path}` differently"));
                }
                (None, _) if listed.contains(&index) => {
                    learned.refused.insert(index, "the catalog would render it as another object".into());
                }
                (None, _) if self.may_be_template(index) => drop(learned.templates.insert(index)),
                _ => {}
            }
        }
        if !learned.policies.is_empty() {
            learned.refused.clear();
            learned.templates.clear();
        }
        learned
    }

    /// Whether an entry renders an object of this kind in any case, so that leaving out its lines would only
    /// make it more different.
    fn is_always_rendered(&self, index: usize) -> bool {
        let always = [("argoproj.io", "AppProject"), ("", "Namespace"), ("", "ServiceAccount")];
        let object = self.cluster.resources().get(index);
        object.is_some_and(|object| always.iter().any(|(group, kind)| object.kind.is(group, kind)))
    }

    /// The objects that wharf did not render and that lines of lists describe.
    fn listed(&self) -> BTreeSet<usize> {
        let lists = self.entries.iter().flat_map(|entry| &entry.lists);
        let listed = lists.flat_map(|(_, items)| items).flat_map(|item| item.of.iter().copied());
        let object = |index: &usize| self.cluster.resources().get(*index);
        listed.filter(|index| object(index).is_some_and(|object| !is_ours(object))).collect()
    }

    fn may_be_template(&self, index: usize) -> bool {
        self.cluster.resources().get(index).is_some_and(templates::is_possible)
    }

    /// What to try next for a policy; `None` if everything was tried, or for another object.
    fn next_attempt(&self, index: usize, before: &Learned) -> Option<Attempt> {
        let policy = self.cluster.resources().get(index)?;
        match before.policies.get(&index) {
            None if policies::is_policy(policy) => Some(Attempt::Lines),
            Some(Attempt::Lines) => Some(Attempt::OtherSide),
            _ => None,
        }
    }

    /// The files to write.
    pub(super) fn files(&self, proof: &Proof) -> BTreeMap<String, String> {
        let mut files = leftover::files(self.cluster, proof);
        files.insert("applications.yml".into(), self.applications());
        files.extend(self.templates().map(|(name, text)| (path(&name), text)));
        files.extend(self.facts.files(&self.platform));
        files
    }
}

/// The file of a template.
fn path(name: &str) -> String {
    format!("templates/{name}.yml")
}
