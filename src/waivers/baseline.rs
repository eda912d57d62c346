//! The baseline: the findings that were known when it was written, by rule and path. A path contains the
//! names of entries and applications instead of their numbers, so that it stays true when lines move.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{unused, waivable};
use crate::diagnostics::{FileId, Finding, Location, Rule, Sink, rules};
use crate::kubernetes::yaml;
use crate::syntax::{Document, SourceMap, decode};
use crate::value::{Map, Text, Value};

/// The version of the format.
const VERSION: u32 = 1;

/// The first line of the file.
const HEADER: &str =
    "# Accepted findings. Written by `wharf check --write-baseline`: fix one, then write it again.\n";

/// The findings that are accepted, by rule and path.
#[derive(Debug, Default)]
pub struct Baseline {
    known: BTreeMap<(&'static str, String), Vec<Known>>,
}

/// A finding that is listed.
#[derive(Debug)]
struct Known {
    rule: &'static Rule,
    location: Location,
    is_used: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    #[serde(default)]
    findings: BTreeMap<String, Vec<String>>,
}

impl Baseline {
    /// Reads the baseline; problems become findings.
    pub fn read(document: &Document, findings: &mut Sink) -> Self {
        let mut this = Self::default();
        let Some(written) = decode::<Written>(document, findings) else { return this };
        let location = Location::root(document.file);
        if written.version > VERSION {
            findings.push(newer(location.key("version"), written.version));
            return this;
        }
        for (name, paths) in written.findings {
            let location = location.key("findings").key(name.clone());
            match waivable(&name, &location.clone().itself()) {
                Ok(rule) => this.add(rule, paths, &location),
                Err(fault) => findings.push(*fault),
            }
        }
        this
    }

    fn add(&mut self, rule: &'static Rule, paths: Vec<String>, location: &Location) {
        for (index, path) in paths.into_iter().enumerate() {
            let known = Known { rule, location: location.index(index), is_used: false };
            self.known.entry((rule.name, path)).or_default().push(known);
        }
    }

    /// Whether the finding is listed; each line accepts one.
    pub(super) fn accept(&mut self, finding: &Finding, documents: &SourceMap) -> bool {
        if self.known.is_empty() {
            return false;
        }
        let known = self.known.get_mut(&(finding.rule.name, path(finding, documents)));
        let next = known.into_iter().flatten().find(|known| !known.is_used);
        next.is_some_and(|known| {
            known.is_used = true;
            true
        })
    }

    /// The lines whose finding no longer exists.
    pub(super) fn unused(&self, reports: impl Fn(&Rule) -> bool) -> Vec<Finding> {
        let all = self.known.values().flatten();
        let unused_ones = all.filter(|known| !known.is_used && reports(known.rule));
        unused_ones
            .map(|known| {
                unused(known.location.clone(), known.rule).help("run `wharf check --write-baseline`")
            })
            .collect()
    }
}

fn newer(location: Location, version: u32) -> Finding {
    let finding = rules::INVALID_WAIVER
        .at(location, format!("the baseline has version {version}, and this wharf reads version {VERSION}"));
    finding.note("its findings are not accepted").help("use a newer wharf, or write the baseline again")
}

/// The baseline that accepts these findings, as a file; those that cannot be accepted are left out.
pub fn text(findings: &[Finding], documents: &SourceMap) -> String {
    let mut known: BTreeMap<&str, Vec<Text>> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.rule.waivable) {
        known.entry(finding.rule.name).or_default().push(path(finding, documents).into());
    }
    for paths in known.values_mut() {
        paths.sort();
    }
    written(known)
}

/// The baseline that accepts findings of these rules at these paths, as a file.
pub fn written(known: BTreeMap<&str, Vec<Text>>) -> String {
    let findings: Map =
        known.into_iter().map(|(rule, paths)| (rule.to_owned(), Value::from(paths))).collect();
    let mut text = HEADER.to_owned();
    let written = Map::new().with("version", i64::from(VERSION)).with("findings", findings);
    yaml::write_lines(&mut text, &written);
    text
}

/// The path of a finding, with the names of entries and applications:
/// `applications.yml["web-notes"].applications["notes"].dependsOn`
pub fn path(finding: &Finding, documents: &SourceMap) -> String {
    let location = finding.location();
    let document = documents.iter().find(|document| document.file == location.file);
    document.map_or_else(
        || location.to_string(),
        |document| {
            let file =
                if document.file == FileId::APPLICATIONS { "applications.yml" } else { &document.name };
            format!("{file}{}", document.stable_path(location))
        },
    )
}
