//! `wharf hosts`

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::net::IpAddr;
use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::{Folder, print, with_valid_catalog};
use crate::catalog::{Exposure, PathMatch};
use crate::exit::{CommandError, CommandResult};
use crate::model::{Backend, Entry, Model, Path, Route, ServicePort};

/// List the hosts of all routes, as a table or for your own DNS server
#[derive(Debug, Args)]
pub struct Hosts {
    #[command(flatten)]
    folder: Folder,

    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,

    /// IP address that the hosts resolve to: the address of the ingress controller
    #[arg(long, value_name = "IP")]
    address: Option<IpAddr>,

    /// List only hosts that can be reached from this side
    #[arg(long, value_enum)]
    exposure: Option<Side>,
}

/// The format of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line per host and path, with its sides, entry and Service
    #[default]
    Table,
    /// JSON, for programs
    Json,
    /// Lines of a hosts file, which Pi-hole's own list also accepts
    Hosts,
    /// A block for the Corefile of CoreDNS
    Coredns,
    /// Lines for the configuration of dnsmasq, which Pi-hole also reads
    Dnsmasq,
}

/// A side, as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Side {
    /// From your LAN
    Internal,
    /// From the internet
    External,
}

/// A route of a host.
struct Answer<'p> {
    entry: &'p Entry,
    route: &'p Route,
    path: &'p Path,
}

type Answers<'p> = BTreeMap<&'p str, Vec<Answer<'p>>>;

impl Hosts {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let inputs = self.folder.read()?;
        with_valid_catalog(&inputs, threads, |compiled| {
            let model = &compiled.model;
            let answers = self.answers(model);
            print(&match self.format {
                Format::Table => table(&answers, model),
                Format::Json => format!("{:#}\n", as_json(&answers, model)),
                Format::Hosts => hosts_file(&answers, self.address()?, ""),
                Format::Coredns => format!(
                    "hosts {{\n{}    fallthrough\n}}\n",
                    hosts_file(&answers, self.address()?, "    ")
                ),
                Format::Dnsmasq => dnsmasq(&answers, self.address()?),
            })
        })
    }

    fn address(&self) -> Result<IpAddr, CommandError> {
        self.address.ok_or_else(|| {
            CommandError("this format needs `--address IP`, the address that the hosts resolve to".into())
        })
    }

    fn answers<'p>(&self, model: &'p Model) -> Answers<'p> {
        let mut answers = Answers::new();
        for entry in &model.entries {
            for route in entry.routes.iter().filter(|route| self.is_wanted(route, model)) {
                for host in &route.hosts {
                    answers.entry(host.as_str()).or_default().extend(route.paths.iter().map(|path| Answer {
                        entry,
                        route,
                        path,
                    }));
                }
            }
        }
        answers
    }

    fn is_wanted(&self, route: &Route, model: &Model) -> bool {
        let side = self.exposure.map(|side| match side {
            Side::Internal => Exposure::Internal,
            Side::External => Exposure::External,
        });
        side.is_none_or(|side| route.faces(side, &model.platform))
    }
}

fn hosts_file(answers: &Answers<'_>, address: IpAddr, indent: &str) -> String {
    lines(answers, |out, host| writeln!(out, "{indent}{address} {host}"))
}

/// `host-record` answers only for the host; `address=/host/` would also answer for all names below it
/// (dnsmasq 2.90).
fn dnsmasq(answers: &Answers<'_>, address: IpAddr) -> String {
    lines(answers, |out, host| writeln!(out, "host-record={host},{address}"))
}

fn lines(answers: &Answers<'_>, write: impl Fn(&mut String, &str) -> std::fmt::Result) -> String {
    let mut out = String::new();
    for host in answers.keys() {
        let _ = write(&mut out, host);
    }
    out
}

fn table(answers: &Answers<'_>, model: &Model) -> String {
    let rows: Vec<_> = answers
        .iter()
        .flat_map(|(host, answers)| answers.iter().map(|answer| row(host, answer, model)))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [host, sides, auth, entry] = [0, 1, 2, 3].map(width);
    let mut out = String::new();
    for [at, from, who, owner, service] in &rows {
        let _ = writeln!(out, "{at:host$}  {from:sides$}  {who:auth$}  {owner:entry$}  {service}");
    }
    out
}

fn row(host: &str, answer: &Answer<'_>, model: &Model) -> [String; 5] {
    let path = match &answer.path.matching {
        None => String::new(),
        Some((PathMatch::Prefix, path)) => format!("{path}*"),
        Some((PathMatch::Exact, path)) => path.to_string(),
    };
    let who = if answer.path.protected { "auth" } else { "everybody" };
    let services: Vec<_> = match &answer.route.redirect {
        Some(redirect) => vec![format!("redirects to {}", redirect.label())],
        None => answer.route.backends().map(Backend::label).collect(),
    };
    [
        format!("{host}{path}"),
        sides(answer, model).join(", "),
        who.into(),
        answer.entry.namespace.to_string(),
        services.join(", "),
    ]
}

fn sides(answer: &Answer<'_>, model: &Model) -> Vec<&'static str> {
    let sides: BTreeSet<Exposure> =
        answer.route.points(&model.platform).map(|point| point.exposure).collect();
    sides.into_iter().map(Exposure::name).collect()
}

fn as_json(answers: &Answers<'_>, model: &Model) -> Json {
    let host = |(host, answers): (&&str, &Vec<Answer<'_>>)| {
        let routes: Vec<_> = answers.iter().map(|answer| route_json(answer, model)).collect();
        json!({ "host": host, "routes": routes })
    };
    json!({ "version": 1, "hosts": answers.iter().map(host).collect::<Vec<_>>() })
}

fn port_json(port: &ServicePort) -> Json {
    match port {
        ServicePort::Number(number) => json!(number),
        ServicePort::Name(name) => json!(name.as_str()),
    }
}

fn route_json(answer: &Answer<'_>, model: &Model) -> Json {
    let (matching, path) = match &answer.path.matching {
        Some((PathMatch::Exact, path)) => ("exact", path.as_str()),
        Some((PathMatch::Prefix, path)) => ("prefix", path.as_str()),
        None => ("prefix", "/"),
    };
    let mut json = json!({
        "entry": answer.entry.namespace.as_str(),
        "service": answer.route.redirect.is_none().then(|| answer.route.backend.service.as_str()),
        "port": answer.route.backend.port.as_ref().map(port_json),
        "path": path,
        "match": matching,
        "auth": if answer.path.protected { "platform" } else { "none" },
        "exposure": sides(answer, model),
        "entryPoints": answer.route.points(&model.platform).map(|point| &*point.name).collect::<Vec<_>>(),
    });
    if let Some(redirect) = &answer.route.redirect {
        json["redirect"] = redirect.label().into();
    }
    json
}
