//! What popular charts deploy, for applications that are not locked yet. `wharf lock` generated each file of
//! `charts/` from a real rendering of the chart with as many optional parts as possible: it has more kinds
//! than most catalogs need, and names depend on the release.

mod namespace_value;

use std::sync::OnceLock;

pub use namespace_value::{Default as NamespaceDefault, NamespaceValue};

use serde::Deserialize;

use super::read::{WrittenEntry, interface};
use super::{Interface, write};
use crate::diagnostics::{FileId, Location, Sink};
use crate::inputs::Source as Input;
use crate::kubernetes::yaml;
use crate::syntax::{Document, decode};
use crate::value::{Map, Text, Value};

/// The first line of a file of `charts/`.
const HEADER: &str = "# made by wharf lock from a rendering of the chart, do not edit\n";

/// The facts about a chart.
#[derive(Debug)]
pub struct Chart {
    /// Its name.
    pub name: Text,
    /// The repositories and registries with the chart.
    pub repositories: Vec<Text>,
    /// The version that was rendered.
    pub version: Text,
    /// The namespace that it was rendered for, which a chart may also name explicitly.
    pub namespace: Text,
    /// What it deploys.
    pub interface: Interface,
}

impl Chart {
    /// The values that decide whether some of its objects are in another namespace.
    pub fn namespace_values(&self) -> &'static [NamespaceValue] {
        namespace_value::namespace_values(&self.name)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChart {
    chart: Text,
    #[serde(default)]
    repositories: Vec<Text>,
    version: Text,
    namespace: Text,
    interface: WrittenEntry,
}

macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../charts/", $name, ".yml")))),*]
    };
}

/// The files of `charts/`.
const FILES: &[(&str, &str)] = files! {
    "argo-cd" "argocd-image-updater" "cert-manager" "cilium" "cloudnative-pg" "csi-driver-nfs"
    "external-dns" "external-secrets" "home-assistant" "ingress-nginx" "intel-device-plugins-gpu"
    "intel-device-plugins-operator" "kube-prometheus-stack" "loki" "longhorn" "metallb" "metrics-server"
    "nfs-subdir-external-provisioner" "oauth2-proxy" "sealed-secrets" "traefik" "vault"
};

/// The charts, each parsed on first use: most catalogs have few of them.
static CHARTS: [OnceLock<Option<Chart>>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];

/// All known charts, sorted by name.
pub fn charts() -> impl Iterator<Item = &'static Chart> {
    (0..FILES.len()).filter_map(chart)
}

/// The facts about the chart of a source, by its name and repository.
pub fn of(repository: &str, chart_name: Option<&str>) -> Option<&'static Chart> {
    let (repository, name) = address(repository, chart_name)?;
    let chart = chart(FILES.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?)?;
    chart.repositories.iter().any(|known| normal(known) == repository).then_some(chart)
}

fn chart(index: usize) -> Option<&'static Chart> {
    let (name, text) = FILES[index];
    CHARTS[index].get_or_init(|| read(name, text, &mut Sink::new())).as_ref()
}

/// The repository and the name of a chart, whose name may be at the end of an `oci://` URL.
fn address<'s>(repository: &'s str, chart: Option<&'s str>) -> Option<(String, &'s str)> {
    match chart {
        Some(chart) => Some((normal(repository), chart)),
        None => {
            let (registry, chart) =
                repository.strip_prefix("oci://")?.trim_end_matches('/').rsplit_once('/')?;
            Some((normal(registry), chart))
        }
    }
}

/// A normalized repository: without `oci://` and a trailing slash.
fn normal(repository: &str) -> String {
    repository.strip_prefix("oci://").unwrap_or(repository).trim_end_matches('/').to_ascii_lowercase()
}

/// Parses a file of `charts/`.
fn read(name: &str, text: &str, findings: &mut Sink) -> Option<Chart> {
    let source = Input::new(format!("charts/{name}.yml"), text);
    let document = Document::load(FileId::LOCK, &source, findings);
    let WrittenChart { chart, repositories, version, namespace, interface: written } =
        decode(&document, findings)?;
    let interface = interface(written, &Location::root(FileId::LOCK).key("interface"), findings);
    Some(Chart { name: chart, repositories, version, namespace, interface })
}

/// The text of a file of `charts/`.
pub fn text(chart: &Chart) -> String {
    let map = Map::new()
        .with("chart", &chart.name)
        .with("repositories", chart.repositories.clone())
        .with("version", &chart.version)
        .with("namespace", &chart.namespace)
        .with("interface", Value::Map(write::interface(&chart.interface)));
    let mut out = String::from(HEADER);
    yaml::write_lines(&mut out, &map);
    out
}

#[cfg(test)]
mod tests {
    use super::{FILES, address, charts, read, text};

    #[test]
    fn every_file_of_charts_is_read_without_a_fault_and_written_the_same() {
        for (name, written) in FILES {
            let mut findings = crate::diagnostics::Sink::new();
            let chart = read(name, written, &mut findings).expect("the file can be read");
            assert!(findings.is_empty(), "{name}: {findings:?}");
            assert_eq!(chart.name.as_str(), *name);
            assert_eq!(text(&chart), *written);
        }
        assert_eq!(charts().count(), FILES.len());
        assert!(FILES.is_sorted(), "they are searched by name");
    }

    #[test]
    fn a_chart_is_known_by_its_repository_however_that_is_written() {
        let one = address("https://charts.example.com/", Some("web"));
        assert_eq!(one, address("https://charts.example.com", Some("web")));
        assert_eq!(
            address("oci://ghcr.io/example/charts/web", None),
            address("ghcr.io/example/charts", Some("web"))
        );
        assert_eq!(address("https://git.example.com/x.git", None), None);
    }
}
