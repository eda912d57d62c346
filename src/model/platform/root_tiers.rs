//! How several root applications share the tiers: each tier belongs to exactly one.

use std::collections::BTreeMap;

use super::argocd::Root;
use super::root;
use crate::diagnostics::suggestion::{did_you_mean, either, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::value::Text;

pub(super) fn check(written: &Root, tiers: &[Text], findings: &mut Sink) {
    if written.parts.is_empty() {
        return;
    }
    let location = root().key("argocd").key("root").key("applications");
    if written.plugin.is_none() {
        let finding = rules::ROOT_TIERS
            .at(location.clone().itself(), "root applications can share a catalog only with a plugin");
        let finding = finding.note(
            "each would apply the whole rendered folder, and Argo CD refuse an \
            object that belongs to two applications",
        );
        findings.push(finding.help(
            "add `plugin: wharf-…`, the name of the plugin with its version, or remove `applications`",
        ));
    }
    check_names(written, &location, findings);
    let mut owners: BTreeMap<&str, Location> = BTreeMap::new();
    for (index, part) in written.parts.iter().enumerate() {
        let list = location.index(index).key("tiers");
        if part.tiers.is_empty() {
            let finding = rules::ROOT_TIERS
                .at(location.index(index), format!("the root application `{}` renders no tier", &*part.name));
            findings.push(
                finding.note("the plugin refuses to render nothing").help("list its tiers, or remove it"),
            );
        }
        for (number, tier) in part.tiers.iter().enumerate() {
            let location = list.index(number);
            if !tiers.iter().any(|known| **known == **tier) {
                findings.push(unknown(tier, tiers, location));
            } else if let Some(first) = owners.get(&**tier) {
                findings.push(twice(tier, location, first.clone()));
            } else {
                owners.insert(tier, location);
            }
        }
    }
    findings.extend(
        tiers.iter().filter(|tier| !owners.contains_key(tier.as_str())).map(|tier| nowhere(tier, &location)),
    );
}

fn check_names(written: &Root, location: &Location, findings: &mut Sink) {
    for (index, part) in written.parts.iter().enumerate() {
        let Some(first) = written.parts[..index].iter().position(|other| other.name == part.name) else {
            continue;
        };
        let at = location.index(index).key("name");
        let finding = rules::ROOT_TIERS.at(at, format!("two root applications are called `{}`", &*part.name));
        let finding = finding.with_secondary_label(location.index(first).key("name"), "the first is here");
        findings.push(
            finding
                .note("the second would replace the first, and its tiers be pruned")
                .help("give one of them another name"),
        );
    }
}

fn unknown(tier: &str, tiers: &[Text], location: Location) -> Finding {
    let names = || tiers.iter().map(Text::as_str);
    let finding = rules::UNKNOWN_TIER.at(location, format!("there is no tier `{}`", shorten(tier)));
    finding.help(did_you_mean(tier, names()).unwrap_or_else(|| format!("write one of {}", either(names()))))
}

fn twice(tier: &str, location: Location, first: Location) -> Finding {
    let finding = rules::ROOT_TIERS
        .at(location, format!("two root applications render the tier `{}`", shorten(tier)))
        .with_secondary_label(first, "the first is here");
    finding
        .note("Argo CD refuses an object that belongs to two applications")
        .help("remove it from one of them")
}

fn nowhere(tier: &str, location: &Location) -> Finding {
    let finding = rules::ROOT_TIERS
        .at(location.clone().itself(), format!("no root application renders the tier `{}`", shorten(tier)));
    finding
        .note("its entries would not be deployed, and nothing would show it")
        .help("add the tier to one of the root applications")
}
