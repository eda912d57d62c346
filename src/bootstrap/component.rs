//! The controllers that the objects need, and the application that includes each.

use std::collections::BTreeMap;

use super::root_project::group;
use crate::kubernetes::Object;
use crate::model::{Application, Entry, Model};

/// A controller, and the API group that it defines.
pub(super) struct Component {
    /// Its name in messages.
    pub(super) name: &'static str,
    group: &'static str,
    /// The names of its chart, which are mostly also those of its application.
    charts: &'static [&'static str],
}

/// The controllers whose kinds wharf can render.
const COMPONENTS: [Component; 7] = [
    Component { name: "cert-manager", group: "cert-manager.io", charts: &["cert-manager"] },
    Component { name: "Traefik", group: "traefik.io", charts: &["traefik"] },
    Component { name: "External Secrets", group: "external-secrets.io", charts: &["external-secrets"] },
    Component { name: "Cilium", group: "cilium.io", charts: &["cilium"] },
    Component {
        name: "the Gateway API",
        group: "gateway.networking.k8s.io",
        charts: &["gateway-api", "gateway-api-crds"],
    },
    Component {
        name: "Argo CD Image Updater",
        group: "argocd-image-updater.argoproj.io",
        charts: &["argocd-image-updater"],
    },
    Component {
        name: "Prometheus Operator",
        group: "monitoring.coreos.com",
        charts: &["kube-prometheus-stack", "prometheus-operator-crds"],
    },
];

/// The groups that always exist: those of Kubernetes and of Argo CD.
fn is_built_in(group: &str) -> bool {
    group == "argoproj.io"
        || !group.contains('.')
        || group == "rbac.authorization.k8s.io"
        || group == "networking.k8s.io"
}

/// The groups of the objects that a controller has to define, each with the controller, if it is known, and
/// the kinds that are needed.
pub(super) fn needed(objects: &[Object]) -> Vec<(&str, Option<Component>, Vec<&str>)> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for object in objects.iter().filter(|object| !is_built_in(group(object))) {
        let kinds = groups.entry(group(object)).or_default();
        if !kinds.contains(&object.kind_name()) {
            kinds.push(object.kind_name());
        }
    }
    groups
        .into_iter()
        .map(|(group, kinds)| {
            (group, COMPONENTS.into_iter().find(|component| component.group == group), kinds)
        })
        .collect()
}

impl Component {
    /// The application that includes it.
    pub(super) fn included_by<'p>(&self, model: &'p Model) -> Option<&'p Application> {
        including(model, self.charts).map(|(_, application)| application)
    }
}

/// The application whose chart, folder or code is one of `names`, with its entry.
pub(super) fn including<'p>(model: &'p Model, names: &[&str]) -> Option<(&'p Entry, &'p Application)> {
    let mut all = model
        .entries
        .iter()
        .flat_map(|entry| entry.applications.iter().map(move |application| (entry, application)));
    all.find(|(_, application)| application.is_named(names))
}
