//! Two lines that fill one Secret.

use std::collections::BTreeMap;

use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules::DUPLICATE_SECRET;
use crate::diagnostics::suggestion::shorten;
use crate::kubernetes::{Kind, Object};
use crate::model::Model;

/// Judges the Secrets of each namespace, those that certificates fill included.
pub(crate) fn check(model: &Model, objects: &[Object], findings: &mut Vec<Finding>) {
    // cert-manager fills the Secret that has the name of the Certificate.
    let certificates = objects.iter().filter(|object| object.kind == Kind::Certificate);
    let filled = certificates.filter_map(|object| {
        Some((
            (object.namespace.as_deref()?, object.name.as_str()),
            (&object.origins.first()?.location, "the certificate of this line fills it"),
        ))
    });
    let mut known: BTreeMap<_, (&Location, _)> = filled.collect();
    for (entry, secret) in model.secrets() {
        let first =
            known.entry((&entry.namespace, &secret.name)).or_insert((&secret.location, "the first is here"));
        if *first.0 != secret.location {
            let message = format!("two lines fill the Secret `{}`", shorten(&secret.name));
            let finding = DUPLICATE_SECRET
                .at(secret.location.key("name"), message)
                .with_secondary_label(first.0.clone(), first.1);
            let finding = finding.note(
                "each would take the other's values back, again and again, and pods get now these, now those",
            );
            findings.push(finding.help("give one of the two another name"));
        }
    }
}
