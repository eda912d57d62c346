//! A catalog as it is being written: each item knows the objects that it describes.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::is_ours;
use super::facts::{Facts, Known};
use super::learned::Learned;
use super::normalization::SYNC_WAVE_NAME;
use super::policies::{Lines, Reading};
use super::proof::{Class, Proof, Row};
use super::{entry, leftover, policies, templates};
use crate::cluster::Cluster;
use crate::compile::Compiled;
use crate::diagnostics::{FileId, Finding, Segment, rules};
use crate::inputs::{BASELINE_FILE, Inputs, Source};
use crate::kubernetes::resource::{items_at, text, text_at};
use crate::kubernetes::yaml;
use crate::value::{Map, Text, Value};
use crate::waivers::path as path_of;

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
    facts: Facts,
    platform: String,
    known: Known,
    entries: Vec<EntryDraft>,
    /// The baseline, if it accepts anything.
    baseline: Option<String>,
}

impl<'c> Draft<'c> {
    pub(super) fn new(cluster: &'c Cluster, facts: &Facts, learned: &Learned) -> Self {
        let platform = facts.text(cluster, &learned.allowed);
        let mut facts = facts.clone();
        let count = facts.profiles.len();
        facts.profiles.extend(policies::own_profiles(Reading::of(cluster), &learned.own_profiles));
        let known = Known::new(&facts, &platform);
        let entries = entry::entries(cluster, &known, learned);
        let used: BTreeSet<_> =
            entries.iter().filter_map(|entry| text_at(&entry.policies.map, &["profile"])).collect();
        let own = facts.profiles.split_off(count).into_iter();
        facts.profiles.extend(own.filter(|(name, _)| used.contains(name.as_str())));
        let baseline = (!learned.accepted.is_empty()).then(|| learned.baseline());
        Self { cluster, facts, platform, known, entries, baseline }
    }

    /// What is compiled.
    pub(super) fn inputs(&self) -> Inputs {
        Inputs {
            applications: Source::new("applications.yml", self.applications()),
            baseline: self.baseline.clone().map(|text| Source::new(BASELINE_FILE, text)),
            templates: self
                .templates()
                .map(|(name, text)| (name.clone(), Source::new(path(&name), text)))
                .collect(),
            ..self.facts.inputs(&self.platform)
        }
    }

    /// The templates that entries and their applications use, by their names.
    fn templates(&self) -> impl Iterator<Item = (String, String)> {
        let users = self.entries.iter().flat_map(|entry| {
            let lists = entry.lists.iter().filter(|(key, _)| *key == "applications");
            let applications = lists.flat_map(|(_, items)| items).map(|item| item.map.clone());
            [entry.to_map()].into_iter().chain(applications)
        });
        users.flat_map(|user| templates::files(self.cluster, &user))
    }

    fn applications(&self) -> String {
        let mut text = String::from("# yaml-language-server: $schema=schema/applications.schema.json\n");
        for entry in &self.entries {
            text.push('\n');
            let entry = Value::from(entry.to_map());
            let variables = self.known.variables.as_ref();
            let entry = variables.map_or(entry.clone(), |variables| variables.written(entry));
            yaml::write_value(&mut text, &Value::List(vec![entry]));
        }
        if self.entries.is_empty() {
            text.push_str("[]\n");
        }
        text
    }

    /// What a round has shown: errors first, because nothing is rendered with them.
    pub(super) fn learned(&self, compiled: &Compiled, proof: &Proof, before: &Learned) -> Learned {
        if !proof.errors.is_empty() {
            return self.refusals(compiled, before);
        }
        let policies = policies::learned(self.cluster, &self.known, compiled, before);
        policies.unwrap_or_else(|| self.differences(proof, before))
    }

