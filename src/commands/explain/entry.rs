//! An entry: its objects, and what is derived for it.

use std::fmt::Write;

use super::table::table;
use crate::compile::Compiled;
use crate::derive::{Derived, summary};
use crate::diagnostics::printable;
use crate::model::Entry;

/// What an entry is made of.
pub(super) fn explain(entry: &Entry, compiled: &Compiled) -> String {
    let objects = compiled.objects.iter().filter(|object| object.folder == entry.namespace);
    let derived = derived(&summary(entry, &compiled.model));
    format!("{}{}{derived}", heading(entry, compiled), table(objects, compiled))
}

/// What follows from what the applications deploy, each with its reason.
fn derived(derived: &[Derived]) -> String {
    let width = |column: fn(&Derived) -> &str| {
        derived.iter().map(|derived| column(derived).chars().count()).max().unwrap_or(0)
    };
    let (object, what) = (width(|derived| &derived.object), width(|derived| &derived.what));
    let mut out = String::from(if derived.is_empty() { "" } else { "\nderived\n" });
    for derived in derived {
        let (subject, says) = (printable(&derived.object), printable(&derived.what));
        let _ = writeln!(out, "  {subject:object$}  {says:what$}  {}", printable(&derived.reason));
    }
    out
}

fn heading(entry: &Entry, compiled: &Compiled) -> String {
    let tier = compiled.model.platform.tiers.get(entry.tier).map_or("", |tier| tier.as_str());
    let kept = if entry.protected {
        "kept in the cluster when the entry is removed"
    } else {
        "removed with the entry"
    };
    let description = entry
        .description
        .as_ref()
        .map(|description| format!(": {}", printable(description)))
        .unwrap_or_default();
    let kept = if entry.owns_namespace { kept.to_owned() } else { format!("{kept}; owns no namespace") };
    format!("{}{description}\n  tier {tier}, profile {}, {kept}\n\n", entry.namespace, entry.profile)
}
