//! Applications that a Prometheus of the catalog scrapes, where no edge allows it, by the lock.

use super::openings::Openings;
use crate::derive::Known;
use crate::diagnostics::rules::CLOSED_METRICS;
use crate::diagnostics::{Finding, Sink};
use crate::kubernetes::GroupKind;
use crate::lock::scrapes::Scrape;
use crate::lock::{Interface, location};
use crate::model::{Application, Entry, Model};
use crate::names::Namespace;

/// `prometheus` is the first entry with one. With `network.monitoring`, the edges are derived.
pub(super) fn check<'m>(
    application: &'m Application,
    known: Known<'m>,
    openings: &Openings<'m>,
    prometheus: impl Fn() -> Option<&'m Entry>,
    findings: &mut Sink,
) {
    let model = openings.model;
    if known.interface.scrapes.is_empty() || model.platform.network.monitoring.is_some() {
        return;
    }
    let Some(prometheus) = prometheus() else { return };
    let closed = known.interface.scrapes.iter().find(|scrape| {
        let entry = scraped(scrape, application, known.interface, model);
        entry.is_some_and(|entry| {
            entry.namespace != prometheus.namespace
                && !openings.connects(prometheus, entry, scrape.port.parse().ok().as_slice())
        })
    });
    findings.extend(closed.map(|scrape| finding(application, scrape, prometheus)));
}

/// The first entry with a Prometheus.
pub(super) fn prometheus(model: &Model) -> Option<&Entry> {
    let scrapes = |application: &Application| application.interface().is_some_and(is_prometheus);
    model.entries.iter().find(|entry| entry.applications.iter().any(scrapes))
}

fn is_prometheus(interface: &Interface) -> bool {
    let kind = GroupKind::new("monitoring.coreos.com", "Prometheus");
    interface.runs("prometheus/prometheus") || interface.objects.contains_key(&kind)
}

/// The entry with the scraped pods, if policies apply to them.
fn scraped<'m>(
    scrape: &Scrape,
    application: &Application,
    interface: &Interface,
    model: &'m Model,
) -> Option<&'m Entry> {
    let pods = scrape.pods.as_ref().and_then(|title| interface.pods.get(title));
    if pods.is_some_and(|pods| pods.host_network) {
        return None;
    }
    let namespace = application.namespace_of(scrape.namespace.as_deref());
    model.entry(&Namespace::new(namespace.to_owned()))
}

fn finding(application: &Application, scrape: &Scrape, prometheus: &Entry) -> Finding {
    let finding = CLOSED_METRICS.at(
        application.location.key("applicationCode"),
        format!("Prometheus scrapes this application on port {}, and no edge allows it", scrape.port),
    );
    finding
        .with_secondary_label(location(&application.code).key("scrapes").itself(), "found here")
        .note("its metrics would be missing: the requests time out")
        .help(format!(
            "add `monitoring: {{namespace: {}}}` to `network` in platform.yml: the edges then follow from \
             the lock",
            prometheus.namespace
        ))
}
