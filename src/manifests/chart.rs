//! Charts, rendered by Helm with the arguments of Argo CD (Argo CD 3.5, `util/helm/cmd.go`).

use std::ffi::OsString;
use std::path::PathBuf;

use super::capabilities::checks_apis;
use super::process::{Program, run};
use super::scratch::Scratch;
use super::{Environment, Failure, Rendering, own_folder, values};
use crate::catalog::Helm;
use crate::inputs::Source as Input;
use crate::kubernetes::yaml;
use crate::model::{Application, Source};
use crate::value::Value;

/// The manifests of a chart.
pub(super) fn render(
    source: &Source,
    application: &Application,
    environment: &Environment<'_>,
) -> Result<Rendering, Failure> {
    let scratch = Scratch::new()?;
    let chart = chart(source, environment, &scratch)?;
    let arguments = arguments(source, application, environment, &chart, &scratch)?;
    let template = Program { name: "helm", arguments, folder: &chart.folder };
    let printed = match run(&template, scratch.path(), environment.limits) {
        // Argo CD builds missing dependencies of a chart, and tries again.
        Err(Failure::Failed(_, Some(message))) if lacks_dependencies(&message) => {
            let build = Program {
                name: "helm",
                arguments: vec!["dependency".into(), "build".into()],
                folder: &chart.folder,
            };
            run(&build, scratch.path(), environment.limits)?;
            run(&template, scratch.path(), environment.limits)?
        }
        printed => printed?,
    };
    let again = run(&template, scratch.path(), environment.limits)?;
    let input = |bytes| Input { name: "the output of helm".into(), bytes };
    let again = (again != printed).then(|| input(again));
    Ok(Rendering { input: input(printed), again, checks_apis: checks_apis(&chart.folder) })
}

/// A chart in the scratch folder.
struct Chart {
    folder: PathBuf,
    /// The path from the root of the repository, and that root in the scratch folder, if it is a folder of
    /// this repository.
    own: Option<(String, PathBuf)>,
}

fn chart(source: &Source, environment: &Environment<'_>, scratch: &Scratch) -> Result<Chart, Failure> {
    if source.is_git() {
        let folder = own_folder(source, environment)?;
        let mirror = scratch.mirror(&folder)?;
        return Ok(Chart { folder: mirror, own: Some((folder.path, scratch.path().join("repository"))) });
    }
    let target = scratch.folder("chart")?;
    let mut words: Vec<OsString> = vec!["pull".into()];
    let name = reference(source, &mut words);
    let version = source.revision.as_str();
    if !version.is_empty() {
        words.extend(["--version".into(), version.into()]);
    }
    words.extend(["--untar".into(), "--untardir".into(), target.clone().into()]);
    run(
        &Program { name: "helm", arguments: words, folder: scratch.path() },
        scratch.path(),
        environment.limits,
    )?;
    Ok(Chart { folder: target.join(name), own: None })
}

/// Adds the address of the chart, and returns its name: in a repository, in a registry without a scheme (OCI
/// for Argo CD), or as an OCI artifact.
fn reference(source: &Source, words: &mut Vec<OsString>) -> String {
    let repository = source.repository.trim_end_matches('/');
    match source.chart.as_deref() {
        Some(chart) if repository.starts_with("http://") || repository.starts_with("https://") => {
            words.extend([chart.into(), "--repo".into(), repository.into()]);
            chart.to_owned()
        }
        Some(chart) => {
            words.push(format!("oci://{repository}/{chart}").into());
            chart.rsplit('/').next().unwrap_or_default().to_owned()
        }
        None => {
            words.push(repository.into());
            repository.rsplit('/').next().unwrap_or_default().to_owned()
        }
    }
}

fn arguments(
    source: &Source,
    application: &Application,
    environment: &Environment<'_>,
    chart: &Chart,
    scratch: &Scratch,
) -> Result<Vec<OsString>, Failure> {
    let default = Helm::default();
    let helm = source.helm.as_deref().unwrap_or(&default);
    let folder = chart.own.as_ref().map(|(path, root)| (path.as_str(), root.as_path()));
    let release = application.release(source);
    let namespace = helm.namespace.as_deref().unwrap_or(application.rendered_for());
    let mut words: Vec<OsString> = vec![
        "template".into(),
        ".".into(),
        "--name-template".into(),
        release.into(),
        "--namespace".into(),
        namespace.into(),
    ];
    if let Some(version) = &helm.kube_version {
        words.extend(["--kube-version".into(), version.to_string().into()]);
    }
    for parameter in &helm.parameters {
        let flag = if parameter.force_string == Some(true) { "--set-string" } else { "--set" };
        words.extend([flag.into(), format!("{}={}", &*parameter.name, escaped(&parameter.value)).into()]);
    }
    for parameter in &helm.file_parameters {
        if let Some(path) = values::file(&parameter.path, folder, source, application, environment)? {
            words.extend([
                "--set-file".into(),
                format!("{}={}", &*parameter.name, escaped(&path.to_string_lossy())).into(),
            ]);
        }
    }
    for name in &source.value_files {
        let file = values::file(name, folder, source, application, environment)?;
        words.extend(file.into_iter().flat_map(|file| ["--values".into(), file]));
    }
    if let Some(own) = helm.values.as_ref().filter(|values| !values.is_empty()) {
        let mut text = String::new();
        yaml::write_value(&mut text, &Value::Map(own.clone()));
        words.extend(["--values".into(), scratch.write("values.yaml", &text)?.into()]);
    }
    let versions = helm
        .api_versions
        .iter()
        .map(|version| version.to_string())
        .chain(environment.api_versions.iter().cloned());
    words.extend(versions.flat_map(|version| ["--api-versions".into(), OsString::from(version)]));
    let flags = [
        ("--include-crds", helm.skip_crds != Some(true)),
        ("--skip-schema-validation", helm.skip_schema_validation == Some(true)),
        ("--skip-tests", helm.skip_tests == Some(true)),
    ];
    words.extend(flags.into_iter().filter(|(_, wanted)| *wanted).map(|(flag, _)| flag.into()));
    Ok(words)
}

/// A value for `--set`: commas are escaped, except in lists in braces and if they are already escaped (Argo
/// CD 3.5, `cleanSetParameters`).
fn escaped(value: &str) -> String {
    if value.starts_with('{') && value.ends_with('}') {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len());
    for char in value.chars() {
        if char == ',' && !out.ends_with('\\') {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

/// Whether this is Helm's error about missing dependencies of a chart (Helm 4.1, `CheckDependencies`; Argo CD
/// 3.5, `IsMissingDependencyErr`).
fn lacks_dependencies(message: &str) -> bool {
    message.contains("found in Chart.yaml, but missing in charts/")
        || message.contains("found in requirements.yaml, but missing in charts/")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_comma_stays_in_its_value() {
        assert_eq!(super::escaped("a,b"), r"a\,b");
        assert_eq!(super::escaped(r"a\,b"), r"a\,b");
        assert_eq!(super::escaped("{a,b}"), "{a,b}");
    }
}
