//! A chart in a folder of a working tree, rendered without a platform and without a network.

use std::ffi::OsString;

use super::process::{Program, run};
use super::scratch::Scratch;
use super::{Failure, Limits, OwnFolder};
use crate::inputs::{Repository, Source};

/// A chart in a folder of the repository, and how an Application renders it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartFolder {
    /// The folder, from the root of the tree.
    pub folder: String,
    /// The name of the release.
    pub release: String,
    /// The namespace of the release; may be empty.
    pub namespace: String,
    /// The values files, from the root of the tree.
    pub value_files: Vec<String>,
    /// Values, as YAML; empty if there are none.
    pub values: String,
    /// Single values `name=value`, and whether each is text whatever it looks like.
    pub parameters: Vec<(String, bool)>,
}

/// Renders a chart with Helm. Dependencies that are not in its folder are not fetched.
///
/// # Errors
/// If Helm is missing, or cannot render it.
pub fn render_folder(
    chart: &ChartFolder,
    repository: &Repository,
    limits: Limits,
) -> Result<Source, Failure> {
    let scratch = Scratch::new()?;
    let own = OwnFolder { repository, path: chart.folder.clone() };
    let folder = scratch.mirror(&own)?;
    let arguments = arguments(chart, repository, &scratch)?;
    let program = Program { name: "helm", arguments, folder: &folder };
    let bytes = run(&program, scratch.path(), limits)?;
    Ok(Source { name: format!("the output of helm for {}", chart.folder), bytes })
}

fn arguments(
    chart: &ChartFolder,
    repository: &Repository,
    scratch: &Scratch,
) -> Result<Vec<OsString>, Failure> {
    let mut words: Vec<OsString> = vec!["template".into(), ".".into(), "--include-crds".into()];
    words.extend(["--name-template".into(), OsString::from(&chart.release)]);
    if !chart.namespace.is_empty() {
        words.extend(["--namespace".into(), OsString::from(&chart.namespace)]);
    }
    for file in &chart.value_files {
        let path = repository.path(file).ok_or_else(|| {
            Failure::Failed(format!("there is no values file `{file}` in the repository"), None)
        })?;
        words.extend(["--values".into(), path.into()]);
    }
    if !chart.values.is_empty() {
        words.extend(["--values".into(), scratch.write("values.yaml", &chart.values)?.into()]);
    }
    for (parameter, is_text) in &chart.parameters {
        words.extend([if *is_text { "--set-string" } else { "--set" }.into(), OsString::from(parameter)]);
    }
    Ok(words)
}
