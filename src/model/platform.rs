//! The platform's settings with their defaults, and the checks that concern the platform alone.

mod argocd;
mod at_most;
mod auth;
mod certificates;
mod entry_points;
mod external_dns;
mod gateway;
mod gateway_redirects;
mod images;
mod network;
mod required_version;
mod root_tiers;
mod routing;
mod secrets;

pub use argocd::{ArgoCd, Root};
use at_most::at_most;
pub use auth::Auth;
pub(crate) use auth::host_of;
pub use certificates::Certificates;
pub use external_dns::ExternalDns;
pub use images::ImageUpdater;
pub(in crate::model) use network::parse_cidr;
pub use network::{Network, OutsideAddresses, PodPeer};
pub use routing::{Class, Renderer, Routing};
pub use secrets::{ExternalSecrets, Secrets};

use super::Support;
use super::network::edge_reader::check_ingress_controller;
use super::routing::exposure;
use crate::catalog::Exposure;
use crate::diagnostics::{FileId, Location, Sink, rules};
use crate::platform::{Defaults, Findings, Patterns, Platform as Written};
use crate::value::Text;

/// What every entry shares.
#[derive(Debug, Default)]
pub struct Platform {
    /// What the emitters support.
    pub support: Support,
    /// The repository of applications that set none.
    pub repository: Text,
    /// The revision of applications that set none.
    pub revision: Text,
    /// The domain of short hosts.
    pub domain: Text,
    /// The tiers in order; never empty.
    pub tiers: Vec<Text>,
    /// Argo CD.
    pub argocd: ArgoCd,
    /// The patterns of names.
    pub patterns: Patterns,
    /// The network.
    pub network: Network,
    /// How routes are rendered.
    pub routing: Routing,
    /// Where certificates come from.
    pub certificates: Certificates,
    /// Where Secrets come from.
    pub secrets: Secrets,
    /// argocd-image-updater, if there is one.
    pub image_updater: Option<ImageUpdater>,
    /// The prefix of groups in Kubernetes.
    pub group_prefix: Text,
    /// The settings of external-dns, if there is one.
    pub external_dns: Option<ExternalDns>,
    /// The registries from which images are allowed; an empty list allows any.
    pub registries: Vec<Text>,
    /// The sides of routes that set none, in an entry that sets none; none for every side.
    pub exposure: Vec<Exposure>,
    /// Which findings are accepted in the whole catalog, as written.
    pub findings: Findings,
    /// What entries and applications have that do not set it, as written.
    pub defaults: Defaults,
}

/// How many tiers, entry points and peers a platform may have, since each may occur in every entry.
const MAX_TIERS: usize = 100;

const DEFAULT_TIERS: [&str; 3] = ["infrastructure", "platform", "apps"];

impl Platform {
    /// Fills in the defaults.
    pub fn new(written: &Written, support: Support, findings: &mut Sink) -> Self {
        let platform = Self::with_defaults(written, support, findings);
        let location = root().key("defaults").key("exposure");
        exposure::check(&platform.exposure, &location, &platform.routing, &support, findings);
        (support.platform)(&platform, findings);
        platform
    }

    fn with_defaults(written: &Written, support: Support, findings: &mut Sink) -> Self {
        let routing = Routing::new(&written.routing.clone().unwrap_or_default(), findings);
        (support.auth)(&routing, &(&written.domain).into(), findings);
        let network = Network::new(&written.network.clone().unwrap_or_default(), findings);
        check_ingress_controller(&network, &support, findings);
        required_version::check(written, env!("CARGO_PKG_VERSION"), findings);
        let argocd = ArgoCd::new(&written.argocd.clone().unwrap_or_default(), findings);
        let tiers = tiers(written, findings);
        root_tiers::check(&argocd.root, &tiers, findings);
        Self {
            support,
            repository: (&written.repository.url).into(),
            revision: written.repository.revision.as_ref().map_or("HEAD".into(), Text::from),
            domain: (&written.domain).into(),
            tiers,
            argocd,
            patterns: written.patterns.clone().unwrap_or_default(),
            network,
            secrets: secrets::secrets(&written.secrets.clone().unwrap_or_default(), findings),
            image_updater: written.image_updater.as_ref().map(|written| images::updater(written, findings)),
            group_prefix: written
                .access
                .as_ref()
                .and_then(|access| access.group_prefix.as_ref())
                .map(Text::from)
                .unwrap_or_default(),
            certificates: certificates::certificates(
                &written.certificates.clone().unwrap_or_default(),
                &(&written.domain).into(),
                &routing,
                &support,
                findings,
            ),
            registries: written.registries.iter().map(Text::from).collect(),
            external_dns: written
                .external_dns
                .as_ref()
                .map(|facts| ExternalDns::new(facts, &routing, findings)),
            routing,
            exposure: written.defaults.as_ref().map(|defaults| defaults.exposure.clone()).unwrap_or_default(),
            defaults: written.defaults.clone().unwrap_or_default(),
            findings: written.findings.clone().unwrap_or_default(),
        }
    }

    /// The wave of routes and certificates: with the first applications of the last tier. By then, an earlier
    /// tier has installed the custom resource definitions, and nothing has to wait. In a wave of their own,
    /// one application that is synced manually or never becomes healthy would keep every route from being
    /// created (Argo CD 3.5, `sync_context.Sync`).
    pub fn route_wave(&self) -> i32 {
        wave_of_tier(self.tiers.len().saturating_sub(1))
    }

    /// The wave of an entry's `ExternalSecrets`: with the first applications of its tier, because these do
    /// not become healthy without them, and Argo CD would never reach a later tier. The first of several
    /// tiers installs the operator, so there they are in the second.
    pub fn secret_wave(&self, tier: usize) -> i32 {
        wave_of_tier(if self.comes_before_secrets(tier) { tier + 1 } else { tier })
    }

    /// Whether a tier is synced before `ExternalSecrets` can exist.
    pub(super) fn comes_before_secrets(&self, tier: usize) -> bool {
        tier == 0 && self.tiers.len() > 1
    }

    /// The first wave of the applications of a tier.
    pub fn tier_wave(&self, tier: usize) -> i32 {
        wave_of_tier(tier.min(self.tiers.len().saturating_sub(1)))
    }
}

/// The tier of a wave of applications.
pub fn tier_of_wave(wave: i32) -> i32 {
    wave.div_euclid(100)
}

/// The first wave of a tier.
pub(super) fn wave_of_tier(tier: usize) -> i32 {
    i32::try_from(tier).unwrap_or(i32::MAX / 100).saturating_mul(100)
}

fn root() -> Location {
    Location::root(FileId::PLATFORM)
}

fn tiers(written: &Written, findings: &mut Sink) -> Vec<Text> {
    let Some(tiers) = &written.tiers else { return DEFAULT_TIERS.map(Text::from).to_vec() };
    let location = root().key("tiers");
    if tiers.is_empty() {
        findings.push(
            rules::UNKNOWN_TIER
                .at(location.clone(), "the list of tiers is empty")
                .help("remove `tiers` for the default, which has three"),
        );
    }
    let tiers = at_most(MAX_TIERS, tiers, "tiers", &location, findings);
    for (index, tier) in tiers.iter().enumerate() {
        if let Some(first) = tiers[..index].iter().position(|other| other == tier) {
            let finding = rules::UNKNOWN_TIER
                .at(location.index(index), format!("the tier `{}` is listed twice", &**tier));
            findings.push(finding.with_secondary_label(location.index(first), "first listed here"));
        }
    }
    tiers.iter().map(Text::from).collect()
}
