//! A picture of what deploys what, as text and as JSON.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::Audited;
use crate::cluster::{Application, IN_CLUSTER};
use crate::diagnostics::count;

/// The version of the JSON format.
const VERSION: u32 = 1;

/// The Applications as a tree, each with the number of files and resources that it deploys, then the files
/// that nothing deploys and what was left out.
pub fn text(audited: &Audited<'_>) -> String {
    let mut out = String::new();
    let children = children(audited);
    for root in children.get(&None).into_iter().flatten() {
        draw(audited, &children, *root, 0, &mut out);
    }
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

fn draw(
    audited: &Audited<'_>,
    children: &BTreeMap<Option<usize>, Vec<usize>>,
    number: usize,
    depth: usize,
    out: &mut String,
) {
    let Some(application) = audited.survey.applications.get(number) else { return };
    let (files, resources) = amounts(audited, number);
    let target = target(application);
    let indent = "  ".repeat(depth.min(20));
    let _ = writeln!(
        out,
        "{indent}{} -> {target}: {}, {}",
        application.resource.name,
        count(files, "file"),
        count(resources, "resource")
    );
    for child in children.get(&Some(number)).into_iter().flatten() {
        draw(audited, children, *child, depth + 1, out);
    }
}

/// Where an Application deploys to: the namespace, and the cluster if it is another one.
fn target(application: &Application) -> String {
    match application.destination() {
        IN_CLUSTER => application.namespace().to_owned(),
        cluster => format!("{cluster} {}", application.namespace()),
    }
}

/// How many files and resources an Application deploys.
fn amounts(audited: &Audited<'_>, number: usize) -> (usize, usize) {
    let by = |deployers: &&std::collections::BTreeSet<Option<usize>>| deployers.contains(&Some(number));
    let facts = audited.survey.clusters.iter().flat_map(|deployed| &deployed.facts);
    let resources = facts.filter(|facts| facts.application == Some(number)).count();
    (audited.deployed.values().filter(by).count(), resources)
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
    let applications = audited.survey.applications.iter().enumerate().map(|(number, application)| {
        let files = audited.deployed.iter().filter(|(_, by)| by.contains(&Some(number)));
        json!({
            "name": application.resource.name.as_str(),
            "cluster": application.destination(),
            "namespace": application.namespace(),
            "project": application.project(),
            "deployedBy": application.parent,
            "isGenerated": application.is_generated,
            "resources": amounts(audited, number).1,
            "files": files.map(|(path, _)| *path).collect::<Vec<_>>(),
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
