//! Manifests from another source: one file per application, or standard input.

#![allow(clippy::disallowed_methods, reason = "reads the manifests that the user hands in")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::Session;
use super::jobs::unspeakable;
use crate::exit::CommandError;
use crate::inputs::Source as Input;
use crate::kubernetes::read::MAX_BYTES;
use crate::lock::Entry;
use crate::locking;
use crate::manifests::{Failure, resources_of};
use crate::model::Application;

type Buckets<'s> = Vec<(&'s Application, Result<Entry, Failure>)>;

/// The entries of those applications whose manifests are there.
pub(super) fn read<'s>(
    folder: &Path,
    wanted: &[&'s Application],
    session: &Session<'s>,
) -> Result<Buckets<'s>, CommandError> {
    if folder.as_os_str() == "-" {
        let [application] = wanted else {
            return Err(CommandError(
                "standard input contains one application: select it with `--application`".into(),
            ));
        };
        let input = bounded("standard input".into(), io::stdin().lock())
            .map_err(|error| CommandError(format!("standard input: {error}")))?;
        return Ok(vec![(*application, entry(application, &input, session))]);
    }
    let files = files(folder)?;
    let codes: BTreeSet<_> =
        session.model.applications().map(|application| application.code.as_str()).collect();
    if let Some((stranger, _)) = files.iter().find(|(code, _)| !codes.contains(code.as_str())) {
        return Err(CommandError(format!(
            "{}: {}",
            folder.display(),
            CommandError::unknown("application", stranger, codes)
        )));
    }
    let mut made = Vec::new();
    for (code, path) in files {
        let Some(application) = wanted.iter().find(|application| application.code.as_str() == code) else {
            continue;
        };
        let file = File::open(&path).map_err(|error| CommandError::with(&path, &error))?;
        let input =
            bounded(path.display().to_string(), file).map_err(|error| CommandError::with(&path, &error))?;
        made.push((*application, entry(application, &input, session)));
    }
    Ok(made)
}

/// The manifests of a folder by `applicationCode`, in their order.
fn files(folder: &Path) -> Result<Vec<(String, PathBuf)>, CommandError> {
    let mut files = Vec::new();
    for item in fs::read_dir(folder).map_err(|error| CommandError::with(folder, &error))? {
        let path = item.map_err(|error| CommandError::with(folder, &error))?.path();
        let is_manifest =
            path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml" || ending == "json");
        if let Some(code) =
            path.file_stem().and_then(|name| name.to_str()).filter(|_| is_manifest && path.is_file())
        {
            files.push((code.to_owned(), path.clone()));
        }
    }
    files.sort();
    if let Some(pair) = files.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(CommandError(format!("{}: there are two files for `{}`", folder.display(), pair[0].0)));
    }
    Ok(files)
}

/// Reads at most one byte more than the maximum length of manifests, so that longer ones are detected.
fn bounded(name: String, from: impl Read) -> io::Result<Input> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Input { name, bytes })
}

fn entry(application: &Application, input: &Input, session: &Session<'_>) -> Result<Entry, Failure> {
    let resources = resources_of(input)?;
    if resources.is_empty() {
        return Err(Failure::Failed(format!("{} contains no object", input.name), None));
    }
    locking::make(application, session.digests(application), &[resources]).ok_or_else(unspeakable)
}
