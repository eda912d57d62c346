//! What an Application deploys, source by source, as Argo CD 3.5 finds it out.

use super::directory;
use super::files::Files;
use super::home::Home;
use super::item::Contents;
use super::kustomization;
use crate::cluster::{Application, ApplicationSource, has_placeholder};
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::kubernetes::yaml;
use crate::manifests::ChartFolder;
use crate::model::within;
use crate::value::Value;

/// How sources are read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'r, 't> {
    pub(super) files: &'r Files<'t>,
    pub(super) home: &'r Home,
}

/// What a source is.
pub(super) enum Found<'t> {
    /// Resources, and what is not known of them.
    Contents(Contents<'t>),
    /// A kustomization with its folder; what its files say, without what its patches change.
    Kustomization(String, Contents<'t>),
    /// A chart that is to be rendered, with its files.
    Chart(ChartFolder, Vec<&'t str>),
    /// A folder of this repository that does not exist.
    Missing,
    /// A plain folder of which a pattern selects no file.
    Empty,
}

impl<'t> Reader<'_, 't> {
    pub(super) fn source(&self, application: &Application, source: &ApplicationSource<'_>) -> Found<'t> {
        let url = source.text(&["repoURL"]).unwrap_or_default();
        if let Some(chart) = source.text(&["chart"]) {
            return unknown(chart, "this chart of a registry is not rendered");
        }
        let Some(path) = source.text(&["path"]) else { return Found::Contents(Contents::default()) };
        if !self.home.is_own(url) {
            return unknown(url, "it is not this repository");
        }
        if source.text(&["targetRevision"]).is_some_and(is_fixed) {
            return unknown(path, "its revision is not that of the files");
        }
        match self.home.inside(path) {
            Some(folder) if self.files.tree.is_folder(&folder) => self.folder(&folder, application, source),
            _ if has_placeholder(path) => unknown(path, "its path contains a placeholder"),
            None => unknown(path, "it is outside of this folder"),
            Some(folder) if self.is_left_out(&folder) => unknown(path, "it was not read"),
            Some(_) if !is_default_branch(source) => unknown(path, "it may be on another branch"),
            Some(_) => Found::Missing,
        }
    }

    /// Whether a folder, or one above it, was left out.
    fn is_left_out(&self, folder: &str) -> bool {
        let above = |path: &str| {
            folder.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.files.tree.left_out.iter().any(|one| above(&one.path))
    }

    fn folder(&self, folder: &str, application: &Application, source: &ApplicationSource<'_>) -> Found<'t> {
        let is_kustomize = kustomization::of_folder(self.files, folder).is_some();
        if source.has("plugin") && !is_kustomize {
            return unknown(folder, "it is rendered by a plugin");
        }
        let chart = join(folder, "Chart.yaml");
        let is_chart = self.files.tree.files.contains_key(&chart);
        if is_chart && !source.has("directory") && !source.has("plugin") {
            let files = self.files.tree.below(folder).collect();
            return Found::Chart(self.chart(folder, application, source), files);
        }
        if is_kustomize && !source.has("directory") {
            let contents = kustomization::closure(self.files, folder);
            // an Application may change more: images, names, labels
            return if source.has("kustomize") || source.has("plugin") {
                Found::Contents(contents)
            } else {
                Found::Kustomization(folder.to_owned(), contents)
            };
        }
        let contents = directory::contents(self.files, folder, source);
        let is_empty = contents.files.is_empty() && contents.left_out.is_empty();
        if is_empty && source.text(&["directory", "include"]).is_some() {
            return Found::Empty;
        }
        Found::Contents(contents)
    }

    fn chart(&self, folder: &str, application: &Application, source: &ApplicationSource<'_>) -> ChartFolder {
        let helm = |path: &[&str]| source.text(&[&["helm"], path].concat()).map(str::to_owned);
        let files = items_at(source.value, &["helm", "valueFiles"]).iter().filter_map(text);
        let values =
            match source.value.get("helm").and_then(Value::map).and_then(|helm| helm.get("valuesObject")) {
                Some(object) => {
                    let mut text = String::new();
                    yaml::write_value(&mut text, object);
                    text
                }
                None => helm(&["values"]).unwrap_or_default(),
            };
        let parameters = maps_at(source.value, &["helm", "parameters"]).filter_map(|parameter| {
            let (name, value) = (text_at(parameter, &["name"])?, text_at(parameter, &["value"])?);
            let forced = crate::kubernetes::resource::is_true(parameter, &["forceString"]);
            Some((format!("{name}={}", value.replace(',', "\\,")), forced))
        });
        ChartFolder {
            folder: folder.to_owned(),
            release: helm(&["releaseName"]).unwrap_or_else(|| application.resource.name.to_string()),
            namespace: application.namespace().to_owned(),
            value_files: files.filter_map(|name| self.values_file(folder, name, application)).collect(),
            values,
            parameters: parameters.collect(),
        }
    }

    /// The path of a values file in the tree.
    fn values_file(&self, folder: &str, name: &str, application: &Application) -> Option<String> {
        if name.contains("://") {
            return None;
        }
        let Some((reference, path)) = name.strip_prefix('$').and_then(|rest| rest.split_once('/')) else {
            return within(folder, name).map(|path| path.to_string());
        };
        let sources = application.sources();
        let source = sources.iter().find(|source| source.text(&["ref"]) == Some(reference))?;
        self.home.inside(path).filter(|_| self.home.is_own(source.text(&["repoURL"]).unwrap_or_default()))
    }
}

fn unknown<'t>(what: &str, reason: &str) -> Found<'t> {
    let left_out = vec![(what.to_owned(), reason.to_owned())];
    Found::Contents(Contents { opaque: vec![String::new()], left_out, ..Contents::default() })
}

/// Whether a source follows the branch that the files are most likely of.
fn is_default_branch(source: &ApplicationSource<'_>) -> bool {
    matches!(source.text(&["targetRevision"]), None | Some("HEAD" | "main" | "master"))
}

/// Whether a revision is a commit or a version: the files may be older or newer than it.
fn is_fixed(revision: &str) -> bool {
    let is_commit = revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    let version = revision.strip_prefix('v').unwrap_or(revision);
    is_commit || version.contains('.') && version.starts_with(|char: char| char.is_ascii_digit())
}

pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
