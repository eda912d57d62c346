//! A catalog as users write it, read without any part of wharf that renders objects.

use std::io;

use serde_json::{Value as Json, json};

use crate::callback;
use crate::cases::Case;
use crate::probe::{Request, Who};

/// A catalog and its platform, as users write them.
pub(crate) struct Catalog {
    pub(crate) entries: Vec<Json>,
    pub(crate) platform: Json,
    /// Whether Traefik trusts the headers of a tunnel, as it must.
    pub(crate) trusts_tunnels: bool,
}

/// A port that clients connect to.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) name: String,
    pub(crate) exposure: String,
    /// Whether clients speak TLS to it.
    pub(crate) tls: bool,
    /// Whether Traefik trusts the headers about the scheme, as it must behind a tunnel.
    pub(crate) is_trusted: bool,
    /// Who redirects all its requests to HTTPS.
    pub(crate) redirects: Redirects,
    /// `http`, `tcp` or `udp`.
    pub(crate) protocol: String,
}

/// Who redirects the requests of a port to HTTPS.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redirects {
    /// Nobody: it serves routes.
    Never,
    /// Traefik itself, whatever the host.
    Always,
    /// A route of each host.
    ByRoute,
}

/// A path of a route: where its requests go, and who may send them.
pub(crate) struct Way<'c> {
    pub(crate) namespace: &'c str,
    pub(crate) route: &'c Json,
    /// The whole host if there is none.
    pub(crate) path: Option<&'c Json>,
}

impl Catalog {
    /// The catalog of a case; nothing if it cannot be parsed.
    pub(crate) fn of_case(case: &Case) -> io::Result<Option<Self>> {
        let inputs = case.inputs()?;
        let read = |bytes: &[u8]| serde_yaml::from_slice::<Json>(bytes).unwrap_or_default();
        let platform = inputs.platform.map(|source| read(&source.bytes)).unwrap_or_default();
        let Json::Array(entries) = read(&inputs.applications.bytes) else { return Ok(None) };
        Ok(Some(Self::new(entries, platform)))
    }

    /// With all hosts in full, and the callback route of the login.
    pub(crate) fn new(mut entries: Vec<Json>, platform: Json) -> Self {
        for entry in &mut entries {
            write_out(entry, &platform);
        }
        entries.extend(callback::entry(&entries, &platform));
        Self { entries, platform, trusts_tunnels: true }
    }

    /// Whether anything is reachable, and by Traefik.
    pub(crate) fn is_for_traefik(&self) -> bool {
        let routing = &self.platform["routing"];
        let served = match routing["kind"].as_str() {
            Some("ingress") => routing["ingress"]["controller"] == "traefik",
            Some("gateway") => routing["gateway"]["controller"] == "traefik",
            _ => true,
        };
        served && (self.ways().next().is_some() || self.streams().next().is_some())
    }

    /// The paths of all enabled routes.
    pub(crate) fn ways(&self) -> impl Iterator<Item = Way<'_>> {
        let enabled = self.entries.iter().filter(|entry| entry["enabled"] != false);
        enabled.flat_map(|entry| {
            list(&entry["routes"]).iter().flat_map(move |route| ways(text(&entry["namespace"]), route))
        })
    }

    /// The ports for HTTP.
    pub(crate) fn doors(&self) -> Vec<Door> {
        self.all_doors().into_iter().filter(|door| door.protocol == "http").collect()
    }

    /// The streams of all enabled entries, with their namespaces.
    pub(crate) fn streams(&self) -> impl Iterator<Item = (&str, &Json)> {
        let enabled = self.entries.iter().filter(|entry| entry["enabled"] != false);
        enabled.flat_map(|entry| {
            list(&entry["streams"]).iter().map(move |stream| (text(&entry["namespace"]), stream))
        })
    }

    /// The ports for all protocols.
    pub(crate) fn all_doors(&self) -> Vec<Door> {
        let routing = &self.platform["routing"];
        if routing["kind"] == "gateway" {
            let listeners = list(&routing["gateway"]["gateways"]).iter().enumerate();
            return listeners.map(|(index, listener)| listener_door(index, listener)).collect();
        }
        let default = json!([{ "name": "websecure", "exposure": "internal", "port": 443, "tls": true }]);
        let written = if routing["entryPoints"].is_null() { &default } else { &routing["entryPoints"] };
        list(written)
            .iter()
            .map(|point| {
                let door = door(text(&point["name"]).into(), &point["exposure"], point["tls"] == true);
                let protocol = point["protocol"].as_str().unwrap_or("http").to_owned();
                let redirects = redirects(point, Redirects::Always);
                // a tunnel, which has ended TLS, is never redirected
                let is_trusted = door.is_trusted && redirects == Redirects::Never;
                Door { is_trusted, redirects, protocol, ..door }
            })
            .collect()
    }
}

