//! The objects of a stream that neither the catalog nor an Application deploys, as files.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::proof::{Class, Proof, Row};
use crate::cluster::Cluster;
use crate::kubernetes::{Resource, yaml};

/// The folder of these files, below that of the catalog.
const FOLDER: &str = "left";

/// Kinds that the catalog replaces as a whole, and Secrets, whose values are never written.
const REPLACED: [(&str, &str); 4] = [
    ("", "Secret"),
    ("argoproj.io", "Application"),
    ("argoproj.io", "AppProject"),
    ("argoproj.io", "ApplicationSet"),
];

/// One file for each object that is left, with the reason in its first line.
pub(super) fn files(cluster: &Cluster, proof: &Proof) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for (resource, reason) in proof.rows.iter().filter_map(|row| left(row, cluster)) {
        let path = path(resource);
        let numbers = (2..).map(|number| format!("{path}-{number}"));
        let free = [path.clone()].into_iter().chain(numbers).find(|path| !files.contains_key(&file(path)));
        files.insert(file(&free.unwrap_or(path)), text(resource, reason));
    }
    files
}

/// The object of a row, if nothing else deploys it, and why it is left.
fn left<'r>(row: &'r Row, cluster: &'r Cluster) -> Option<(&'r Resource, &'r str)> {
    let Class::Left(reason) = &row.class else { return None };
    let resource = cluster.resources().get(row.index?)?;
    let is_replaced = REPLACED.iter().any(|(group, kind)| resource.kind.is(group, kind));
    let is_deployed = row.origin.application.is_some() || row.origin.file.is_some();
    (!is_replaced && !is_deployed).then_some((resource, reason))
}

fn file(path: &str) -> String {
    format!("{path}.yaml")
}

fn path(resource: &Resource) -> String {
    let namespace = resource.namespace.as_deref().unwrap_or("cluster");
    format!("{FOLDER}/{}/{}-{}", safe(namespace), safe(&resource.kind.kind), safe(&resource.name))
}

/// The name as a part of a path, which never leaves its folder.
fn safe(name: &str) -> String {
    let is_safe = |char: char| char.is_ascii_alphanumeric() || "-.".contains(char);
    let name: String = name.chars().take(100).map(|char| if is_safe(char) { char } else { '-' }).collect();
    let name = name.to_lowercase();
    if name.starts_with('.') { format!("-{name}") } else { name }
}

fn text(resource: &Resource, reason: &str) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "# not in the catalog: {}", crate::diagnostics::printable(reason));
    yaml::write_value(&mut text, &resource.value.clone().into());
    text
}
