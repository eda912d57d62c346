//! Secrets that pods need and nothing creates, according to the lock.

use super::deployed::Deployed;
use crate::diagnostics::rules::MISSING_SECRET;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink};
use crate::lock::configuration::Need;
use crate::lock::location;
use crate::model::{Application, Entry};
use crate::value::Text;

pub(super) fn check(entry: &Entry, deployed: &Deployed<'_>, findings: &mut Sink) {
    for application in entry.applications.iter().filter(|application| application.targets(&entry.namespace)) {
        let needs = application.interface().into_iter().flat_map(|interface| &interface.needs);
        for (title, need) in needs.filter(|(_, need)| !need.optional) {
            let Some(name) = title.strip_prefix("Secret/") else { continue };
            if !may_be_made(name, entry, deployed) {
                findings.push(missing(application, title, name, need));
            }
        }
    }
}

/// Whether the entry of a namespace lists a Secret, an application there makes it, or one of them is not
/// locked: it may make any.
fn may_be_made(name: &str, entry: &Entry, deployed: &Deployed<'_>) -> bool {
    let is_made = |application: &Application| {
        application.interface().is_none_or(|interface| interface.secrets.contains_key(name))
    };
    entry.secrets.iter().any(|secret| secret.name.as_str() == name)
        || entry.routes.iter().any(|route| route.certificate_secret.as_str() == name)
        || entry.image_pull_secret.as_deref() == Some(name)
        || deployed.rendered.has_secret(&entry.namespace, name)
        || deployed.to(&entry.namespace).any(is_made)
}

fn missing(application: &Application, title: &Text, name: &str, need: &Need) -> Finding {
    let by = need.by.first().map_or("", |by| by.as_str());
    let finding = MISSING_SECRET.at(
        application.location.key("applicationCode"),
        format!("nobody makes the Secret `{}`, which `{}` needs", shorten(name), shorten(by)),
    );
    let locked = location(&application.code).key("needs").key(title.clone());
    let keys: Vec<_> = need.keys.iter().map(|key| format!("{{key: {}, from: …}}", shorten(key))).collect();
    let data =
        if keys.is_empty() { "dataFrom: […]".into() } else { format!("data: [{}]", keys.join(", ")) };
    finding
        .with_secondary_label(locked.itself(), "locked here")
        .note("the pods would wait for it and never start")
        .help(format!(
            "add `{{name: {name}, {data}}}` to `secrets` of the entry, or \
             `{{name: {name}, source: manual}}` if it is created in the cluster",
            name = shorten(name)
        ))
}
