//! What a catalog means to a client of a host, derived from the written files and not from anything that
//! wharf renders.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::catalog::{Catalog, Door, Redirects, Way, hosts, is_matched, list, pattern_domain, text, words};
use crate::needs::SHARED_AUTH;
use crate::probe::{Facts, Probe, Request, Who};
use crate::shares::REQUESTS;

impl Catalog {
    /// Each request that tests something about a route, with the expected answer.
    pub(crate) fn probes(&self) -> Vec<Probe> {
        let doors = self.doors();
        let mut probes = Vec::new();
        for (host, paths) in self.questions() {
            for door in &doors {
                for path in &paths {
                    self.ask(door, &host, path, &mut probes);
                }
                probes.push(wrong_scheme(door, &host));
            }
        }
        probes.extend(self.stream_probes());
        probes
    }

    /// A connection for each stream, and one for a host that none of them names.
    fn stream_probes(&self) -> Vec<Probe> {
        let mut probes = Vec::new();
        let doors = self.all_doors();
        let connect = |door: &Door, host: &str, answer: String| Probe {
            request: Request {
                stream: Some(door.protocol.clone()),
                ..door.request(host, "/", Who::Stranger)
            },
            expected: Facts::from([("answer", answer)]),
        };
        for (namespace, stream) in self.streams() {
            let Some(door) = doors.iter().find(|door| door.name == text(&stream["entryPoint"])) else {
                continue;
            };
            let answer =
                format!("200 by app {namespace}/{}:{}", text(&stream["service"]), words(&stream["port"]));
            probes.push(connect(door, stream["host"].as_str().unwrap_or("any.test"), answer));
            let takes_all = |(_, other): (&str, &Json)| {
                other["entryPoint"] == stream["entryPoint"] && other["host"].is_null()
            };
            if !self.streams().any(takes_all) {
                probes.push(connect(door, "nobody.test", "nothing".into()));
            }
        }
        probes
    }

    /// The hosts of all entries, including disabled ones, with the paths that are worth trying, and a host
    /// that occurs nowhere.
    fn questions(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut questions = BTreeMap::from([(
            format!("nobody.{}", text(&self.platform["domain"])),
            BTreeSet::from(["/".to_owned()]),
        )]);
        for route in self.entries.iter().flat_map(|entry| list(&entry["routes"])) {
            let unnamed = pattern_domain(route).map(|domain| format!("unnamed{domain}"));
            for host in hosts(route).chain(unnamed.as_deref()) {
                let paths =
                    questions.entry(host.to_owned()).or_insert_with(|| BTreeSet::from(["/".to_owned()]));
                for path in list(&route["paths"]).iter().map(|path| text(&path["path"])) {
                    let bare = path.trim_end_matches('/');
                    let first = if bare.is_empty() { "/" } else { bare };
                    paths.extend([path, first, "/elsewhere"].map(str::to_owned));
                    paths.extend([format!("{bare}/below"), format!("{first}-secret")]);
                }
            }
        }
        questions
    }

    fn ask(&self, door: &Door, host: &str, path: &str, probes: &mut Vec<Probe>) {
        let mut add = |who, expected| probes.push(Probe { request: door.request(host, path, who), expected });
        if self.is_redirected(door, host) {
            let location = format!("https://{host}{path}");
            return add(
                Who::Stranger,
                Facts::from([("answer", "301 by Traefik".to_owned()), ("location", location)]),
            );
        }
        let Some(way) = self.way(door, host, path) else {
            // whom nothing else would stop
            return add(Who::Guest, Facts::from([("answer", "404 by Traefik".to_owned())]));
        };
        if let Some(answer) = way.redirected(host, path) {
            let path = format!("{path}?page=2");
            let query = way.redirected(host, &path).unwrap_or_default();
            add(Who::Stranger, answer);
            let request = door.request(host, &path, Who::Stranger);
            return probes.push(Probe { request, expected: query });
        }
        let app = self.answer_of_app(door, host, path, &way);
        if way.is_guarded() {
            add(Who::Stranger, self.answer_of_auth(door, host, path));
            add(
                Who::Browser,
                Facts::from([
                    ("answer", "302 by auth".to_owned()),
                    ("location", "https://sign-in.test/".to_owned()),
                ]),
            );
            add(Who::Guest, app.clone());
        } else {
            add(Who::Stranger, app.clone());
        }
        if way.route["grpc"] == true {
            // the apps of the tests do not speak HTTP/2
            let request = Request { grpc: true, ..door.request(host, path, Who::Guest) };
            probes.push(Probe { request, expected: Facts::from([("answer", "500 by Traefik".to_owned())]) });
        } else if !list(&way.route["backends"]).is_empty() {
            let request = || door.request(host, path, Who::Guest);
            probes.extend((0..REQUESTS).map(|_| Probe { request: request(), expected: app.clone() }));
        }
    }

