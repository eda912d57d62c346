//! The proof of an import: each object before, and what became of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::before::{Before, Origin};
use super::learned::Learned;
use super::normalization::equal_after;
use super::policies::Judged;
use crate::cluster::Cluster;
use crate::compile::Compiled;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, rules};
use crate::kubernetes::Resource;
use crate::value::{Map, Text};

/// What became of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Class {
    /// It is rendered as it was.
    Equal,
    /// It is rendered as it was, but for these differences.
    EqualAfter(Vec<&'static str>),
    /// wharf renders it, and it was not there.
    New,
    /// The catalog does not contain it, for this reason.
    Left(String),
    /// It is rendered, and differs at this path.
    Different(String),
}

impl Class {
    /// Its name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::EqualAfter(_) => "equal after",
            Self::New => "new",
            Self::Left(_) => "left",
            Self::Different(_) => "different",
        }
    }

    /// What is said about it, besides its name.
    pub fn detail(&self) -> String {
        match self {
            Self::EqualAfter(names) => names.join(", "),
            Self::Left(reason) | Self::Different(reason) => reason.clone(),
            _ => String::new(),
        }
    }
}

/// The kinds whose share is counted.
const KINDS: [&str; 9] = [
    "Application",
    "AppProject",
    "Namespace",
    "NetworkPolicy",
    "CiliumNetworkPolicy",
    "IngressRoute",
    "Ingress",
    "HTTPRoute",
    "ExternalSecret",
];

/// What became of one object.
#[derive(Clone, Debug)]
pub struct Row {
    /// The object: `Service web-notes/web`.
    pub object: String,
    /// Its number among the objects before; none for a new one.
    pub index: Option<usize>,
    /// Whether the catalog has it as a template, word for word.
    pub is_template: bool,
    /// Where it comes from; nowhere for a new one.
    pub origin: Origin,
    /// What became of it.
    pub class: Class,
}

impl Row {
    fn of(object: &str, class: Class) -> Self {
        Self { object: object.to_owned(), index: None, is_template: false, origin: Origin::default(), class }
    }

    /// Whether it is of this kind.
    fn is(&self, kind: &str) -> bool {
        let own = self.object.split(' ').next().unwrap_or_default();
        own.rsplit('/').next() == Some(kind)
    }

    /// Whether the keys of the catalog describe it.
    fn is_described(&self) -> bool {
        matches!(self.class, Class::Equal | Class::EqualAfter(_)) && !self.is_template
    }

    pub(super) fn is_different(&self) -> bool {
        matches!(self.class, Class::Different(_))
    }
}

/// What became of all objects, in the order in which they were read; new ones last.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// One row per object.
    pub rows: Vec<Row>,
    /// The errors of the catalog, with which nothing is rendered.
    pub errors: Vec<String>,
}

impl Proof {
    pub(super) fn new(all: &Before, compiled: &Compiled, learned: &Learned) -> Self {
        let refused = &learned.refused;
        let before = &all.cluster;
        // objects of which none belongs into a catalog give an empty one
        let is_empty = |finding: &Finding| finding.rule.name == rules::EMPTY_CATALOG.name;
        let errors = compiled.findings.iter().filter(|finding| finding.is_error() && !is_empty(finding));
        let errors: Vec<_> = errors.map(|finding| finding.message.clone()).collect();
        let after =
            if errors.is_empty() { Cluster::of_objects(&compiled.objects) } else { Cluster::default() };
        let known: BTreeMap<_, _> =
            after.resources().iter().map(|resource| (resource.identity(), resource)).collect();
        let judged = Judged::new(before, refused, &after, &compiled.model.platform.network);
        let classify = |(index, (resource, origin)): (usize, (&Resource, &Origin))| {
            let meant = judged.classes.get(&index).cloned();
            let class = meant.unwrap_or_else(|| {
                known.get(&resource.identity()).map_or_else(
                    || Class::Left(refused.get(&index).cloned().unwrap_or_else(|| reason(resource, origin))),
                    |rendered| compare(resource, rendered),
                )
            });
            Row {
                object: resource.identity().to_string(),
                index: Some(index),
                is_template: learned.templates.contains(&index),
                origin: origin.clone(),
                class,
            }
        };
        let numbered = before.resources().iter().zip(&all.origins).enumerate();
        let mut rows: Vec<_> = numbered.map(classify).collect();
        rows.extend(all.others.iter().map(|(object, reason)| Row::of(object, Class::Left(reason.clone()))));
        let old: BTreeSet<_> = before.resources().iter().map(Resource::identity).collect();
        let is_new = |resource: &&Resource| {
            let identity = resource.identity();
            !old.contains(&identity) && !judged.rendered.contains(&identity)
        };
        let mut new: Vec<_> = after.resources().iter().filter(is_new).collect();
        for row in rows.iter_mut().filter(|row| matches!(row.class, Class::Left(_))) {
            let object = row.index.and_then(|index| before.resources().get(index));
            if let Some((position, names)) = object.and_then(|object| renamed(object, &new)) {
                new.remove(position);
                row.class = Class::EqualAfter(names);
            }
        }
        rows.extend(new.iter().map(|new| Row::of(&new.identity().to_string(), Class::New)));
        Self { rows, errors }
    }

