//! Whether a chart may check for APIs of the cluster.

#![allow(clippy::disallowed_methods, reason = "reads the copy of a chart in a scratch folder")]

use std::fs;
use std::io;
use std::path::Path;

/// What a template contains that checks for an API: `.Capabilities.APIVersions.Has`, or a helper that takes
/// all of `.Capabilities` (Helm 4.1, `common.Capabilities`).
const WORD: &[u8] = b"Capabilities";

/// Whether a file of a chart, or of a chart that it includes, may check for APIs. A packed chart and
/// a linked folder are not looked into, and may.
pub(super) fn checks_apis(chart: &Path) -> bool {
    in_folder(chart).unwrap_or(true)
}

fn in_folder(folder: &Path) -> io::Result<bool> {
    for item in fs::read_dir(folder)? {
        let item = item?;
        let (path, kind) = (item.path(), item.file_type()?);
        // a link to a folder may lead back
        let may_check = if path.is_dir() { kind.is_symlink() || in_folder(&path)? } else { in_file(&path)? };
        if may_check {
            return Ok(true);
        }
    }
    Ok(false)
}

fn in_file(path: &Path) -> io::Result<bool> {
    if path.extension().is_some_and(|ending| ending == "tgz") {
        return Ok(true);
    }
    Ok(fs::read(path)?.windows(WORD.len()).any(|bytes| bytes == WORD))
}
