//! A picture of what deploys what, as text and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::Audited;
use crate::cluster::{Application, IN_CLUSTER};
use crate::diagnostics::count;

/// The version of the JSON format.
const VERSION: u32 = 1;

/// How many levels of Applications are drawn.
const MAX_DEPTH: usize = 500;

/// How many of them are indented.
const MAX_INDENT: usize = 20;

/// The Applications as a tree, each with the number of files and resources that it deploys, then the files
/// that nothing deploys and what was left out.
pub fn text(audited: &Audited<'_>) -> String {
    let mut drawing =
        Drawing { audited, children: children(audited), amounts: amounts(audited), out: String::new() };
    for root in drawing.children.get(&None).cloned().unwrap_or_default() {
        drawing.draw(root, 0);
    }
    let mut out = drawing.out;
    section(&mut out, "deployed by nothing", audited.unreached.iter().map(|path| (*path).to_owned()));
    let left_out = audited.left_out.iter().map(|one| format!("{}: {}", one.path, one.reason));
    section(&mut out, "left out", left_out);
    section(&mut out, "assumed", audited.assumptions.iter().cloned());
    out
}

/// The Applications that each Application deploys; those of nothing are applied manually.
fn children(audited: &Audited<'_>) -> BTreeMap<Option<usize>, Vec<usize>> {
    let mut children = BTreeMap::<_, Vec<_>>::new();
    for (number, application) in audited.survey.applications.iter().enumerate() {
        children.entry(application.parent).or_default().push(number);
    }
    children
}

/// A picture that is being drawn.
struct Drawing<'d, 't> {
    audited: &'d Audited<'t>,
    children: BTreeMap<Option<usize>, Vec<usize>>,
    amounts: BTreeMap<usize, Amounts<'t>>,
    out: String,
}

impl Drawing<'_, '_> {
    fn draw(&mut self, number: usize, depth: usize) {
        let Some(application) = self.audited.survey.applications.get(number) else { return };
        let (files, resources) =
            self.amounts.get(&number).map_or((0, 0), |amounts| (amounts.files.len(), amounts.resources));
        let _ = writeln!(
            self.out,
            "{}{} -> {}: {}, {}",
            "  ".repeat(depth.min(MAX_INDENT)),
            application.resource.name,
            target(application),
            count(files, "file"),
            count(resources, "resource")
        );
        // Applications may deploy each other in a long chain
        if depth < MAX_DEPTH {
            for child in self.children.get(&Some(number)).cloned().unwrap_or_default() {
                self.draw(child, depth + 1);
            }
        }
    }
}

/// Where an Application deploys to: the namespace, and the cluster if it is another one.
fn target(application: &Application) -> String {
    match application.destination() {
        IN_CLUSTER => application.namespace().to_owned(),
        cluster => format!("{cluster} {}", application.namespace()),
    }
}

/// The files that an Application deploys, and how many resources.
#[derive(Default)]
struct Amounts<'a> {
    files: Vec<&'a str>,
    resources: usize,
}

/// What each Application deploys, by its number.
fn amounts<'a>(audited: &Audited<'a>) -> BTreeMap<usize, Amounts<'a>> {
    let mut found = BTreeMap::<usize, Amounts<'a>>::new();
    for (path, by) in &audited.deployed {
        for number in by.iter().flatten() {
            found.entry(*number).or_default().files.push(path);
        }
    }
    let facts = audited.survey.clusters.iter().flat_map(|deployed| &deployed.facts);
    for number in facts.filter_map(|facts| facts.application) {
        found.entry(number).or_default().resources += 1;
    }
    found
}

fn section(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<_> = lines.collect();
    if !lines.is_empty() {
        let _ = writeln!(out, "\n{title}:");
        for line in lines {
            let _ = writeln!(out, "  {line}");
        }
    }
}

/// The same as JSON.
pub fn json(audited: &Audited<'_>) -> String {
    let amounts = amounts(audited);
    let applications = audited.survey.applications.iter().enumerate().map(|(number, application)| {
        let own = amounts.get(&number);
        json!({
            "name": application.resource.name.as_str(),
            "cluster": application.destination(),
            "namespace": application.namespace(),
            "project": application.project(),
            "deployedBy": application.parent,
            "isGenerated": application.is_generated,
            "resources": own.map_or(0, |own| own.resources),
            "files": own.map_or(&[][..], |own| &own.files),
        })
    });
    let left_out = audited.left_out.iter().map(|one| json!({ "path": one.path, "reason": one.reason }));
    let picture = json!({
        "version": VERSION,
        "applications": applications.collect::<Vec<_>>(),
        "deployedByNothing": audited.unreached,
        "leftOut": left_out.collect::<Vec<Value>>(),
        "assumptions": audited.assumptions,
    });
    format!("{picture:#}\n")
}
