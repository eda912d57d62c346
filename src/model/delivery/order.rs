//! The order of applications: tier × 100, plus the depth of `dependsOn` within a tier, so that a new entry
//! changes no other wave.

use std::collections::BTreeMap;

use crate::diagnostics::suggestion::{did_you_mean_of_many, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::model::Entry;
use crate::model::platform::wave_of_tier;
use crate::names::ApplicationCode;

/// The waves of one tier.
const WAVES: usize = 100;

/// How many applications of a cycle a message lists.
const MAX_SHOWN: usize = 12;

struct Node<'e> {
    code: &'e ApplicationCode,
    tier: usize,
    location: &'e Location,
    /// The applications that must be synced before, with the locations of the dependencies.
    needs: Vec<(usize, Location)>,
}

/// Assigns its wave to each application.
pub(in crate::model) fn assign_waves(entries: &mut [Entry], findings: &mut Sink) {
    let nodes = nodes(entries, findings);
    let depths = depths(&nodes, findings);
    for (node, depth) in nodes.iter().zip(&depths) {
        if *depth >= WAVES {
            let finding = rules::DEPENDENCY_CYCLE.at(
                node.location.clone(),
                format!("the chain of dependencies before `{}` has {depth} applications", node.code),
            );
            findings.push(finding.note(format!("a tier has {WAVES} waves")));
        }
    }
    let waves: Vec<_> = nodes
        .iter()
        .zip(depths)
        .map(|(node, depth)| wave_of_tier(node.tier) + i32::try_from(depth.min(WAVES - 1)).unwrap_or(0))
        .collect();
    for (application, wave) in entries.iter_mut().flat_map(|entry| &mut entry.applications).zip(waves) {
        application.wave = wave;
    }
}

fn nodes<'e>(entries: &'e [Entry], findings: &mut Sink) -> Vec<Node<'e>> {
    let all = || {
        entries
            .iter()
            .flat_map(|entry| entry.applications.iter().map(move |application| (entry, application)))
    };
    // most catalogs have few dependencies, and large ones may have none
    let is_asked_for = all().any(|(_, application)| !application.depends_on.is_empty());
    let codes: BTreeMap<&ApplicationCode, usize> = all()
        .enumerate()
        .filter(|_| is_asked_for)
        .map(|(index, (_, application))| (&application.code, index))
        .collect();
    let tiers: Vec<_> = all().map(|(entry, _)| (entry.tier, entry.enabled)).collect();
    let mut nodes = Vec::with_capacity(tiers.len());
    for (entry, application) in all() {
        let mut needs = Vec::new();
        for (index, name) in application.depends_on.iter().enumerate() {
            let location = application.location.key("dependsOn").index(index);
            match codes.get(name) {
                None => findings.push(unknown(location, name.as_str(), &codes, findings)),
                Some(&target) if tiers[target].0 > entry.tier => {
                    findings.push(in_later_tier(location, name.as_str()));
                }
                Some(&target) if entry.enabled && !tiers[target].1 => {
                    findings.push(disabled(location, name.as_str()));
                }
                Some(&target) => needs.push((target, location)),
            }
        }
        nodes.push(Node {
            code: &application.code,
            tier: entry.tier,
            location: &application.location,
            needs,
        });
    }
    nodes
}

fn unknown(
    location: Location,
    name: &str,
    codes: &BTreeMap<&ApplicationCode, usize>,
    findings: &[Finding],
) -> Finding {
    let finding =
        rules::UNKNOWN_DEPENDENCY.at(location, format!("there is no application `{}`", shorten(name)));
    let help = did_you_mean_of_many(findings, name, codes.keys().map(|code| code.as_str()));
    finding
        .note("Argo CD would not wait for anything")
        .help(help.unwrap_or_else(|| "use the `applicationCode` of an application of this catalog".into()))
}

fn disabled(location: Location, name: &str) -> Finding {
    rules::UNKNOWN_DEPENDENCY
        .at(location, format!("the application `{name}` is disabled"))
        .note("there would be nothing to wait for")
}

fn in_later_tier(location: Location, name: &str) -> Finding {
    let finding = rules::DEPENDENCY_ON_LATER_TIER.at(location, format!("`{name}` is synced in a later tier"));
    finding
        .note("Argo CD would wait in the earlier tier for something that is created in the later one")
        .help("move one of the two entries to another tier")
}

/// The longest chain of dependencies before each application, within its tier.
fn depths(nodes: &[Node<'_>], findings: &mut Sink) -> Vec<usize> {
    let mut waiting: Vec<usize> = nodes.iter().map(|node| node.needs.len()).collect();
    let mut dependants: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter().enumerate() {
        for (target, _) in &node.needs {
            dependants[*target].push(index);
        }
    }
    let mut depths = vec![0; nodes.len()];
    let mut ready: Vec<usize> = (0..nodes.len()).filter(|index| waiting[*index] == 0).collect();
    while let Some(index) = ready.pop() {
        for &dependant in &dependants[index] {
            if nodes[index].tier == nodes[dependant].tier {
                depths[dependant] = depths[dependant].max(depths[index] + 1);
            }
            waiting[dependant] -= 1;
            if waiting[dependant] == 0 {
                ready.push(dependant);
            }
        }
    }
    report_cycle(nodes, &waiting, findings);
    depths
}

/// Reports applications that depend on each other: one cycle, from its first application.
fn report_cycle(nodes: &[Node<'_>], waiting: &[usize], findings: &mut Sink) {
    let is_waiting = |index: &usize| waiting[*index] > 0;
    let Some(mut index) = (0..nodes.len()).find(is_waiting) else { return };
    let mut chain: Vec<(usize, &Location)> = Vec::new();
    let mut seen = BTreeMap::new();
    let start = loop {
        if let Some(start) = seen.insert(index, chain.len()) {
            break start;
        }
        let Some((target, location)) = nodes[index].needs.iter().find(|(target, _)| is_waiting(target))
        else {
            return;
        };
        chain.push((index, location));
        index = *target;
    };
    let cycle = &chain[start..];
    let Some((_, first)) = cycle.first() else { return };
    let mut names: Vec<_> =
        cycle.iter().take(MAX_SHOWN).map(|(index, _)| format!("`{}`", nodes[*index].code)).collect();
    let mut chain = names.clone();
    if cycle.len() > MAX_SHOWN {
        chain.push(format!("{} others", cycle.len() - MAX_SHOWN));
    }
    chain.extend(names.first().cloned());
    let message = match cycle {
        [_] => format!("{} depends on itself", names[0]),
        _ => format!("applications depend on each other: {}", chain.join(" → ")),
    };
    let mut finding = rules::DEPENDENCY_CYCLE.at((*first).clone(), message);
    for ((_, location), name) in cycle.iter().zip(names.drain(..)).skip(1) {
        finding = finding.with_secondary_label((*location).clone(), format!("{name} is part of the cycle"));
    }
    findings.push(
        finding
            .note("no order of sync waves is possible: one application would start without its dependency")
            .help("remove one of these dependencies"),
    );
}
