//! The platform's facts with their defaults, and the checks that concern the platform alone.

mod argocd;
mod certificates;
mod network;
mod routing;
mod secrets;

pub use argocd::{ArgoCd, Root};
pub use certificates::Certificates;
pub(in crate::plan) use network::parse_cidr;
pub use network::{Network, OutsideAddresses, PodPeer};
pub use routing::Auth;
pub use secrets::{ExternalSecrets, Secrets};

use crate::catalog::PodSecurity;
use crate::document::{FileId, Place};
use crate::finding::Finding;
use crate::platform::{EntryPoint, Platform as Written};
use crate::rules;
use crate::value::Text;

/// What every entry shares.
#[derive(Debug, Default)]
pub struct Platform {
    /// The repository of applications that name none.
    pub repository: Text,
    /// The revision of applications that name none.
    pub revision: Text,
    /// The domain that short hosts stand below.
    pub domain: Text,
    /// The tiers in their order; never empty.
    pub tiers: Vec<Text>,
    /// The minijinja pattern of values files.
    pub values_file: Text,
    /// Argo CD.
    pub argocd: ArgoCd,
    /// The network.
    pub network: Network,
    /// The entry points that routes are attached to.
    pub entry_points: Vec<EntryPoint>,
    /// Whether Traefik lets an `IngressRoute` use a Middleware of another namespace.
    pub allow_cross_namespace: bool,
    /// Whether entry points with TLS terminate it by themselves.
    pub entry_point_tls: bool,
    /// `spec.ingressClassName` of routes.
    pub ingress_class: Option<Text>,
    /// Who may come in.
    pub auth: Auth,
    /// Where certificates come from.
    pub certificates: Certificates,
    /// Where Secrets come from.
    pub secrets: Secrets,
    /// What stands before each group in Kubernetes.
    pub group_prefix: Text,
    /// The Pod Security level of entries that name none.
    pub pod_security: PodSecurity,
}

/// How many tiers, entry points and peers a platform may have: each may come back in every entry.
const MOST_TIERS: usize = 100;

const DEFAULT_TIERS: [&str; 3] = ["infrastructure", "platform", "apps"];

impl Platform {
    /// Fills in what is not said.
    pub fn new(written: &Written, findings: &mut Vec<Finding>) -> Self {
        let routing = written.routing.clone().unwrap_or_default();
        let traefik = routing.traefik.clone().unwrap_or_default();
        let values_file = written.patterns.as_ref().and_then(|patterns| patterns.values_file.clone());
        let auth = routing::auth(&routing, traefik.allow_cross_namespace.unwrap_or(false), findings);
        Self {
            repository: (&written.repository.url).into(),
            revision: written.repository.revision.as_ref().map_or("HEAD".into(), Text::from),
            domain: (&written.domain).into(),
            tiers: tiers(written, findings),
            values_file: values_file.map_or("values-{{ applicationCode }}.yml".into(), |pattern| pattern.0),
            argocd: ArgoCd::new(&written.argocd.clone().unwrap_or_default()),
            network: Network::new(&written.network.clone().unwrap_or_default(), findings),
            entry_points: routing::entry_points(&routing, findings),
            allow_cross_namespace: traefik.allow_cross_namespace.unwrap_or(false),
            entry_point_tls: traefik.entry_point_tls.unwrap_or(true),
            ingress_class: traefik.ingress_class.as_ref().map(Text::from),
            auth,
            certificates: certificates::certificates(&written.certificates.clone().unwrap_or_default(), findings),
            secrets: secrets::secrets(&written.secrets.clone().unwrap_or_default(), findings),
            group_prefix: written.access.as_ref().and_then(|access| access.group_prefix.as_ref()).map(Text::from).unwrap_or_default(),
            pod_security: written.defaults.as_ref().and_then(|defaults| defaults.pod_security).unwrap_or_default(),
        }
    }

    /// The wave of routes and certificates: with the first applications of the last tier. By then an earlier tier has brought the custom
    /// resource definitions, and nothing waits: were it a wave of its own, one application that is synced by hand or never gets healthy
    /// would keep every route from being made (Argo CD 3.5, `sync_context.Sync`).
    pub fn route_wave(&self) -> i32 {
        wave_of_tier(self.tiers.len().saturating_sub(1))
    }

    /// The wave of an entry's `ExternalSecrets`: with the first applications of its tier, as these do not get healthy without them, and Argo
    /// CD would never come to a later tier. The first of several tiers is what brings the operator, so there they come with the second.
    pub fn secret_wave(&self, tier: usize) -> i32 {
        wave_of_tier(if self.comes_before_secrets(tier) { tier + 1 } else { tier })
    }

    /// Whether a tier is synced before there can be any `ExternalSecrets`.
    pub(super) fn comes_before_secrets(&self, tier: usize) -> bool {
        tier == 0 && self.tiers.len() > 1
    }
}

/// The first wave of a tier.
pub(super) fn wave_of_tier(tier: usize) -> i32 {
    i32::try_from(tier).unwrap_or(i32::MAX / 100).saturating_mul(100)
}

fn root() -> Place {
    Place::root(FileId::PLATFORM)
}

fn tiers(written: &Written, findings: &mut Vec<Finding>) -> Vec<Text> {
    let Some(tiers) = &written.tiers else { return DEFAULT_TIERS.map(Text::from).to_vec() };
    let place = root().key("tiers");
    if tiers.is_empty() {
        findings.push(rules::UNKNOWN_TIER.at(place.clone(), "the list of tiers is empty").help("leave `tiers` out for the three that everybody has"));
    }
    let tiers = at_most(MOST_TIERS, tiers, "tiers", &place, findings);
    for (index, tier) in tiers.iter().enumerate() {
        if let Some(first) = tiers[..index].iter().position(|other| other == tier) {
            let finding = rules::UNKNOWN_TIER.at(place.index(index), format!("the tier `{}` is listed twice", &**tier));
            findings.push(finding.and(place.index(first), "first here"));
        }
    }
    tiers.iter().map(Text::from).collect()
}

/// The first of what is listed, if there is more than anybody needs.
fn at_most<'t, T>(most: usize, listed: &'t [T], noun: &str, place: &Place, findings: &mut Vec<Finding>) -> &'t [T] {
    if listed.len() > most {
        findings.push(rules::MALFORMED_VALUE.at(place.clone().itself(), format!("{} {noun} are listed, and {most} are the most", listed.len())));
    }
    &listed[..listed.len().min(most)]
}
