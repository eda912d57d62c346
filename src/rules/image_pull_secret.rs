//! Pull secrets of images that are not in the namespace of Argo CD.

use crate::finding::Finding;
use crate::plan::{Application, Entry, Plan};
use crate::rules;
use crate::suggestion::did_you_mean;

/// Where an entry owns the namespace, it names the Secrets in it.
pub(super) fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let Some(entry) = plan.entry(&plan.platform.argocd.namespace) else { return };
    for application in plan.applications() {
        check_application(application, entry, findings);
    }
}

fn check_application(application: &Application, entry: &Entry, findings: &mut Vec<Finding>) {
    for (index, image) in application.written.images.iter().enumerate() {
        let Some(name) = image.pull_secret.as_ref().filter(|name| !entry.secrets.iter().any(|secret| *secret.name == ***name)) else { continue };
        let place = application.place.key("images").index(index).key("pullSecret");
        let finding = rules::IMAGE_PULL_SECRET.at(place, format!("the entry `{}` has no Secret `{}`", entry.namespace, &**name));
        let finding = finding.and(entry.place.key("namespace"), "the updater reads only Secrets of this namespace");
        let finding = finding.note("it could not list the tags of the image, and would skip it with a line in its log");
        let help = did_you_mean(name, entry.secrets.iter().map(|secret| secret.name.as_str()));
        findings.push(finding.help(help.unwrap_or_else(|| format!("list it in `secrets` of `{}`, with where it comes from", entry.namespace))));
    }
}
