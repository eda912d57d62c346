//! An entry or an application that is called like the root application.

use crate::document::Place;
use crate::finding::Finding;
use crate::plan::Plan;
use crate::rules::ROOT_NAME_TAKEN;
use crate::suggestion::shorten;

pub(super) fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let root = &plan.platform.argocd.root.name;
    let projects = plan.entries.iter().filter(|entry| entry.namespace == *root).map(|entry| ("AppProject", entry.place.key("namespace")));
    let applications = plan.applications().filter(|application| application.code == *root);
    let applications = applications.map(|application| ("Application", application.place.key("applicationCode")));
    findings.extend(projects.chain(applications).map(|(kind, place)| taken(kind, place, root)));
}

fn taken(kind: &str, place: Place, root: &str) -> Finding {
    let finding = ROOT_NAME_TAKEN.at(place, format!("the root application has an {kind} called `{}` of its own", shorten(root)));
    let finding =
        finding.note("Argo CD keeps one of a name: this one would take the place of the root's, and nothing of the catalog be applied any more");
    finding.help("give one of them another name; `argocd.root.name` in platform.yml is that of the root")
}
