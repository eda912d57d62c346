//! Two lines that create one Secret.

use std::collections::BTreeMap;

use crate::diagnostics::rules::DUPLICATE_SECRET;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink};
use crate::kubernetes::{Kind, Object, certificate_secrets};
use crate::model::Model;
use crate::names::Namespace;

/// Where a Secret is created, and the text of the label there.
type Creator<'m> = (&'m Location, &'static str);

/// Checks the Secrets of each namespace, including those of certificates.
pub(crate) fn check(model: &Model, objects: &[Object], findings: &mut Sink) {
    let mut known: BTreeMap<(&Namespace, &str), Creator<'_>> = BTreeMap::new();
    for (object, secret) in certificate_secrets(objects) {
        let (Some(namespace), Some(origin)) = (object.namespace.as_ref(), object.origins.first()) else {
            continue;
        };
        let here = (&origin.location, "the certificate of this line creates it");
        let first = *known.entry((namespace, secret)).or_insert(here);
        // Two Certificates with the same name are reported as `duplicate-object`.
        if *first.0 != origin.location && object.kind != Kind::Certificate {
            findings.push(duplicate(secret, origin.location.clone(), first));
        }
    }
    for (entry, secret) in model.secrets() {
        let here = (&secret.location, "first created here");
        let first = *known.entry((&entry.namespace, &secret.name)).or_insert(here);
        if *first.0 != secret.location {
            findings.push(duplicate(&secret.name, secret.location.key("name"), first));
        }
    }
}

fn duplicate(name: &str, location: Location, first: Creator<'_>) -> Finding {
    let finding = DUPLICATE_SECRET
        .at(location, format!("two lines create the Secret `{}`", shorten(name)))
        .with_secondary_label(first.0.clone(), first.1);
    let finding = finding.note(
        "each would overwrite the values of the other, again and again, and pods would get either of them",
    );
    finding.help("rename one of the two")
}
