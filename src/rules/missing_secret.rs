//! Secrets that pods need and nothing creates, according to the lock.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use super::deployed::Deployed;
use crate::diagnostics::rules::MISSING_SECRET;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Sink};
use crate::lock::configuration::Need;
use crate::lock::location;
use crate::model::{Application, Entry};
use crate::value::Text;

pub(super) fn check<'m>(entry: &'m Entry, deployed: &Deployed<'m>, findings: &mut Sink) {
    let made = LazyCell::new(|| made(entry, deployed));
    for application in entry.applications.iter().filter(|application| application.targets(&entry.namespace)) {
        let needs = application.interface().into_iter().flat_map(|interface| &interface.needs);
        for (title, need) in needs.filter(|(_, need)| !need.optional) {
            let Some(name) = title.strip_prefix("Secret/") else { continue };
            let is_made = made.as_ref().is_none_or(|made| made.contains(name));
            if !is_made && !deployed.rendered.has_secret(&entry.namespace, name) {
                findings.push(missing(application, title, name, need));
            }
        }
    }
}

/// The Secrets of a namespace that its entry lists, and that the applications there make; nothing if one of
/// them is not locked: it may make any.
fn made<'m>(entry: &'m Entry, deployed: &Deployed<'m>) -> Option<BTreeSet<&'m str>> {
    let listed = entry.secrets.iter().map(|secret| secret.name.as_str());
    let certificates = entry.routes.iter().map(|route| route.certificate_secret.as_str());
    let mut made: BTreeSet<_> =
        listed.chain(certificates).chain(entry.image_pull_secret.as_deref()).collect();
    for application in deployed.to(&entry.namespace) {
        made.extend(application.interface()?.secrets.keys().map(Text::as_str));
    }
    Some(made)
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
