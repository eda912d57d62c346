//! The way of a visitor to a host: entry points, auth, ingress controller, policies, pods.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Answer, Fix, Place, Reach, Step};
use crate::catalog::{Exposure, PathMatch};
use crate::cluster::{Addresses, Condition, Direction, End, Port, PortName, PortSet, Transport, Truth};
use crate::model::{Auth, Entry, Path, PortRange, Route};
use crate::value::Text;

/// A route that serves a host.
struct Served<'m> {
    entry: &'m Entry,
    route: &'m Route,
}

impl<'m> Reach<'m> {
    /// The answer about a visitor of a host: from the internet, from the LAN, or from pods.
    pub fn visit(&self, from: &Place<'m>, host: &Text, path: Option<&str>) -> Answer {
        let routes = self.routes(host, path);
        let mut answer = Answer {
            from: from.name(),
            to: format!("{host}{}", path.unwrap_or_default()),
            ports: PortSet::default(),
            truth: Truth::Yes,
            steps: Vec::new(),
            notes: Vec::new(),
            fix: None,
        };
        let side = side(from);
        let served: Vec<_> = routes.iter().filter(|served| self.faces(served.route, side)).collect();
        let arrival = self.arrival(from, host);
        if let (Place::Entry(entry), false) = (from, arrival.truth.is_yes()) {
            answer.fix = Some(self.host_edge(entry, host));
        }
        answer.steps.push(arrival);
        if served.is_empty() {
            answer.steps.push(self.no_entry_point(side, &routes));
            answer.fix = self.expose(side, &routes);
        }
        for served in served {
            self.follow(served, side, host, path, &mut answer);
        }
        let truths = answer.steps.iter().map(|step| step.truth.clone());
        answer.truth = truths.fold(Truth::Yes, Truth::and);
        answer
    }

