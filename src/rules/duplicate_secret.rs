//! Two lines that create one Secret.

use std::collections::BTreeMap;

use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules::DUPLICATE_SECRET;
use crate::diagnostics::suggestion::shorten;
use crate::kubernetes::{Kind, Object};
use crate::model::Model;

/// Checks the Secrets of each namespace, including those of certificates.
pub(crate) fn check(model: &Model, objects: &[Object], findings: &mut Vec<Finding>) {
    // cert-manager creates a Secret with the name of the Certificate.
    let certificates = objects.iter().filter(|object| object.kind == Kind::Certificate);
    let filled = certificates.filter_map(|object| {
        Some((
            (object.namespace.as_deref()?, object.name.as_str()),
            (&object.origins.first()?.location, "the certificate of this line creates it"),
        ))
    });
    let mut known: BTreeMap<_, (&Location, _)> = filled.collect();
    for (entry, secret) in model.secrets() {
        let first =
            known.entry((&entry.namespace, &secret.name)).or_insert((&secret.location, "first created here"));
        if *first.0 != secret.location {
            let message = format!("two lines create the Secret `{}`", shorten(&secret.name));
            let finding = DUPLICATE_SECRET
                .at(secret.location.key("name"), message)
                .with_secondary_label(first.0.clone(), first.1);
            let finding = finding.note(
                "each would overwrite the values of the other, again and again, and pods would get either of \
                 them",
            );
            findings.push(finding.help("rename one of the two"));
        }
    }
}