    /// Whether a port only redirects the requests for a host.
    fn is_redirected(&self, door: &Door, host: &str) -> bool {
        let leads = |way: Way<'_>| way.is_on_side_of(door) && hosts(way.route).any(|other| other == host);
        match door.redirects {
            Redirects::Never => false,
            Redirects::Always => true,
            Redirects::ByRoute => self.ways().any(leads),
        }
    }

    /// The expected answer of the app.
    fn answer_of_app(&self, door: &Door, host: &str, path: &str, way: &Way<'_>) -> Facts {
        if way.is_internal() {
            let answer = if path == "/" { "302 by Traefik" } else { "404 by Traefik" };
            return Facts::from([("answer", answer.to_owned())]);
        }
        let mut facts = Facts::from([
            ("answer", way.answers()),
            ("path", way.path_at_app(path)),
            ("host", host.to_owned()),
        ]);
        facts.insert("proto", if door.tls || door.is_trusted { "https".into() } else { "http".into() });
        facts.insert(
            "user",
            if way.is_guarded() && self.auth_names_user() { "guest".into() } else { "claimed".into() },
        );
        if door.tls {
            facts.insert("certificate", self.certificate().into());
        }
        facts.extend(way.filtered());
        facts
    }

    /// The expected answer of the auth service to a program without a session.
    fn answer_of_auth(&self, door: &Door, host: &str, path: &str) -> Facts {
        let auth = &self.platform["routing"]["auth"];
        let forward = &auth["forwardAuth"];
        // a fragment is never sent
        let address =
            forward["address"].as_str().unwrap_or(SHARED_AUTH).split('#').next().unwrap_or_default();
        let trusts = forward.is_null() || forward["trustForwardHeader"] == true;
        let proto = if door.tls || trusts && door.is_trusted { "https" } else { "http" };
        Facts::from([
            ("answer", "401 by auth".into()),
            ("asked", address.into()),
            ("proto", proto.into()),
            ("host", host.into()),
            ("uri", path.into()),
        ])
    }

    /// Whether auth, and nothing else, tells the app who sends the request.
    fn auth_names_user(&self) -> bool {
        let forward = &self.platform["routing"]["auth"]["forwardAuth"];
        forward.is_null()
            || list(&forward["authResponseHeaders"]).iter().any(|name| name == "X-Auth-Request-User")
    }

    /// What a browser reports about the certificate.
    fn certificate(&self) -> &'static str {
        // the listeners of a Gateway have their own certificates
        let by_gateway = self.platform["routing"]["kind"] == "gateway";
        match self.platform["certificates"]["mode"].as_str() {
            None | Some("none") if !by_gateway => "untrusted",
            _ => "trusted",
        }
    }

    /// The path that a request takes: the most specific one.
    fn way(&self, door: &Door, host: &str, path: &str) -> Option<Way<'_>> {
        let ways = || self.ways().filter(|way| way.is_reached_by(door) && way.takes(path));
        let named = ways().filter(|way| hosts(way.route).any(|other| other == host)).max_by_key(Way::weight);
        named.or_else(|| ways().filter(|way| is_matched(way.route, host)).max_by_key(Way::weight))
    }
}

/// Plain text where TLS is expected, or TLS where plain text is, gets no answer.
fn wrong_scheme(door: &Door, host: &str) -> Probe {
    let request = Request { tls: !door.tls, ..door.request(host, "/", Who::Guest) };
    Probe { request, expected: Facts::from([("answer", "404 by Traefik".to_owned())]) }
}