fn door(name: String, exposure: &Json, tls: bool) -> Door {
    let is_trusted = !tls && *exposure == "external";
    let protocol = "http".to_owned();
    Door { name, exposure: text(exposure).into(), tls, is_trusted, redirects: Redirects::Never, protocol }
}

fn redirects(point: &Json, by: Redirects) -> Redirects {
    if point["redirectTo"].is_null() { Redirects::Never } else { by }
}

/// The entry point of a listener. No setting says whether it speaks TLS: its name or port does.
fn listener_door(index: usize, listener: &Json) -> Door {
    let section = text(&listener["sectionName"]);
    let tls = section.contains("https")
        || section.contains("websecure")
        || [443, 8443].iter().any(|port| listener["port"] == *port);
    let door = door(format!("listener-{index}"), &listener["exposure"], tls);
    Door { redirects: redirects(listener, Redirects::ByRoute), ..door }
}

/// Completes the hosts of an entry: below the domain, or by the platform's pattern; and the sides and the
/// ports of routes.
fn write_out(entry: &mut Json, platform: &Json) {
    let namespace = text(&entry["namespace"]).to_owned();
    let of_entry = entry["exposure"].clone();
    let exposure = if list(&of_entry).is_empty() { &platform["defaults"]["exposure"] } else { &of_entry };
    for route in entry["routes"].as_array_mut().into_iter().flatten() {
        if list(&route["exposure"]).is_empty() {
            route["exposure"] = exposure.clone();
        }
        write_out_port(route, &platform["defaults"]["routePort"]);
        write_out_host(&mut route["host"], &namespace, platform);
        if route["redirect"]["host"].is_string() {
            write_out_host(&mut route["redirect"]["host"], &namespace, platform);
        }
        for alias in route["aliases"].as_array_mut().into_iter().flatten() {
            write_out_host(alias, &namespace, platform);
        }
    }
}

/// Routes to a Service of the cluster have the platform's port unless they set their own.
fn write_out_port(route: &mut Json, default: &Json) {
    let leads = route["service"].as_str().is_some_and(|service| !service.contains('@'));
    if leads && route["port"].is_null() && !default.is_null() {
        route["port"] = default.clone();
    }
}

fn write_out_host(host: &mut Json, namespace: &str, platform: &Json) {
    let label = text(host).to_owned();
    if !label.contains('.') {
        let pattern = platform["patterns"]["host"].as_str().unwrap_or("{{ host }}.{{ domain }}");
        let words = [
            ("{{ host }}", label.as_str()),
            ("{{ namespace }}", namespace),
            ("{{ domain }}", text(&platform["domain"])),
        ];
        *host = words
            .into_iter()
            .fold(pattern.to_owned(), |name, (word, value)| name.replace(word, value))
            .into();
    }
}

impl Door {
    pub(crate) fn request(&self, host: &str, path: &str, who: Who) -> Request {
        let says_proto = if self.is_trusted { "https" } else { "claimed" };
        Request {
            entry_point: self.name.clone(),
            tls: self.tls,
            host: host.into(),
            path: path.into(),
            who,
            stream: None,
            grpc: false,
            says_proto,
        }
    }
}

impl<'c> Way<'c> {
    pub(crate) fn is_reached_by(&self, door: &Door) -> bool {
        door.redirects == Redirects::Never && self.is_on_side_of(door)
    }

    /// Whether the side of a port is one of its sides.
    pub(crate) fn is_on_side_of(&self, door: &Door) -> bool {
        let exposure = list(&self.route["exposure"]);
        exposure.is_empty() || exposure.iter().any(|side| *side == door.exposure.as_str())
    }

