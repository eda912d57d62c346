//! The graph for programs: JSON with a version.

use serde_json::{Value as Json, json};

use super::build::{Auth, Entry, Graph, Host, Link};

/// The version of the format; it is incremented when a reader of the old format would misread the new one.
const VERSION: u32 = 1;

impl Graph {
    /// The graph for programs.
    pub fn json(&self) -> Json {
        json!({
            "version": VERSION,
            "hosts": self.hosts.iter().map(host).collect::<Vec<_>>(),
            "entries": self.entries.iter().map(|entry| self.entry(entry)).collect::<Vec<_>>(),
            "links": self.links.iter().map(link).collect::<Vec<_>>(),
        })
    }

    fn entry(&self, entry: &Entry) -> Json {
        json!({
            "namespace": entry.name,
            "description": entry.description,
            "tier": self.tiers.get(entry.tier),
            "profile": entry.profile,
            "isDatabase": entry.is_database,
            "peers": entry.badges,
        })
    }
}

fn host(host: &Host) -> Json {
    let auth = match host.auth {
        Auth::None => "none",
        Auth::Some => "some",
        Auth::All => "all",
    };
    json!({
        "host": host.name,
        "entry": host.entry,
        "external": host.external,
        "internal": host.internal,
        "auth": auth,
    })
}

fn link(link: &Link) -> Json {
    json!({
        "from": link.from,
        "to": link.to,
        "ports": link.ports.words(),
        "conditional": link.is_conditional,
    })
}
