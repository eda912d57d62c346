//! An entry or an application with the name of the root application.

use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules::ROOT_NAME_CONFLICT;
use crate::diagnostics::suggestion::shorten;
use crate::model::Model;

pub(super) fn check(model: &Model, findings: &mut Vec<Finding>) {
    let root = &model.platform.argocd.root.name;
    let projects = model
        .entries
        .iter()
        .filter(|entry| entry.namespace == *root)
        .map(|entry| ("AppProject", entry.location.key("namespace")));
    let names = model.platform.argocd.root.names();
    let applications = model.applications().filter(|application| names.contains(&application.code.as_str()));
    let applications = applications.map(|application| {
        ("Application", application.location.key("applicationCode"), application.code.as_str())
    });
    let projects = projects.map(|(kind, location)| (kind, location, root.as_str()));
    findings
        .extend(projects.chain(applications).map(|(kind, location, name)| conflict(kind, location, name)));
}

fn conflict(kind: &str, location: Location, root: &str) -> Finding {
    let finding = ROOT_NAME_CONFLICT
        .at(location, format!("the root application already has an {kind} `{}`", shorten(root)));
    let finding = finding.note(
        "Argo CD keeps one per name: this one would overwrite the root's, and nothing of the catalog would \
         be applied any more",
    );
    finding.help("rename one of them; the names of the root are in `argocd.root` of platform.yml")
}
