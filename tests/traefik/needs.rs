//! What the objects need around them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::catalog::{Catalog, Door, Redirects, Way, hosts, list, prefix, text, words};
use crate::probe::{Request, Who};

/// The address of the auth service behind a Middleware that all namespaces share.
pub(crate) const SHARED_AUTH: &str = "http://auth.shared.svc.cluster.local/";

impl Catalog {
    /// What the objects depend on: Traefik with the settings of the platform, and what users add.
    pub(crate) fn cluster(&self) -> Json {
        let facts = &self.platform["routing"]["traefik"];
        let ends_tls = facts["entryPointTls"] != false;
        let point = |door: &Door| {
            json!({
                "name": door.name,
                "tls": door.tls,
                "endsTls": door.tls && ends_tls,
                "isTrusted": door.is_trusted && self.trusts_tunnels,
                "redirects": door.redirects == Redirects::Always,
                "protocol": door.protocol,
            })
        };
        let class = &self.platform["routing"]["ingress"]["className"];
        let mut options = Vec::new();
        if facts["allowCrossNamespace"] == true {
            options.push("--providers.kubernetescrd.allowcrossnamespace=true".to_owned());
        }
        if let Some(class) = facts["ingressClass"].as_str() {
            options.push(format!("--providers.kubernetescrd.ingressclass={class}"));
        }
        if facts["safeNaming"] == true {
            options.push("--providers.kubernetescrd.safenaming=true".to_owned());
        }
        json!({
            "entryPoints": self.all_doors().iter().map(point).collect::<Vec<_>>(),
            "options": options,
            "ingressClass": facts["ingressClass"],
            "resolver": self.platform["certificates"]["resolver"],
            "resolved": self.resolved().iter().map(Request::json).collect::<Vec<_>>(),
            "services": self.services(),
            "machines": self.machines(),
            "streams": self.listeners_of_streams(),
            "authorities": self.authorities(),
            "brought": self.middlewares().iter().map(Json::to_string).collect::<Vec<_>>(),
            "classOfIngresses": class.as_str().unwrap_or("traefik"),
            "listeners": self.listeners(),
            "gatewayHosts": self.ways().flat_map(|way| hosts(way.route)).collect::<BTreeSet<_>>(),
        })
    }

    /// The listeners of the Gateways, each with its entry point.
    fn listeners(&self) -> Vec<Json> {
        let gateway = |(mut listener, door): (Json, Door)| {
            listener["entryPoint"] = door.name.into();
            listener
        };
        let listeners = list(&self.platform["routing"]["gateway"]["gateways"]).iter().cloned();
        if self.platform["routing"]["kind"] == "gateway" {
            listeners.zip(self.doors()).map(gateway).collect()
        } else {
            Vec::new()
        }
    }

    /// A request for each host that Traefik itself gets a certificate for.
    fn resolved(&self) -> Vec<Request> {
        if self.platform["certificates"]["resolver"].is_null() {
            return Vec::new();
        }
        let doors = self.doors();
        let reached = |door: &&Door, way: &Way<'_>| door.tls && way.is_reached_by(door);
        let requests = |way: Way<'_>| {
            let door = doors.iter().find(|door| reached(door, &way));
            door.map(|door| {
                hosts(way.route).map(|host| door.request(host, "/", Who::Guest)).collect::<Vec<_>>()
            })
        };
        self.ways().filter_map(requests).flatten().collect()
    }

    /// The Services that routes lead to, with all their ports.
    fn services(&self) -> Vec<Json> {
        type Served<'j> = (BTreeMap<String, &'j Json>, Json);
        let mut services: BTreeMap<(&str, &str), Served<'_>> = BTreeMap::new();
        let is_app = |way: &Way<'_>| way.machine().is_none() && !way.is_internal() && !way.redirects();
        for way in self.ways().filter(is_app) {
            for backend in way.backends() {
                let (ports, tls) = services.entry((way.namespace, text(&backend["service"]))).or_default();
                ports.insert(words(&backend["port"]), &backend["port"]);
                *tls = way.tls();
            }
        }
        let service = |((namespace, name), (ports, tls)): (_, (BTreeMap<String, &Json>, Json))| {
            let ports: Vec<_> = ports.into_values().collect();
            json!({ "namespace": namespace, "name": name, "ports": ports, "tls": tls })
        };
        services.into_iter().map(service).collect()
    }

    /// The machines outside of the cluster that routes lead to.
    fn machines(&self) -> Vec<Json> {
        let machine = |way: Way<'_>| Some(json!({ "name": way.machine()?, "tls": way.tls() }));
        self.ways().filter_map(machine).collect()
    }

    /// The Services that streams lead to.
    fn listeners_of_streams(&self) -> Vec<Json> {
        let doors = self.all_doors();
        let service = |(namespace, stream): (&str, &Json)| {
            let door = doors.iter().find(|door| door.name == text(&stream["entryPoint"]))?;
            let host = stream["host"].as_str().unwrap_or("unknown.test");
            let tls = (stream["tls"] == "passthrough").then(|| json!({ "host": host, "issuer": "public" }));
            Some(json!({
                "namespace": namespace,
                "name": stream["service"],
                "port": stream["port"],
                "protocol": door.protocol,
                "tls": tls,
            }))
        };
        self.streams().filter_map(service).collect()
    }

    /// The objects that contain the authority of certificates.
    fn authorities(&self) -> Vec<Json> {
        let mut authorities = BTreeMap::new();
        for way in self.ways() {
            let ca = &way.route["backendTls"]["ca"];
            for (key, kind) in [("secret", "Secret"), ("configMap", "ConfigMap")] {
                if let Some(name) = ca[key].as_str() {
                    let object = json!({ "namespace": way.namespace, "kind": kind, "name": name });
                    authorities.insert((way.namespace, kind, name), object);
                }
            }
        }
        authorities.into_values().collect()
    }

    /// The existing Middlewares: that of the platform, and those of routes, which show themselves in the
    /// path.
    fn middlewares(&self) -> Vec<Json> {
        let shared = &self.platform["routing"]["auth"]["middleware"];
        let auth = json!({
            "forwardAuth": {
                "address": SHARED_AUTH,
                "trustForwardHeader": true,
                "authResponseHeaders": ["X-Auth-Request-User"],
            },
        });
        let auth =
            shared.as_object().map(|_| middleware(text(&shared["namespace"]), text(&shared["name"]), &auth));
        let mut all: BTreeMap<String, Json> = BTreeMap::new();
        for way in self.ways() {
            for (namespace, name) in way.middlewares() {
                let prefix = prefix(namespace, name);
                all.insert(
                    prefix.clone(),
                    middleware(namespace, name, &json!({ "addPrefix": { "prefix": prefix } })),
                );
            }
        }
        auth.into_iter().chain(all.into_values()).collect()
    }
}

fn middleware(namespace: &str, name: &str, spec: &Json) -> Json {
    json!({
        "apiVersion": "traefik.io/v1alpha1",
        "kind": "Middleware",
        "metadata": { "name": name, "namespace": namespace },
        "spec": spec,
    })
}