    /// A prefix consists of whole segments: `/api` does not match `/api-secret`.
    pub(crate) fn takes(&self, path: &str) -> bool {
        let Some(own) = self.path else { return true };
        let wanted = text(&own["path"]);
        if own["match"] == "exact" {
            return path == wanted;
        }
        path.strip_prefix(wanted.trim_end_matches('/'))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// By the length of the matched path, then exact before prefix. A `priority` with another order would be
    /// an error.
    pub(crate) fn weight(&self) -> (usize, bool) {
        let length = self.path.map_or(0, |path| text(&path["path"]).trim_end_matches('/').len());
        (length, self.path.is_some_and(|path| path["match"] == "exact"))
    }

    /// The path decides, then the route; the default is protected.
    pub(crate) fn is_guarded(&self) -> bool {
        let said = self.path.and_then(|path| path["auth"].as_str()).or_else(|| self.route["auth"].as_str());
        said != Some("none")
    }

    /// The Services of the route, each with its name and port.
    pub(crate) fn backends(&self) -> impl Iterator<Item = &'c Json> {
        [self.route].into_iter().chain(list(&self.route["backends"]))
    }

    /// Who answers: an app, a machine outside of the cluster, or one of several apps.
    pub(crate) fn answers(&self) -> String {
        if let Some(machine) = self.machine() {
            return format!("200 by app {machine}");
        }
        let app = |backend: &Json| {
            format!("200 by app {}/{}:{}", self.namespace, text(&backend["service"]), words(&backend["port"]))
        };
        let shares = |backend: &&Json| backend["weight"] != 0;
        self.backends().filter(shares).map(app).collect::<Vec<_>>().join(" or ")
    }

    /// The addresses and the port of the machines outside of the cluster.
    pub(crate) fn machine(&self) -> Option<String> {
        let addresses = list(&self.route["addresses"]);
        let mut addresses: Vec<_> = addresses.iter().map(text).collect();
        addresses.sort_unstable();
        let target = &self.route["targetPort"];
        let port = if target.is_null() { &self.route["port"] } else { target };
        (!addresses.is_empty()).then(|| format!("{}:{}", addresses.join(","), words(port)))
    }

    /// Whether Traefik itself answers.
    pub(crate) fn is_internal(&self) -> bool {
        text(&self.route["service"]).contains('@')
    }

    /// How its Services speak TLS; `null` if they do not.
    pub(crate) fn tls(&self) -> Json {
        if self.route["scheme"] != "https" {
            return Json::Null;
        }
        let tls = &self.route["backendTls"];
        let issuer = if tls["verify"] == false {
            "nobody"
        } else if tls["ca"].is_null() {
            "public"
        } else {
            "private"
        };
        json!({ "host": tls["serverName"].as_str().unwrap_or("unknown.test"), "issuer": issuer })
    }

    /// The Middlewares that run after auth, with their namespaces.
    pub(crate) fn middlewares(&self) -> impl Iterator<Item = (&'c str, &'c str)> {
        let own = self.namespace;
        list(&self.route["middlewares"])
            .iter()
            .map(move |reference| (reference["namespace"].as_str().unwrap_or(own), text(&reference["name"])))
    }

    /// The path that the app sees: each Middleware adds its prefix to the result of the previous one.
    pub(crate) fn path_at_app(&self, path: &str) -> String {
        let path = self.path_after_filters(path);
        self.middlewares().fold(path, |path, (namespace, name)| prefix(namespace, name) + &path)
    }
}

/// All hosts of a route, in full.
pub(crate) fn hosts(route: &Json) -> impl Iterator<Item = &str> {
    [&route["host"]].into_iter().chain(list(&route["aliases"])).map(text)
}

/// Whether the regular expression of a route, letters before a domain, matches a host.
pub(crate) fn is_matched(route: &Json, host: &str) -> bool {
    let label = pattern_domain(route).and_then(|domain| host.strip_suffix(domain.as_str()));
    label.is_some_and(|label| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// The domain that the regular expression of a route ends with, after its letters.
pub(crate) fn pattern_domain(route: &Json) -> Option<String> {
    let rest = text(&route["hostRegexp"]).strip_prefix("^[a-z]+")?.strip_suffix('$')?;
    Some(rest.replace("\\.", "."))
}

/// The paths of a route.
fn ways<'c>(namespace: &'c str, route: &'c Json) -> Vec<Way<'c>> {
    match list(&route["paths"]) {
        [] => vec![Way { namespace, route, path: None }],
        paths => paths.iter().map(|path| Way { namespace, route, path: Some(path) }).collect(),
    }
}

/// The prefix that a Middleware adds to the path, so that the app shows which ones a request came through.
pub(crate) fn prefix(namespace: &str, name: &str) -> String {
    format!("/{namespace}.{name}")
}

/// A number or a text, as text.
pub(crate) fn words(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

pub(crate) fn list(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}

pub(crate) fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}