    /// Whether every object is accounted for.
    pub fn is_complete(&self) -> bool {
        self.errors.is_empty() && !self.rows.iter().any(Row::is_different)
    }

    /// How many objects are of each class.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            *counts.entry(row.class.name()).or_default() += 1;
        }
        counts
    }

    /// The proof as lines of text: the objects that are not equal, a line for each, then a line for each kind
    /// of the catalog, and the number of objects of each class.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let shown: Vec<_> = self.rows.iter().filter(|row| row.class != Class::Equal).collect();
        let width = |of: fn(&Row) -> &str| shown.iter().map(|row| of(row).len()).max().unwrap_or(0);
        let (class, object) = (width(|row| row.class.name()), width(|row| &row.object));
        let line = |row: &&Row| {
            let line = format!("{:class$}  {:object$}  {}", row.class.name(), row.object, row.class.detail());
            line.trim_end().to_owned()
        };
        let lines: Vec<_> = shown.iter().map(line).collect();
        let counts: Vec<_> =
            self.counts().into_iter().map(|(name, count)| format!("{count} {name}")).collect();
        lines.into_iter().chain(self.shares()).chain([counts.join(", ")])
    }

    /// How many objects of each kind of the language the catalog describes.
    fn shares(&self) -> Vec<String> {
        let of_kind = |kind: &str| {
            let rows = || self.rows.iter().filter(|row| row.index.is_some() && row.is(kind));
            let all = rows().count();
            let described = rows().filter(|row| row.is_described()).count();
            (all > 0).then(|| format!("{kind}: {described} of {all} in the catalog"))
        };
        KINDS.iter().filter_map(|kind| of_kind(kind)).collect()
    }

    /// The proof as JSON: `{version, complete, counts, errors, objects: [{object, class, detail, application,
    /// file, template}]}`. `application` deploys the object before, `file` is where it is written, `template`
    /// says whether the catalog has it as a template.
    pub fn to_json(&self) -> Value {
        let object = |row: &Row| {
            json!({
                "object": row.object,
                "class": row.class.name(),
                "detail": row.class.detail(),
                "application": row.origin.application.as_ref().map(Text::as_str),
                "file": row.origin.file.as_ref().map(Text::as_str),
                "template": row.is_template,
            })
        };
        json!({
            "version": 1,
            "complete": self.is_complete(),
            "counts": self.counts(),
            "errors": self.errors,
            "objects": self.rows.iter().map(object).collect::<Vec<_>>(),
        })
    }
}

fn compare(before: &Resource, after: &Resource) -> Class {
    match equal_after(before, after) {
        Ok(names) if names.is_empty() => Class::Equal,
        Ok(names) => Class::EqualAfter(names),
        Err(path) => Class::Different(path),
    }
}

/// The kinds whose names wharf chooses.
const RENAMED: [&str; 4] = ["HTTPRoute", "Ingress", "IngressRoute", "NetworkPolicy"];

/// The new object that is an old one by another name, and what else differs.
fn renamed(before: &Resource, new: &[&Resource]) -> Option<(usize, Vec<&'static str>)> {
    let kind = before.kind.kind.as_str();
    if !RENAMED.contains(&kind) {
        return None;
    }
    let is_alike = |after: &Resource| after.kind.kind.as_str() == kind && after.namespace == before.namespace;
    let mut alike = new.iter().enumerate().filter(|(_, after)| is_alike(after));
    alike.find_map(|(position, after)| {
        let names = equal_after(before, &named(after, &before.name)).ok()?;
        Some((position, [vec!["name"], names].concat()))
    })
}

/// An object by another name.
fn named(object: &Resource, name: &Text) -> Resource {
    let with_name = |map: &Map| -> Map {
        let pairs = map.iter().map(|(key, value)| {
            let value = if key.as_str() == "name" { name.clone().into() } else { value.clone() };
            (key.clone(), value)
        });
        pairs.collect()
    };
    let pairs = object.value.iter().map(|(key, value)| match value.map() {
        Some(metadata) if key.as_str() == "metadata" => (key.clone(), with_name(metadata).into()),
        _ => (key.clone(), value.clone()),
    });
    Resource { value: pairs.collect(), name: name.clone(), ..object.clone() }
}

/// Why the catalog contains no object of this kind.
fn reason(resource: &Resource, origin: &Origin) -> String {
    match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
        ("", "Secret") => "a Secret: a catalog contains no values".into(),
        ("argoproj.io", "AppProject") => {
            "the catalog renders a project for each entry, which permits what its applications need".into()
        }
        ("argoproj.io", "ApplicationSet") => {
            "import the Applications that it creates: `kubectl get applications -A -o yaml`".into()
        }
        ("argoproj.io", "Application") => "no entry has this application".into(),
        _ => origin.application.as_ref().map_or_else(
            || "not a part of the language: it stays as it is".into(),
            |application| format!("the Application `{}` deploys it, as before", shorten(application)),
        ),
    }
}
