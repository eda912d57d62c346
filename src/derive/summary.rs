//! Everything that is derived for an entry, as `wharf explain` shows it.

use super::{Permissions, Services, own_account};
use crate::model::{Entry, Model, Port, Ports, Source};

/// Something that is derived: where it is rendered, what it is, and why.
#[derive(Debug, PartialEq, Eq)]
pub struct Derived {
    /// The object that it is a part of: `AppProject sys-cert-manager`.
    pub object: String,
    /// What is derived: `permits …`, `is not rendered`.
    pub what: String,
    /// The reason.
    pub reason: String,
}

/// What is derived for an entry.
pub fn summary(entry: &Entry, model: &Model) -> Vec<Derived> {
    let mut derived = permissions(entry, model);
    derived.extend(accounts(entry, model));
    derived.extend(target_ports(entry, model));
    derived.extend(edges(entry));
    derived
}

fn permissions(entry: &Entry, model: &Model) -> Vec<Derived> {
    let permissions = Permissions::new(entry, model);
    let cluster = permissions.cluster.iter().map(|((kind, name), reason)| {
        let what =
            name.as_ref().map_or_else(|| kind.kind.to_string(), |name| format!("{}/{name}", kind.kind));
        (what, reason)
    });
    let namespaced = permissions.namespaced.iter().map(|(kind, reason)| (kind.kind.to_string(), reason));
    let derived = cluster.chain(namespaced).map(|(what, reason)| Derived {
        object: format!("AppProject {}", entry.project_name),
        what: format!("permits {what}"),
        reason: reason.to_string(),
    });
    derived.collect()
}

fn accounts(entry: &Entry, model: &Model) -> Vec<Derived> {
    let defaulted = entry.applications.iter().filter(|application| {
        application.service_account.is_none() && application.sources.iter().any(Source::is_folder)
    });
    let derived = defaulted.filter_map(|application| {
        let reason = own_account(application, entry, model)?.to_string();
        let object = format!("ServiceAccount {}", application.code);
        Some(Derived { object, what: "is not rendered".into(), reason })
    });
    derived.collect()
}

fn target_ports(entry: &Entry, model: &Model) -> Vec<Derived> {
    let services = Services::new(model);
    let routes = entry
        .routes
        .iter()
        .flat_map(|route| route.backends().map(move |backend| (format!("route {}", route.name), backend)));
    let streams = entry.streams.iter().map(|stream| (format!("stream {}", stream.name), &stream.backend));
    let backends = routes.chain(streams);
    let derived = backends.filter(|(_, backend)| backend.is_derived).filter_map(|(object, backend)| {
        let locked = services.get(&entry.namespace, &backend.service)?;
        let targets = locked.targets(backend.port.as_ref()?, backend.protocol);
        let ports: Vec<_> = targets.iter().map(u16::to_string).collect();
        Some(Derived {
            object,
            what: format!("leads to port {} of the pods", ports.join(", ")),
            reason: locked.reason(&backend.service),
        })
    });
    derived.collect()
}

fn edges(entry: &Entry) -> Vec<Derived> {
    let derived = entry.derived.iter().map(|derived| {
        let edge = &derived.edge;
        let ports = match &edge.ports {
            Ports::All => "all ports".to_owned(),
            Ports::Some(ports) => ports.iter().map(Port::to_string).collect::<Vec<_>>().join(", "),
        };
        Derived {
            object: format!("NetworkPolicy {}", edge.policy()),
            what: format!("opens {ports}"),
            reason: derived.reason.to_string(),
        }
    });
    derived.collect()
}
