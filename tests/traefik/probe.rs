//! A request, and the facts expected of its answer.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value as Json, json};

/// Who sends the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// A program without a session.
    Stranger,
    /// A browser without a session.
    Browser,
    /// A user with a session.
    Guest,
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Its entry point.
    pub(crate) entry_point: String,
    /// Whether the client speaks TLS.
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) who: Who,
    /// The transport, if the request is not HTTP: `tcp` or `udp`.
    pub(crate) stream: Option<String>,
    /// Whether a gRPC client sends it.
    pub(crate) grpc: bool,
    /// The scheme according to the headers of the client, or of the tunnel that it comes through.
    pub(crate) says_proto: &'static str,
}

/// Facts about an answer, by name: `answer`, `certificate` …
pub(crate) type Facts = BTreeMap<&'static str, String>;

/// A request, and the facts expected of its answer; unnamed facts are not checked.
#[derive(Debug)]
pub(crate) struct Probe {
    pub(crate) request: Request,
    pub(crate) expected: Facts,
}

impl Request {
    /// In the format of `cluster/client.py`. The request also claims to be from a user.
    pub(crate) fn json(&self) -> Json {
        let mut headers = json!({
            "X-Forwarded-Proto": self.says_proto, "X-Auth-Request-User": "claimed", "X-Client": "said",
        });
        if self.grpc {
            headers["Content-Type"] = json!("application/grpc+proto");
        }
        match self.who {
            Who::Stranger => {}
            Who::Browser => headers["Accept"] = json!("text/html"),
            Who::Guest => headers["Cookie"] = json!("session=guest"),
        }
        json!({
            "entryPoint": self.entry_point,
            "stream": self.stream,
            "tls": self.tls,
            "host": self.host,
            "path": self.path,
            "headers": headers,
        })
    }
}

impl fmt::Display for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        let who = match self.who {
            Who::Stranger => "stranger",
            Who::Browser => "browser",
            Who::Guest => "guest",
        };
        let who = if self.grpc { format!("{who} with gRPC") } else { who.to_owned() };
        write!(out, "{}: {scheme}://{}{} by a {who}", self.entry_point, self.host, self.path)
    }
}

impl Probe {
    /// How `answer` differs from what was expected. Of a wrong answer, nothing else is reported.
    pub(crate) fn faults(&self, answer: &Json) -> Vec<String> {
        let seen = seen(answer);
        let missing = "nothing".to_owned();
        let wrong = |(name, expected): (&&'static str, &String)| {
            let found = seen.get(name).unwrap_or(&missing);
            let name = if *name == "answer" { String::new() } else { format!("{name} ") };
            (!is_one_of(found, expected)).then(|| format!("{}: {name}{found}, not {expected}", self.request))
        };
        let faults: Vec<_> = self.expected.iter().filter_map(wrong).collect();
        let answers = seen.get("answer").zip(self.expected.get("answer"));
        if answers.is_none_or(|(found, expected)| is_one_of(found, expected)) {
            faults
        } else {
            faults.into_iter().take(1).collect()
        }
    }
}

/// Whether a fact is one of those that are expected.
fn is_one_of(found: &str, expected: &str) -> bool {
    expected.split(" or ").any(|expected| expected == found)
}

/// The facts of an answer.
pub(crate) fn seen(answer: &Json) -> Facts {
    if let Some(error) = answer["error"].as_str() {
        return Facts::from([("answer", error.to_owned())]);
    }
    let body = &answer["body"];
    let by = body["by"].as_str().unwrap_or_default();
    let mut facts = Facts::from([("answer", format!("{} by {by}", answer["status"]))]);
    let texts = [
        ("certificate", &answer["certificate"]),
        ("location", &answer["location"]),
        ("path", &body["path"]),
        ("asked", &body["asked"]),
        ("proto", &body["headers"]["x-forwarded-proto"]),
        ("host", &body["headers"]["x-forwarded-host"]),
        ("uri", &body["headers"]["x-forwarded-uri"]),
        ("user", &body["headers"]["x-auth-request-user"]),
        ("host at app", &body["headers"]["host"]),
        ("x-filter at app", &body["headers"]["x-filter"]),
        ("x-client at app", &body["headers"]["x-client"]),
        ("x-filter at client", &answer["headers"]["x-filter"]),
        ("x-app at client", &answer["headers"]["x-app"]),
    ];
    facts.extend(texts.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))));
    facts
}
