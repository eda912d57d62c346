//! Patterns of plain folders that match no file.

use crate::cluster::{Application, ApplicationSource, Survey, has_placeholder};
use crate::diagnostics::Finding;
use crate::diagnostics::rules::INEFFECTIVE_INCLUDE;
use crate::diagnostics::suggestion::shorten;
use crate::kubernetes::resource::is_true;

pub(super) fn check(survey: &Survey) -> Vec<Finding> {
    survey.applications.iter().flat_map(of_application).collect()
}

fn of_application(application: &Application) -> Vec<Finding> {
    let sources = application.sources();
    let empty = application.empty_includes.iter().filter_map(|index| sources.get(*index));
    empty.filter_map(|source| without_files(application, source)).collect()
}

fn without_files(application: &Application, source: &ApplicationSource<'_>) -> Option<Finding> {
    let pattern = source.text(&["directory", "include"]).filter(|pattern| !has_placeholder(pattern))?;
    let location = source.location.key("directory").key("include");
    let message = format!("the pattern `{}` matches no file of the folder", shorten(pattern));
    let finding = INEFFECTIVE_INCLUDE.at(location, message);
    let note = if application.prunes() {
        "Argo CD finds no manifest, and prunes what it found before"
    } else {
        "Argo CD finds no manifest: the Application is empty, and Synced"
    };
    let is_deep = pattern.contains('/') && !is_true(source.value, &["directory", "recurse"]);
    let help = if is_deep {
        "add `recurse: true`, or use the subfolder as the `path`"
    } else {
        "correct the pattern: it is compared with the path of each file below `path`"
    };
    Some(finding.note(note).help(help))
}
