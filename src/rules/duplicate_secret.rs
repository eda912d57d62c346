//! Two lines that fill one Secret.

use std::collections::BTreeMap;

use crate::document::Place;
use crate::finding::Finding;
use crate::object::{Kind, Object};
use crate::plan::Plan;
use crate::rules::DUPLICATE_SECRET;
use crate::suggestion::shorten;

/// Judges the Secrets of each namespace, those that certificates fill included.
pub(crate) fn check(plan: &Plan, objects: &[Object], findings: &mut Vec<Finding>) {
    // cert-manager fills the Secret that has the name of the Certificate.
    let certificates = objects.iter().filter(|object| object.kind == Kind::Certificate);
    let filled = certificates.filter_map(|object| {
        Some(((object.namespace.as_deref()?, object.name.as_str()), (&object.origins.first()?.place, "the certificate of this line fills it")))
    });
    let mut known: BTreeMap<_, (&Place, _)> = filled.collect();
    for (entry, secret) in plan.secrets() {
        let first = known.entry((&entry.namespace, &secret.name)).or_insert((&secret.place, "the first is here"));
        if *first.0 != secret.place {
            let message = format!("two lines fill the Secret `{}`", shorten(&secret.name));
            let finding = DUPLICATE_SECRET.at(secret.place.key("name"), message).and(first.0.clone(), first.1);
            let finding = finding.note("each would take the other's values back, again and again, and pods get now these, now those");
            findings.push(finding.help("give one of the two another name"));
        }
    }
}
