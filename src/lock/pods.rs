//! The pods of workloads: the properties that matter for selectors, policies and Pod Security.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::extract::Rendered;
use super::services::read_port;
use crate::catalog::PodSecurity;
use crate::kubernetes::pod_security::{self, Violations};
use crate::kubernetes::pods::Workload;
use crate::kubernetes::resource::{is_true, text_at};
use crate::value::{SortedMap, SortedSet, Text};

/// The pods of a workload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pods {
    /// The labels for selectors.
    pub labels: SortedMap<Text, Text>,
    /// The ports of the containers.
    pub ports: SortedSet<PodPort>,
    /// Whether they use the network of the node, where policies do not apply.
    pub host_network: bool,
    /// Their ServiceAccount; `None` for the default one.
    pub service_account: Option<Text>,
    /// The strictest Pod Security level that admits them.
    pub pod_security: PodSecurity,
    /// The violations of the next stricter level.
    pub violations: SortedSet<Text>,
    /// Their images, without tags and digests: those change with every release.
    pub images: SortedSet<Text>,
}

/// A port of a pod: `8080/TCP http`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PodPort {
    /// The number.
    pub number: u16,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: Text,
    /// Its name.
    pub name: Option<Text>,
}

impl fmt::Display for PodPort {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.number, self.protocol)?;
        self.name.iter().try_for_each(|name| write!(out, " {name}"))
    }
}

impl FromStr for PodPort {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (number, name) = text.split_once(' ').map_or((text, None), |(number, name)| (number, Some(name)));
        let (number, protocol) = read_port(number).ok_or(())?;
        if name.is_some_and(|name| name.is_empty() || name.contains(' ')) {
            return Err(());
        }
        Ok(Self { number, protocol, name: name.map(Text::copied) })
    }
}

/// Labels that change with every release of a chart: no selector uses them.
const VERSION_LABELS: [&str; 3] = ["app.kubernetes.io/version", "chart", "helm.sh/chart"];

/// The pods of all workloads.
pub(super) fn pods(rendered: &Rendered<'_>) -> BTreeMap<Text, Pods> {
    rendered.workloads.iter().map(|workload| (rendered.title(workload.resource), of(workload))).collect()
}

fn of(workload: &Workload<'_>) -> Pods {
    let Violations { baseline, restricted } = pod_security::violations(workload);
    let (pod_security, violations) = match (baseline.is_empty(), restricted.is_empty()) {
        (false, _) => (PodSecurity::Privileged, baseline),
        (true, false) => (PodSecurity::Baseline, restricted),
        (true, true) => (PodSecurity::Restricted, restricted),
    };
    let ports = workload.ports().map(|port| PodPort {
        number: port.number,
        protocol: port.protocol.into(),
        name: port.name.map(Text::from),
    });
    let account = text_at(workload.spec, &["serviceAccountName"])
        .or_else(|| text_at(workload.spec, &["serviceAccount"]));
    Pods {
        labels: labels(workload),
        ports: ports.collect(),
        host_network: is_true(workload.spec, &["hostNetwork"]),
        service_account: account.filter(|name| *name != "default").map(|name| name.to_owned().into()),
        pod_security,
        violations: violations.into_iter().map(Text::from).collect(),
        images: workload
            .containers()
            .filter_map(|container| text_at(container, &["image"]))
            .map(|image| repository(image).to_owned().into())
            .collect(),
    }
}

fn labels(workload: &Workload<'_>) -> SortedMap<Text, Text> {
    let labels =
        workload.labels().filter(|(key, _)| !VERSION_LABELS.contains(key) && !key.starts_with("checksum/"));
    labels.map(|(key, value)| (key.to_owned().into(), value.to_owned().into())).collect()
}

/// An image without its tag and digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    match image.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => image,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_image_loses_its_tag_and_not_its_port() {
        let images =
            ["nginx", "nginx:1.27", "registry:5000/a/b", "registry:5000/a/b:2@sha256:00", "a/b@sha256:00"];
        assert_eq!(
            images.map(super::repository),
            ["nginx", "nginx", "registry:5000/a/b", "registry:5000/a/b", "a/b"]
        );
    }
}
