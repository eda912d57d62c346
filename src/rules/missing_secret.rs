//! Secrets that pods need and nothing creates, according to the lock.

use std::collections::BTreeSet;

use super::deployed::Deployed;
use crate::derive::known;
use crate::diagnostics::rules::MISSING_SECRET;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink};
use crate::kubernetes::Object;
use crate::lock::configuration::Need;
use crate::lock::location;
use crate::model::{Application, Entry, Model};
use crate::value::Text;

/// Kinds of objects that are, or become, the Secret of the same name.
const SECRETS: [&str; 3] = ["ExternalSecret", "SealedSecret", "Secret"];

pub(super) fn check(model: &Model, deployed: &Deployed<'_>, objects: &[Object], findings: &mut Sink) {
    if model.lock.entries.is_empty() {
        return;
    }
    let rendered: BTreeSet<_> = objects
        .iter()
        .filter(|object| SECRETS.contains(&object.kind_name()))
        .filter_map(|object| Some((object.namespace.as_ref()?.as_str(), object.name.as_str())))
        .collect();
    for entry in &model.entries {
        let Some(made) = made(entry, deployed.to(entry), model) else { continue };
        for application in entry.applications.iter().filter(|application| is_here(application, entry)) {
            for known in known(application, model) {
                for (title, need) in &known.interface.needs {
                    let Some(name) = title.strip_prefix("Secret/").filter(|_| !need.optional) else {
                        continue;
                    };
                    if !made.contains(name) && !rendered.contains(&(entry.namespace.as_str(), name)) {
                        findings.push(missing(application, title, name, need));
                    }
                }
            }
        }
    }
}

/// The Secrets of a namespace that its entry lists, and that the applications there make; nothing if one of
/// them is not locked: it may make any.
fn made<'m>(entry: &'m Entry, here: &[&'m Application], model: &'m Model) -> Option<BTreeSet<&'m str>> {
    let listed = entry.secrets.iter().map(|secret| secret.name.as_str());
    let certificates = entry.routes.iter().map(|route| route.certificate_secret.as_str());
    let mut made: BTreeSet<_> =
        listed.chain(certificates).chain(entry.image_pull_secret.as_deref()).collect();
    for application in here {
        let known = known(application, model);
        if known.is_empty() || known.iter().any(|known| !known.basis.is_lock()) {
            return None;
        }
        made.extend(known.iter().flat_map(|known| known.interface.secrets.keys().map(Text::as_str)));
    }
    Some(made)
}

fn is_here(application: &Application, entry: &Entry) -> bool {
    application.targets(&entry.namespace)
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
