//! Image pull secrets that are missing in the namespace of Argo CD.

use crate::diagnostics::suggestion::did_you_mean;
use crate::diagnostics::{Sink, rules};
use crate::model::{Application, Entry, Model};

/// If an entry owns the namespace, it lists the Secrets in it.
pub(super) fn check(model: &Model, findings: &mut Sink) {
    let Some(entry) = model.entry(&model.platform.argocd.namespace) else { return };
    for application in model.applications() {
        check_application(application, entry, findings);
    }
}

fn check_application(application: &Application, entry: &Entry, findings: &mut Sink) {
    for (index, image) in application.images.iter().enumerate() {
        let Some(name) = image
            .pull_secret
            .as_ref()
            .filter(|name| !entry.secrets.iter().any(|secret| *secret.name == ***name))
        else {
            continue;
        };
        let location = application.location.key("images").index(index).key("pullSecret");
        let finding = rules::IMAGE_PULL_SECRET
            .at(location, format!("the entry `{}` has no Secret `{}`", entry.namespace, &**name));
        let finding = finding.with_secondary_label(
            entry.location.key("namespace"),
            "the updater reads only Secrets of this namespace",
        );
        let finding = finding
            .note("it could not list the tags of the image, and would skip the image, which it only logs");
        let help = did_you_mean(name, entry.secrets.iter().map(|secret| secret.name.as_str()));
        findings.push(finding.help(
            help.unwrap_or_else(|| format!("list it in `secrets` of `{}`, with its source", entry.namespace)),
        ));
    }
}
