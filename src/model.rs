//! The model of a catalog: defaults filled in, names resolved, order computed. Nothing that has a default is
//! optional here.

mod access;
mod defaults;
mod delivery;
mod entries;
mod generators;
mod network;
mod ownership;
mod patterns;
mod platform;
mod profiles;
mod projects;
mod reserved_namespaces;
mod routing;
mod secret_keys;
mod secret_refresh;
mod secret_template;
mod secrets;
mod store_values;
mod support;
mod templates;
mod version;

pub use access::Access;
pub use delivery::applications::{Application, Line};
pub use delivery::images::ImageUpdates;
pub use delivery::paths::GENERATE_PATHS;
pub(crate) use delivery::paths::{of_file, within};
pub use delivery::sources::{Source, SourceType};
pub use delivery::sync::Automated;
pub(crate) use delivery::sync::SYNC_OPTIONS;
pub(crate) use delivery::working_tree::is_same as is_same_repository;
pub use entries::{Entry, Policies};
pub use network::allow_rule::{AllowRule, Grants, allow_rules};
pub use network::controller::{SOLVER_PORT, solver};
pub use network::derived::DerivedEdge;
pub use network::edge::{Direction, Edge, Ports};
pub use network::edges::profile_line;
pub use network::peer::Peer;
pub use network::pod_labels::PodLabels;
pub use network::port::{Port, PortRange, Protocol};
pub(crate) use patterns::location as pattern_location;
pub(crate) use platform::host_of;
pub use platform::{
    ArgoCd, Auth, Certificates, Class, ControllerPlace, ExternalDns, ExternalSecrets, ImageUpdater, Network,
    OutsideAddresses, Platform, PodPeer, Renderer, Root, Routing, Secrets, tier_of_wave,
};
pub use profiles::{Profile, Profiles};
pub(crate) use reserved_namespaces::{RESERVED_NAMESPACES, is_system_namespace};
pub use routing::backend::{Backend, ServicePort};
pub use routing::backend_tls::{BackendTls, Ca};
pub use routing::filters::Filters;
pub use routing::headers::HeaderChanges;
pub use routing::metadata::Metadata;
pub use routing::redirect::Redirect;
pub use routing::routes::{Path, Route};
pub(crate) use routing::routes::{SUFFIX_OF_REDIRECTS, route_name};
pub use routing::streams::Stream;
pub use secrets::Secret;
pub use store_values::StoreValue;
pub use support::{Support, UnsupportedPeer};
pub(crate) use templates::{MAX_OUTPUT, MAX_STEPS, line as template_line};
pub use templates::{Template, Templates};
pub use version::{UnsupportedVersion, Version};

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use crate::catalog::Catalog;
use crate::diagnostics::Sink;
use crate::inputs::Repository;
use crate::lock::{Interface, Lock, Scopes};
use crate::names::{ApplicationCode, Namespace};
use crate::value::Text;

/// The model of a catalog.
#[derive(Debug, Default)]
pub struct Model {
    /// The facts that all entries share.
    pub platform: Platform,
    /// All profiles.
    pub profiles: Profiles,
    /// All templates.
    pub templates: Templates,
    /// The enabled entries, which are rendered, in the order of their namespaces.
    pub entries: Vec<Entry>,
    /// The namespaces of the disabled entries, in order.
    pub disabled: Vec<Namespace>,
    /// The codes of the applications of those entries.
    pub disabled_applications: BTreeSet<ApplicationCode>,
    /// What applications deploy, as far as it is known.
    pub lock: Lock,
    /// The scopes of the kinds that they deploy.
    pub scopes: Scopes,
}

impl Model {
    /// Lowers a catalog to its model, without any policies; problems become findings.
    pub fn new(
        catalog: Catalog,
        platform: Platform,
        profiles: Profiles,
        templates: Templates,
        threads: NonZeroUsize,
        findings: &mut Sink,
    ) -> Self {
        let mut entries = entries::model(catalog, &platform, &profiles, threads, findings);
        routing::duplicates::check_unique(&entries, findings);
        if matches!(platform.routing.renderer, Renderer::IngressRoute(_)) {
            for entry in entries.iter().filter(|entry| entry.enabled) {
                routing::shared_services::check(&entry.routes, findings);
            }
        }
        delivery::order::assign_waves(&mut entries, findings);
        Self { platform, profiles, templates, entries, ..Self::default() }
    }

