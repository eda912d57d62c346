//! An entry or an application with the name of the root application.

use crate::diagnostics::rules::ROOT_NAME_CONFLICT;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink};
use crate::model::{Application, Model, pattern_location};
use crate::names::{ApplicationName, ProjectName};

pub(super) fn check(model: &Model, findings: &mut Sink) {
    let root = &model.platform.argocd.root;
    let projects =
        model.entries.iter().filter(|entry| entry.project_name == root.project_name).map(|entry| {
            let pattern = (!entry.shares_project
                && entry.project_name != ProjectName::of_namespace(&entry.namespace))
            .then_some("appProject");
            let name = entry.location.key("project").key("name");
            let location = if entry.shares_project { name } else { entry.location.key("namespace") };
            conflict("AppProject", location, entry.project_name.as_str(), pattern)
        });
    let names = root.names();
    let is_root = |application: &&Application| names.contains(&application.name);
    let applications = model.applications().filter(is_root).map(|application| {
        let pattern =
            (application.name != ApplicationName::of_code(&application.code)).then_some("application");
        conflict(
            "Application",
            application.location.key("applicationCode"),
            application.name.as_str(),
            pattern,
        )
    });
    findings.extend(projects.chain(applications));
}

/// An object with the name `root`, which `pattern` of the platform makes if the line does not.
fn conflict(kind: &str, location: Location, root: &str, pattern: Option<&'static str>) -> Finding {
    let finding = ROOT_NAME_CONFLICT
        .at(location, format!("the root application already has an {kind} `{}`", shorten(root)));
    let finding = match pattern {
        Some(key) => finding.with_secondary_label(pattern_location(key), "from this pattern"),
        None => finding,
    };
    let finding = finding.note(
        "Argo CD keeps one per name: this one would overwrite the root's, and nothing of the catalog would \
         be applied any more",
    );
    finding.help("rename one of them; the names of the root are in `argocd.root` of platform.yml")
}
