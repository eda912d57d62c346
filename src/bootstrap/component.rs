//! What the objects need in the cluster, and which application brings it.

use std::collections::BTreeMap;

use super::root_project::group;
use crate::kubernetes::Object;
use crate::kubernetes::scope::is_builtin_group;
use crate::model::{Application, Entry, Model};

/// A controller with the API group whose kinds it brings.
pub(super) struct Component {
    /// What people call it.
    pub(super) name: &'static str,
    group: &'static str,
    /// What its chart, and mostly its application, is called.
    charts: &'static [&'static str],
}

/// Controllers whose kinds wharf can make.
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

/// The groups that are always there: Kubernetes' own, and Argo CD's.
fn is_built_in(group: &str) -> bool {
    group == "argoproj.io" || !group.contains('.') || is_builtin_group(group)
}

/// The groups of the objects that something has to bring, each with the controller, if it is known, and the
/// kinds that are needed of it.
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
    /// The application that brings it.
    pub(super) fn brought_by<'p>(&self, model: &'p Model) -> Option<&'p Application> {
        bringing(model, self.charts).map(|(_, application)| application)
    }
}

/// The application that brings one of `names`, with its entry: the published chart of this name, or else the
/// first one with this name, as its own or as that of its chart or folder.
pub(super) fn bringing<'p>(model: &'p Model, names: &[&str]) -> Option<(&'p Entry, &'p Application)> {
    let all = || {
        model
            .entries
            .iter()
            .flat_map(|entry| entry.applications.iter().map(move |application| (entry, application)))
    };
    let is_published =
        |application: &Application| names.iter().any(|name| application.published_chart(name).is_some());
    let published = all().find(|(_, application)| is_published(application));
    published.or_else(|| all().find(|(_, application)| application.is_named(names)))
}
