//! The values files of a chart, in the order in which Argo CD passes them to Helm.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Environment, Failure};
use crate::model::{Application, Source, within};

/// A values file, as an argument of Helm; `None` for an optional one that is missing.
pub(super) fn file(
    name: &str,
    folder: Option<(&str, &Path)>,
    source: &Source,
    application: &Application,
    environment: &Environment<'_>,
) -> Result<Option<OsString>, Failure> {
    let path = match name.strip_prefix('$').and_then(|rest| rest.split_once('/')) {
        Some((reference, path)) => of_reference(reference, path, application, environment)?,
        None if name.starts_with("http://") || name.starts_with("https://") => return Ok(Some(name.into())),
        None => match (name.split_once("://"), folder) {
            // Decryption needs keys, and would expose values of Secrets.
            (Some((scheme, _)), _) => {
                return Err(Failure::Unknown(format!("its values files use {scheme}://")));
            }
            (None, _) if name.contains(['$', '*', '?', '[', '{']) => {
                return Err(Failure::Unknown(format!("its values files are a pattern: {name}")));
            }
            (None, Some((folder, root))) => {
                root.join(within(folder, name).ok_or_else(|| outside(name))?.as_str())
            }
            // Next to Chart.yaml of a pulled chart.
            (None, None) => PathBuf::from(within("", name).ok_or_else(|| outside(name))?.as_str()),
        },
    };
    let optional = source.helm.as_ref().is_some_and(|helm| helm.ignore_missing_value_files == Some(true));
    Ok((!optional || path.is_file()).then(|| path.into()))
}

fn outside(name: &str) -> Failure {
    Failure::Failed(format!("`{name}` points outside the repository"), None)
}

/// `$values/path`: a file of another source's repository.
fn of_reference(
    reference: &str,
    path: &str,
    application: &Application,
    environment: &Environment<'_>,
) -> Result<PathBuf, Failure> {
    let source = application
        .source_of_files(reference)
        .ok_or_else(|| Failure::Failed(format!("no source has the ref `{reference}`"), None))?;
    let repository = environment.working_tree(source, "values")?;
    let path = within("", path).ok_or_else(|| outside(path))?;
    // A link to the outside of the repository is refused, as by Argo CD.
    repository
        .path(&path)
        .ok_or_else(|| Failure::Failed(format!("there is no values file `{path}` in the repository"), None))
}
