//! The arguments of `helm install` for the application of Argo CD, quoted for a shell.

use std::borrow::Cow;

use crate::model::{Application, Source};

/// The release, chart, version and values files.
pub(super) fn arguments(application: &Application) -> String {
    let source = application.published_chart("argo-cd").or_else(|| application.first_chart());
    let release = source.map_or(application.name.as_str(), |source| application.release(source));
    let mut words = vec![release.to_owned()];
    words.extend(source.into_iter().flat_map(chart));
    for file in source.into_iter().flat_map(values_files) {
        words.extend(["--values".to_owned(), file]);
    }
    words.iter().map(|text| word(text)).collect::<Vec<_>>().join(" ")
}

/// A chart of a repository, of a registry, or of a folder of this repository.
fn chart(source: &Source) -> Vec<String> {
    let (repository, version) = (source.repository.to_string(), source.revision.to_string());
    match (&source.chart, &source.path) {
        (Some(chart), _) if repository.contains("://") => {
            vec![chart.to_string(), "--repo".into(), repository, "--version".into(), version]
        }
        (Some(chart), _) => vec![format!("oci://{repository}/{}", &**chart), "--version".into(), version],
        (None, _) if repository.starts_with("oci://") => vec![repository, "--version".into(), version],
        (None, path) => vec![path.as_ref().map_or(".", |path| path).to_owned(), "--dependency-update".into()],
    }
}

/// The values files in this repository: relative to the folder of the chart, or to the root for a `ref`.
/// Files of other schemes need a plugin, which Helm may not have.
fn values_files(source: &Source) -> Vec<String> {
    let folder = source.path.as_deref();
    let local = |file: &str| match (file.split_once('/'), folder) {
        (Some((reference, rest)), _) if reference.starts_with('$') => Some(rest.to_owned()),
        (_, Some(folder)) if !file.contains("://") => Some(format!("{folder}/{file}")),
        _ => None,
    };
    source.value_files.iter().filter_map(|file| local(file)).collect()
}

/// A word, quoted for a shell.
pub(super) fn word(text: &str) -> Cow<'_, str> {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@=+,-".contains(&byte);
    if !text.is_empty() && text.bytes().all(harmless) {
        text.into()
    } else {
        format!("'{}'", text.replace('\'', r"'\''")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn nothing_gets_out_of_a_word() {
        assert_eq!(word("https://git.example.com/home.git"), "https://git.example.com/home.git");
        assert_eq!(word("a; rm -rf ~ $(b)"), "'a; rm -rf ~ $(b)'");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word(""), "''");
    }
}
