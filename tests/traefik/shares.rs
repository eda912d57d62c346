//! How requests are shared by several Services of one route.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::catalog::{Catalog, Way, list, text};
use crate::probe::{Probe, seen};

/// How many requests are sent to each route with several Services, besides the other probes.
pub(crate) const REQUESTS: usize = 20;

/// Whether the Services of each route answered their share of the probes, within two requests. Traefik goes
/// through the Services in turns, by their weights.
pub(crate) fn faults(catalog: &Catalog, probes: &[Probe], answers: &[Json]) -> Vec<String> {
    let mut faults = Vec::new();
    for way in catalog.ways().filter(|way| !list(&way.route["backends"]).is_empty()) {
        let expected = way.answers();
        let asked = probes.iter().zip(answers);
        let asked = asked.filter(|(probe, _)| probe.expected.get("answer") == Some(&expected));
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for (_, answer) in asked {
            *counts.entry(seen(answer).remove("answer").unwrap_or_default()).or_default() += 1;
        }
        faults.extend(probes.iter().zip(answers).filter_map(|(probe, answer)| {
            let is_own = probe.expected.get("answer") == Some(&expected);
            is_own.then(|| unnamed(&way, answer)).flatten()
        }));
        let all: u32 = counts.values().sum();
        let weights: u32 = way.backends().map(weight).sum();
        for backend in way.backends() {
            let share = f64::from(weight(backend)) / f64::from(weights) * f64::from(all);
            let name = format!(" by app {}/{}:", way.namespace, text(&backend["service"]));
            let own: u32 =
                counts.iter().filter(|(answer, _)| answer.contains(&name)).map(|(_, count)| count).sum();
            if (f64::from(own) - share).abs() > 2.0 {
                faults.push(format!("{own} of {all} requests{name}, not about {share}"));
            }
        }
    }
    faults
}

/// Whether an answer of one Service shows headers that only another one is sent.
fn unnamed(way: &Way<'_>, answer: &Json) -> Option<String> {
    let facts = seen(answer);
    let by = facts.get("answer")?;
    let backend = way.backends().find(|one| by.contains(&format!("/{}:", text(&one["service"]))))?;
    let expected = backend["requestHeaders"]["set"]["X-Filter"].as_str()?;
    let found = facts.get("x-filter at app").map_or("nothing", String::as_str);
    (found != expected).then(|| format!("{by} receives X-Filter {found}, not {expected}"))
}

fn weight(backend: &Json) -> u32 {
    backend["weight"].as_u64().map_or(1, |weight| u32::try_from(weight).expect("a small weight"))
}