    /// The objects whose lines have an error, with its message. Of policies, only the lines are left out.
    fn refusals(&self, compiled: &Compiled, before: &Learned) -> Learned {
        let mut learned = before.next();
        for finding in compiled.findings.iter().filter(|finding| finding.is_error()) {
            let described = self.described(finding);
            if finding.rule.waivable && self.facts.platform.is_none() && !described.is_empty() {
                learned.allowed.insert(finding.rule.name);
                continue;
            }
            if let Some(early) = self.definer(finding).filter(|early| !before.early.contains(early)) {
                learned.early.insert(early);
                continue;
            }
            if self.ban(finding, &mut learned.lines) {
                continue;
            }
            let is_template =
                |index: &usize| before.templates.contains(index) && !before.of_applications.contains(index);
            let (templates, described): (Vec<_>, Vec<_>) = described.into_iter().partition(is_template);
            if described.is_empty() && !templates.is_empty() {
                learned.of_applications.extend(templates);
                continue;
            }
            let described = self.unwritten(finding, described, before, &mut learned.lines);
            if finding.rule.waivable && !described.is_empty() {
                learned.accepted.insert((finding.rule.name, path_of(finding, &compiled.documents)));
                continue;
            }
            for index in described {
                learned.refused.entry(index).or_insert_with(|| finding.message.clone());
            }
        }
        learned
    }

    /// Writes the lines of the policies that an error is about, if they are not written yet, as if everything
    /// followed from lines of their own entry. Returns what is still to be left out.
    fn unwritten(
        &self,
        finding: &Finding,
        described: Vec<usize>,
        before: &Learned,
        lines: &mut Lines,
    ) -> Vec<usize> {
        let location = finding.labels.first().map(|label| label.location.segments.as_slice());
        let Some([Segment::Index(entry), Segment::Key(policies), ..]) = location else { return described };
        let entry = self.entries.get(*entry).filter(|_| policies.as_str() == "networkPolicies");
        let namespace = entry.and_then(|entry| entry.head.map.get("namespace")).and_then(text);
        let is_new =
            namespace.is_some_and(|namespace| lines.write_all(namespace, self.cluster, &self.known, before));
        if is_new { Vec::new() } else { described }
    }

    /// Leaves out the line of a policy that an error is about; false if it is not about one.
    fn ban(&self, finding: &Finding, lines: &mut Lines) -> bool {
        let location = finding.labels.first().map(|label| &label.location);
        let Some(
            [Segment::Index(entry), Segment::Key(policies), Segment::Key(list), Segment::Index(index), ..],
        ) = location
            .filter(|location| location.file == FileId::APPLICATIONS)
            .map(|at| at.segments.as_slice())
        else {
            return false;
        };
        let Some(entry) = self.entries.get(*entry).filter(|_| policies.as_str() == "networkPolicies") else {
            return false;
        };
        let namespace = entry.head.map.get("namespace").and_then(text).unwrap_or_default();
        let item = items_at(&entry.policies.map, &[list.as_str()]).get(*index);
        item.is_some_and(|item| lines.ban(namespace, list.as_str(), item))
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

    /// What came out differently.
    fn differences(&self, proof: &Proof, before: &Learned) -> Learned {
        let mut learned = before.next();
        let listed = self.listed();
        for row in proof.rows.iter().filter(|row| matches!(row.class, Class::Left(_) | Class::Different(_))) {
            let Some(index) = row.index.filter(|index| !before.refused.contains_key(index)) else { continue };
            match &row.class {
                Class::Different(path) if !self.is_always_rendered(index) => {
                    learned.refused.insert(index, format!("the catalog would render `{path}` differently"));
                }
                _ if listed.contains(&index) => {
                    learned.refused.insert(index, "the catalog would render it as another object".into());
                }
                _ if self.may_be_template(index) => drop(learned.templates.insert(index)),
                _ => {}
            }
        }
        learned
            .of_applications
            .extend(proof.rows.iter().filter(|row| is_late(row)).filter_map(|row| row.index));
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

    /// The files to write.
    pub(super) fn files(&self, proof: &Proof) -> BTreeMap<String, String> {
        let mut files = leftover::files(self.cluster, proof);
        files.insert("applications.yml".into(), self.applications());
        files.extend(self.templates().map(|(name, text)| (path(&name), text)));
        files.extend(self.baseline.clone().map(|text| (BASELINE_FILE.to_owned(), text)));
        files.extend(self.facts.files(&self.platform));
        files
    }
}

/// Whether an object of a template is rendered in another wave, as that of an application is.
fn is_late(row: &Row) -> bool {
    row.is_template && matches!(&row.class, Class::EqualAfter(names) if names.as_slice() == [SYNC_WAVE_NAME])
}

/// The file of a template.
fn path(name: &str) -> String {
    format!("templates/{name}.yml")
}