    /// Completes the model, once the ports of routes are known: adds the policies, and leaves the entries
    /// that are enabled.
    pub fn connect(&mut self, repository: Option<&Repository>, threads: NonZeroUsize, findings: &mut Sink) {
        let Self { platform, profiles, templates, entries, .. } = self;
        network::edges::connect(entries, platform, profiles, threads, findings);
        templates.check_uses(entries, findings);
        delivery::working_tree::look_up(entries, platform, repository, findings);
        let off: Vec<_> = entries.extract_if(.., |entry| !entry.enabled).collect();
        self.disabled = off.iter().map(|entry| entry.namespace.clone()).collect();
        self.disabled.sort();
        let applications = off.iter().flat_map(|entry| &entry.applications);
        self.disabled_applications = applications.map(|application| application.code.clone()).collect();
        // entries are large: each is moved once
        self.entries.sort_by_cached_key(|entry| entry.namespace.clone());
        routing::callbacks::assign(&mut self.entries, &self.platform);
    }

    /// Whether applications come from the platform's repository and `repository`, which the catalog lies in,
    /// is another one by its remotes, so that their folders and values files were not looked up.
    pub fn is_elsewhere(&self, repository: &Repository) -> bool {
        delivery::working_tree::is_elsewhere(&self.entries, &self.platform, repository)
    }

    /// The applications of all entries.
    pub fn applications(&self) -> impl Iterator<Item = &Application> {
        self.entries.iter().flat_map(|entry| &entry.applications)
    }

    /// Whether some applications are synced before others.
    pub fn has_order(&self) -> bool {
        let mut waves = self.applications().map(|application| application.wave);
        waves.next().is_some_and(|first| waves.any(|wave| wave != first))
    }

    /// The application that is Argo CD itself, if there is one: its published chart, or a chart that runs it
    /// according to the lock, or else one that is not locked and whose release or application is named after
    /// it. Other sources contain at most settings of Argo CD.
    pub fn own_argo_cd(&self) -> Option<&Application> {
        let namespace = &self.platform.argocd.namespace;
        let here = || self.applications().filter(|application| application.targets(namespace));
        let published = here().find(|application| application.published_chart("argo-cd").is_some());
        let charts = || here().filter(|application| application.first_chart().is_some());
        let running = || {
            let runs = |known: &Interface| known.runs("argoproj/argocd");
            charts().find(|application| application.interface().is_some_and(runs))
        };
        let named = || {
            charts().find(|application| application.interface().is_none() && is_named_argo_cd(application))
        };
        published.or_else(running).or_else(named)
    }

    /// Every Secret that must exist, with the entry that needs it: fetched from the store, included in an
    /// application's own source, or created manually.
    pub fn secrets(&self) -> impl Iterator<Item = (&Entry, &Secret)> {
        self.entries.iter().flat_map(|entry| entry.secrets.iter().map(move |secret| (entry, secret)))
    }

    /// The edges of each profile that an entry uses.
    pub fn profile_edges(&self) -> BTreeMap<&Text, Vec<Edge>> {
        let names: BTreeSet<_> = self.entries.iter().map(|entry| &entry.profile).collect();
        names.into_iter().map(|name| (name, self.profiles.edges(name, &self.platform))).collect()
    }

    /// The entry that owns `namespace`.
    pub fn entry(&self, namespace: &Namespace) -> Option<&Entry> {
        let found = self.entries.binary_search_by(|entry| entry.namespace.cmp(namespace));
        found.ok().map(|index| &self.entries[index])
    }
}

fn is_named_argo_cd(application: &Application) -> bool {
    application.first_chart().is_some_and(|chart| {
        let names = [application.release(chart), application.name.as_str(), application.code.as_str()];
        names.iter().any(|name| matches!(*name, "argo-cd" | "argocd"))
    })
}