    fn routes(&self, host: &Text, path: Option<&str>) -> Vec<Served<'m>> {
        let entries = self.model.entries.iter();
        let all = entries.flat_map(|entry| entry.routes.iter().map(move |route| Served { entry, route }));
        let serves = |served: &Served<'_>| served.route.hosts.iter().any(|own| own.as_str() == host.as_str());
        let answers = |served: &Served<'_>| {
            path.is_none_or(|path| served.route.paths.iter().any(|own| own.takes(path)))
        };
        all.filter(|served| serves(served) && answers(served)).collect()
    }

    fn faces(&self, route: &Route, side: Option<Exposure>) -> bool {
        side.is_none_or(|side| route.faces(side, &self.model.platform))
    }

    /// How the request arrives at the ingress controller. Which address a name has inside of the cluster is
    /// up to its DNS.
    fn arrival(&self, from: &Place<'m>, host: &Text) -> Step {
        let name = from.name();
        let Place::Entry(entry) = from else {
            return Step {
                subject: format!("{name} to the ingress controller"),
                truth: Truth::Yes,
                reason: Some("by DNS; what is in front of the cluster is not part of the catalog".into()),
                policies: Vec::new(),
                line: None,
            };
        };
        let own = End::namespace(entry.namespace.to_text());
        let controllers = self.controllers();
        let ways = controllers.iter().map(|(_, to)| self.evaluator.judge(&own, to));
        // The ports of the controller's pods are not those of its Service.
        let mut ways = ways.filter_map(|way| {
            let port = way.possible().firsts().into_iter().next()?;
            Some((way.egress.at(&port), way.ingress.at(&port)))
        });
        let near = ways.find(|(egress, ingress)| egress.truth.is_yes() && ingress.truth.is_yes());
        let is_near = near.is_some();
        let far = self.evaluator.judge(&own, &self.peer("internet"));
        let far = far.egress.at(&Port::tcp(443));
        let truth = match (is_near, far.truth.is_yes()) {
            (false, false) => Truth::No,
            (true, true) => Truth::Yes,
            _ => Truth::on(Condition::HostAddress(host.clone())),
        };
        let near = near.map(|(egress, _)| egress.by).unwrap_or_default();
        let far = if far.truth.is_yes() || truth.is_no() { far.by } else { Vec::new() };
        let by: BTreeSet<_> = near.into_iter().chain(far).collect();
        let by: Vec<_> = by.into_iter().collect();
        Step {
            subject: format!("egress of {name}"),
            truth,
            reason: Some("to the ingress controller, or to port 443 of the internet".into()),
            policies: self.policies(&by),
            line: None,
        }
    }

    /// The edge with which pods call a host by its public name.
    fn host_edge(&self, entry: &Entry, host: &Text) -> Fix {
        Fix {
            place: format!(
                "add to `networkPolicies.egress` of `{}`, which allows both sides",
                entry.namespace
            ),
            line: self.line(&entry.location.key("namespace")),
            text: vec![format!("- host: {host}")],
        }
    }

    fn no_entry_point(&self, side: Option<Exposure>, routes: &[Served<'m>]) -> Step {
        let side = side.map_or("any", Exposure::name);
        Step {
            subject: "entry points".into(),
            truth: Truth::No,
            reason: Some(format!("no route of this host is attached to an entry point of the {side} side")),
            policies: Vec::new(),
            line: routes.first().and_then(|served| self.line(&served.route.location.key("host"))),
        }
    }

    fn expose(&self, side: Option<Exposure>, routes: &[Served<'m>]) -> Option<Fix> {
        let (served, side) = (routes.first()?, side?);
        let points = &self.model.platform.routing.entry_points;
        points.iter().any(|point| point.exposure == side).then(|| Fix {
            place: format!(
                "add to `exposure` of the route of `{}`, or remove `exposure`",
                served.entry.namespace
            ),
            line: self.line(&served.route.location.key("host")),
            text: vec![side.name().to_owned()],
        })
    }

    fn follow(
        &self,
        served: &Served<'m>,
        side: Option<Exposure>,
        host: &Text,
        path: Option<&str>,
        answer: &mut Answer,
    ) {
        let Served { entry, route } = served;
        let line = self.line(&route.location.key("host"));
        let points = route.points(&self.model.platform);
        let points = points.filter(|point| side.is_none_or(|side| point.exposure == side));
        let points: Vec<_> = points
            .map(|point| format!("{} ({}, port {})", &*point.name, point.exposure.name(), point.port.0))
            .collect();
        answer.steps.push(Step {
            subject: "entry points".into(),
            truth: Truth::Yes,
            reason: Some(points.join(", ")),
            policies: Vec::new(),
            line,
        });
        answer.steps.extend(self.auth(route, host, path));
        if route.backend.is_internal() || !route.outside.is_empty() {
            answer.steps.extend(self.to_machines(route));
            answer.steps.push(pods(entry, route, &[]));
            return;
        }
        let ports = pod_ports(route);
        let own = End::namespace(entry.namespace.to_text());
        for (name, controller) in self.controllers() {
            let judgement = self.evaluator.judge(&controller, &own);
            let egress = self.step(Direction::Egress, &name, &controller, &judgement.egress, &ports);
            let ingress = entry.namespace.as_str();
            let ingress = self.step(Direction::Ingress, ingress, &own, &judgement.ingress, &ports);
            answer.steps.extend([egress, ingress]);
        }
        answer.steps.push(pods(entry, route, &ports));
        for port in &ports {
            answer.ports = answer.ports.union(&PortSet::range(port.protocol, port.number, port.number));
        }
    }

    /// Whether the ingress controllers may connect to the machines of a route.
    fn to_machines(&self, route: &Route) -> Vec<Step> {
        let Some(port) = route.backend.outside_port().map(Port::tcp) else { return Vec::new() };
        let mut steps = Vec::new();
        for (name, controller) in self.controllers() {
            steps.extend(route.outside.iter().map(|address| {
                let judgement = self.evaluator.judge(&controller, &self.machine(*address));
                let name = format!("{name} to {address}");
                let ports = std::slice::from_ref(&port);
                self.step(Direction::Egress, &name, &controller, &judgement.egress, ports)
            }));
        }
        steps
    }

    /// The end with an address: a node, or something outside of the cluster.
    fn machine(&self, address: IpAddr) -> End {
        let is_node = self.model.platform.network.nodes.iter().any(|nodes| nodes.contains(&address));
        let addresses = Addresses::single(address);
        if is_node { End::Node(addresses) } else { End::outside(addresses) }
    }

    /// Who asks the visitor to sign in, for each path that may be meant.
    fn auth(&self, route: &Route, host: &Text, path: Option<&str>) -> Vec<Step> {
        let meant = route.paths.iter().filter(|own| path.is_none_or(|path| own.takes(path)));
        let mut meant: Vec<_> = meant.collect();
        // Of several paths that match, the longest is tried first.
        meant.sort_by_key(|own| std::cmp::Reverse(own.matching.as_ref().map_or(0, |(_, path)| path.len())));
        if path.is_some() {
            meant.truncate(1);
        }
        let by = self.authority();
        let step = |own: &&Path| Step {
            subject: format!("auth of {host}{}", shown(own)),
            truth: Truth::Yes,
            reason: Some(if own.protected { by.clone() } else { "none: every visitor passes".into() }),
            policies: Vec::new(),
            line: self.line(&own.location),
        };
        meant.iter().map(step).collect()
    }

    fn authority(&self) -> String {
        match &self.model.platform.routing.auth {
            Auth::Shared(shared) => {
                format!("the Middleware `{}` of `{}` asks to sign in", &*shared.name, &*shared.namespace)
            }
            Auth::Forward(forward) => format!("`{}` asks to sign in", &*forward.address),
            Auth::Undecided => "the platform has no auth".into(),
        }
    }
}

/// The side that a visitor comes from.
fn side(from: &Place<'_>) -> Option<Exposure> {
    match from {
        Place::Peer(name) if name.as_str() == "internet" => Some(Exposure::External),
        Place::Peer(name) if name.as_str() == "lan" => Some(Exposure::Internal),
        _ => None,
    }
}

/// The step that ends at the pods.
fn pods(entry: &Entry, route: &Route, ports: &[Port]) -> Step {
    let numbers: Vec<_> = ports.iter().map(ToString::to_string).collect();
    let service = &route.backend.service;
    let reason = match (&route.redirect, &route.backend.port) {
        (Some(redirect), _) => format!("the ingress controller redirects to {}", redirect.label()),
        (None, None) => format!("the ingress controller itself answers, as `{service}`"),
        (None, Some(port)) if !route.outside.is_empty() => {
            let machines: Vec<_> = route.outside.iter().map(ToString::to_string).collect();
            format!("port {port} of the Service `{service}` leads outside, to {}", machines.join(" or "))
        }
        (None, Some(port)) if numbers.is_empty() => {
            format!("port {port} of the Service `{service}`; the port of its pods is not known")
        }
        (None, Some(port)) => {
            format!("port {port} of the Service `{service}` is {} of its pods", numbers.join(" or "))
        }
    };
    let leads_elsewhere = route.backend.is_internal() || !route.outside.is_empty();
    let subject = if leads_elsewhere { "backend".into() } else { format!("pods of {}", entry.namespace) };
    Step { subject, truth: Truth::Yes, reason: Some(reason), policies: Vec::new(), line: None }
}

/// The ports of the pods of a route that have numbers.
fn pod_ports(route: &Route) -> Vec<Port> {
    let port = |target: &crate::model::Port| match target.range {
        PortRange::Numbers(low, high) if low == high => {
            let protocol = Transport::named(target.protocol.name())?;
            Some(Port { protocol, number: low, name: PortName::Unknown })
        }
        _ => None,
    };
    route.backend.target_ports.iter().filter_map(port).collect()
}

/// `/api*`; nothing for the whole host.
fn shown(path: &Path) -> String {
    match &path.matching {
        None => String::new(),
        Some((PathMatch::Exact, path)) => path.to_string(),
        Some((PathMatch::Prefix, path)) => format!("{path}*"),
    }
}
