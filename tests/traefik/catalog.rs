//! A catalog as it is written, read without any part of wharf that makes objects of it.

use std::io;

use serde_json::{Value as Json, json};

use crate::cases::Case;
use crate::probe::{Request, Who};

/// A catalog and its platform, as they are written.
pub(crate) struct Catalog {
    pub(crate) entries: Vec<Json>,
    pub(crate) platform: Json,
}

/// A port that clients connect to.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) name: String,
    pub(crate) exposure: String,
    /// Whether clients speak TLS to it.
    pub(crate) tls: bool,
    /// Whether Traefik believes what is said about the scheme: behind a tunnel it has to.
    pub(crate) is_trusted: bool,
}

/// A path of a route: where its requests go, and who may make them.
pub(crate) struct Way<'c> {
    pub(crate) namespace: &'c str,
    pub(crate) route: &'c Json,
    /// All of the host if there is none.
    pub(crate) path: Option<&'c Json>,
}

impl Catalog {
    /// The catalog of a case; nothing if it is none.
    pub(crate) fn of_case(case: &Case) -> io::Result<Option<Self>> {
        let inputs = case.inputs()?;
        let read = |bytes: &[u8]| serde_yaml::from_slice::<Json>(bytes).unwrap_or_default();
        let platform = inputs.platform.map(|source| read(&source.bytes)).unwrap_or_default();
        let Json::Array(entries) = read(&inputs.applications.bytes) else { return Ok(None) };
        Ok(Some(Self { entries, platform }))
    }

    /// Whether anything is reachable, and by Traefik: the class of an Ingress may be that of another controller.
    pub(crate) fn is_for_traefik(&self) -> bool {
        let routing = &self.platform["routing"];
        let class = routing["ingress"]["class"].as_str().unwrap_or("traefik");
        let served = routing["kind"] != "ingress" || class.contains("traefik");
        served && self.ways().next().is_some()
    }

    /// The ways to all that is switched on.
    pub(crate) fn ways(&self) -> impl Iterator<Item = Way<'_>> {
        let enabled = self.entries.iter().filter(|entry| entry["enabled"] != false);
        enabled.flat_map(|entry| list(&entry["routes"]).iter().flat_map(move |route| ways(text(&entry["namespace"]), route)))
    }

    pub(crate) fn hosts(&self, route: &Json) -> Vec<String> {
        [&route["host"]].into_iter().chain(list(&route["aliases"])).map(|host| self.full_host(text(host))).collect()
    }

    pub(crate) fn full_host(&self, host: &str) -> String {
        if host.contains('.') { host.to_owned() } else { format!("{host}.{}", text(&self.platform["domain"])) }
    }

    pub(crate) fn doors(&self) -> Vec<Door> {
        let default = json!([{ "name": "websecure", "exposure": "internal", "port": 443, "tls": true }]);
        let written = &self.platform["routing"]["entryPoints"];
        let written = if written.is_null() { &default } else { written };
        let door = |point: &Json| Door {
            name: text(&point["name"]).into(),
            exposure: text(&point["exposure"]).into(),
            tls: point["tls"] == true,
            is_trusted: point["tls"] == false && point["exposure"] == "external",
        };
        list(written).iter().map(door).collect()
    }
}

impl Door {
    pub(crate) fn request(&self, host: &str, path: &str, who: Who) -> Request {
        let says_proto = if self.is_trusted { "https" } else { "claimed" };
        Request { entry_point: self.name.clone(), tls: self.tls, host: host.into(), path: path.into(), who, says_proto }
    }
}

impl<'c> Way<'c> {
    pub(crate) fn is_reached_by(&self, door: &Door) -> bool {
        let exposure = list(&self.route["exposure"]);
        exposure.is_empty() || exposure.iter().any(|side| *side == door.exposure.as_str())
    }

    pub(crate) fn takes(&self, path: &str) -> bool {
        let Some(own) = self.path else { return true };
        let prefix = text(&own["path"]);
        if own["match"] == "exact" { path == prefix } else { path.starts_with(prefix) }
    }

    /// By priority, then by how much of the path it names, then exact before prefix.
    pub(crate) fn weight(&self) -> (u64, usize, bool) {
        let priority = self.route["priority"].as_u64().unwrap_or_default();
        let length = self.path.map_or(0, |path| text(&path["path"]).len());
        (priority, length, self.path.is_some_and(|path| path["match"] == "exact"))
    }

    /// The path decides, then the route; who says nothing is guarded.
    pub(crate) fn is_guarded(&self) -> bool {
        let said = self.path.and_then(|path| path["auth"].as_str()).or_else(|| self.route["auth"].as_str());
        said != Some("none")
    }

    /// The Middlewares behind auth, with their namespaces.
    pub(crate) fn middlewares(&self) -> impl Iterator<Item = (&'c str, &'c str)> {
        let own = self.namespace;
        list(&self.route["middlewares"]).iter().map(move |reference| (reference["namespace"].as_str().unwrap_or(own), text(&reference["name"])))
    }

    /// The path that the app sees: each Middleware puts its mark before what the one before it made.
    pub(crate) fn path_at_app(&self, path: &str) -> String {
        self.middlewares().fold(path.to_owned(), |path, (namespace, name)| prefix(namespace, name) + &path)
    }
}

/// The ways that a route opens.
fn ways<'c>(namespace: &'c str, route: &'c Json) -> Vec<Way<'c>> {
    match list(&route["paths"]) {
        [] => vec![Way { namespace, route, path: None }],
        paths => paths.iter().map(|path| Way { namespace, route, path: Some(path) }).collect(),
    }
}

/// What a Middleware puts before the path, so that the app shows which ones a request came through.
pub(crate) fn prefix(namespace: &str, name: &str) -> String {
    format!("/{namespace}.{name}")
}

pub(crate) fn list(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(crate) fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}
