//! A plain folder: which of its files Argo CD reads as manifests (Argo CD 3.5,
//! `getPotentiallyValidManifests`).

use super::files::Files;
use super::item::{Change, Contents, Item};
use crate::cluster::ApplicationSource;
use crate::kubernetes::resource::is_true;
use crate::manifests::matches_glob;

/// Argo CD skips a file that contains this, anywhere.
const SKIP: &[u8] = b"+argocd:skip-file-rendering";

/// What a plain folder deploys.
pub(super) fn contents<'t>(files: &Files<'t>, folder: &str, source: &ApplicationSource<'_>) -> Contents<'t> {
    let recurse = is_true(source.value, &["directory", "recurse"]);
    let pattern = |key| source.text(&["directory", key]);
    let (include, exclude) = (pattern("include"), pattern("exclude"));
    let mut contents = Contents::default();
    for path in files.tree.below(folder) {
        if !files.pay(1) {
            contents.left_out.push((folder.to_owned(), "too many Applications deploy it".into()));
            contents.opaque.push(String::new());
            break;
        }
        let Some(relative) = path.strip_prefix(folder).map(|rest| rest.trim_start_matches('/')) else {
            continue;
        };
        let is_taken = (recurse || !relative.contains('/'))
            && !exclude.is_some_and(|pattern| matches_glob(pattern, relative))
            && include.is_none_or(|pattern| matches_glob(pattern, relative));
        if is_taken && let Some(file) = files.path(path) {
            add(files, file, &mut contents);
        } else if is_taken && path.ends_with(".jsonnet") {
            contents.left_out.push((path.to_owned(), "it is Jsonnet".into()));
            contents.opaque.push(String::new());
        }
    }
    contents
}

fn add<'t>(files: &Files<'t>, file: &'t str, contents: &mut Contents<'t>) {
    let bytes = files.bytes(file);
    if bytes.windows(SKIP.len()).any(|window| window == SKIP) {
        return;
    }
    contents.files.push(file);
    let Some(content) = files.content(file) else { return };
    if let Some(problem) = content.problem.as_ref().filter(|_| looks_like_manifest(bytes)) {
        contents.left_out.push((file.to_owned(), problem.clone()));
    }
    let item = |index| Item { file, index, change: Change::default() };
    contents.items.extend((0..content.resources.len()).map(item));
}

/// Argo CD silently skips a file that it cannot read and that has none of these.
fn looks_like_manifest(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    ["apiVersion:", "kind:", "metadata:"].iter().all(|word| text.contains(word))
}
