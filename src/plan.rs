//! What the catalog means: defaults filled in, names resolved, order computed. Nothing is optional here that has a default.

mod applications;
mod edge;
mod edge_reader;
mod edges;
mod entries;
mod order;
mod patterns;
mod platform;
mod port;
mod profiles;
mod routes;
mod sources;
mod templates;

pub use applications::Application;
pub use edge::{Allowance, Direction, Edge, Peer, Ports, allowances};
pub use edges::profile_line;
pub use entries::{Entry, Policies};
pub use platform::{Auth, Certificates, Network, OutsideAddresses, Platform, PodPeer};
pub use port::{Port, PortRange, Protocol};
pub use profiles::{Profile, Profiles};
pub use routes::{Path, Route};
pub(crate) use templates::line as template_line;
pub use templates::{Template, Templates};

use std::num::NonZeroUsize;

use crate::catalog::Catalog;
use crate::finding::Finding;
use crate::inputs::Repository;
use crate::platform::Platform as WrittenPlatform;

/// What the catalog means.
#[derive(Debug, Default)]
pub struct Plan {
    /// The facts that all entries share.
    pub platform: Platform,
    /// The profiles that there are.
    pub profiles: Profiles,
    /// The templates that there are.
    pub templates: Templates,
    /// What is rendered: the enabled entries, in the order of their namespaces.
    pub entries: Vec<Entry>,
}

/// What minijinja refuses of a template.
pub(crate) fn template_fault(error: &minijinja::Error, template: &Template) -> Finding {
    templates::fault(error, template.file, &template.text)
}

impl Plan {
    /// Gives the catalog its meaning; what has none becomes a finding.
    pub fn new(
        catalog: Catalog,
        platform: &WrittenPlatform,
        profiles: Profiles,
        templates: Templates,
        repository: Option<&Repository>,
        threads: NonZeroUsize,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let platform = Platform::new(platform, findings);
        let mut entries = entries::plan(catalog, &platform, &profiles, threads, findings);
        order::assign_waves(&mut entries, findings);
        edges::connect(&mut entries, &platform, &profiles, findings);
        templates.check_uses(&entries, findings);
        sources::look_up(&entries, &platform, repository, findings);
        entries.retain(|entry| entry.enabled);
        entries.sort_by(|one, other| one.namespace.cmp(&other.namespace));
        Self { platform, profiles, templates, entries }
    }

    /// The entry that owns `namespace`.
    pub fn entry(&self, namespace: &str) -> Option<&Entry> {
        let found = self.entries.binary_search_by(|entry| entry.namespace.as_str().cmp(namespace));
        found.ok().map(|index| &self.entries[index])
    }
}
