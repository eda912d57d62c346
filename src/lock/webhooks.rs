//! Services that the API server calls: admission webhooks, conversions of custom resources, and aggregated
//! APIs.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::extract::Rendered;
use super::objects::ObjectName;
use super::services::{read_targets, write_targets};
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, maps_at, port, text_at};
use crate::value::{Map, SortedSet, Value};

/// A Service that the API server calls: `validating cert-manager-webhook:443 to 10250`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Webhook {
    /// The reason for the call.
    pub purpose: Purpose,
    /// The Service.
    pub service: ObjectName,
    /// The port of the Service.
    pub port: u16,
    /// The ports of the pods behind it.
    pub targets: SortedSet<u16>,
}

/// Why the API server calls a Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// It may change objects.
    Mutating,
    /// It may refuse objects.
    Validating,
    /// It converts custom resources from one version to another.
    Conversion,
    /// It serves an aggregated API.
    Api,
}

impl Purpose {
    const ALL: [Self; 4] = [Self::Mutating, Self::Validating, Self::Conversion, Self::Api];

    /// Its name in the lock.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mutating => "mutating",
            Self::Validating => "validating",
            Self::Conversion => "conversion",
            Self::Api => "api",
        }
    }
}

impl fmt::Display for Webhook {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}:{}", self.purpose.name(), self.service, self.port)?;
        write_targets(out, &self.targets)
    }
}

impl FromStr for Webhook {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (head, targets) =
            text.split_once(" to ").map_or((text, None), |(head, targets)| (head, Some(targets)));
        let (purpose, address) = head.split_once(' ').ok_or(())?;
        let purpose = Purpose::ALL.into_iter().find(|known| known.name() == purpose).ok_or(())?;
        let (service, port) = address.rsplit_once(':').ok_or(())?;
        Ok(Self {
            purpose,
            service: service.parse()?,
            port: port.parse().map_err(|_| ())?,
            targets: read_targets(targets)?,
        })
    }
}

/// All calls of the API server.
pub(super) fn webhooks(rendered: &Rendered<'_>) -> BTreeSet<Webhook> {
    let named = rendered.resources.iter().flat_map(|resource| references(resource).into_iter());
    named.filter_map(|(purpose, service)| webhook(purpose, service, rendered)).collect()
}

/// The references of a resource to Services that the API server calls.
fn references(resource: &Resource) -> Vec<(Purpose, &Map)> {
    let hooks = |purpose| {
        let clients = maps_at(&resource.value, &["webhooks"])
            .filter_map(|hook| at(hook, &["clientConfig", "service"])?.map());
        clients.map(|service| (purpose, service)).collect()
    };
    let one = |purpose, path: &[&str]| {
        resource.at(path).and_then(Value::map).map(|service| (purpose, service)).into_iter().collect()
    };
    match (resource.kind.group.as_str(), resource.kind.kind.as_str()) {
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration") => hooks(Purpose::Mutating),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration") => hooks(Purpose::Validating),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            one(Purpose::Conversion, &["spec", "conversion", "webhook", "clientConfig", "service"])
        }
        ("apiregistration.k8s.io", "APIService") => one(Purpose::Api, &["spec", "service"]),
        _ => Vec::new(),
    }
}

/// The default port is 443 (Kubernetes, `ServiceReference`).
fn webhook(purpose: Purpose, reference: &Map, rendered: &Rendered<'_>) -> Option<Webhook> {
    let name = text_at(reference, &["name"])?;
    let service = rendered.within(text_at(reference, &["namespace"]), name);
    let port = reference.get("port").and_then(port).unwrap_or(443);
    let known = rendered.services.get(&service);
    let targets = known
        .into_iter()
        .flat_map(|known| known.targets(&port.to_string()).map(|(target, _)| target).collect::<Vec<_>>())
        .collect();
    Some(Webhook { purpose, service, port, targets })
}
