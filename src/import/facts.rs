//! The facts of the platform: those that are stated, or those that the objects show.

mod network;
mod routing;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use super::folders::Folders;
use super::policies::{self, Candidate};
use super::variables::Variables;
use crate::cluster::Cluster;
use crate::compile::compile;
use crate::diagnostics::{FileId, Sink};
use crate::inputs::{Inputs, LOCK_FILE, Source};
use crate::kubernetes::resource::{items_at, maps_at, text, text_at};
use crate::kubernetes::{Resource, yaml};
use crate::model::{Platform, Profiles};
use crate::syntax::decode;
use crate::value::{Map, Text, Value};

/// The files of a catalog that an import takes over as they are.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// `platform.yml`; without it, it is inferred.
    pub platform: Option<Source>,
    /// `profiles/*.yml`
    pub profiles: Vec<(String, Source)>,
    /// `applications.lock.yml`
    pub lock: Option<Source>,
    /// The environment variables that a stated platform reads.
    pub environment: BTreeMap<String, String>,
    /// What renders the folders of the repository.
    pub folders: Folders,
}

/// The facts, with their defaults.
pub(super) struct Known {
    pub folders: Folders,
    pub platform: Platform,
    pub profiles: Profiles,
    /// Whether there is a lock, which knows the ports behind Services.
    pub has_lock: bool,
    /// The variables of the platform, if it has some.
    pub variables: Option<Variables>,
    /// The profiles, each with its policies.
    pub candidates: Vec<Candidate>,
}

impl Known {
    pub(super) fn new(facts: &Facts, platform: &str) -> Self {
        let inputs =
            Inputs { applications: Source::new("applications.yml", "[]\n"), ..facts.inputs(platform) };
        let compiled = compile(&inputs, NonZeroUsize::MIN);
        let written = compiled.documents.get(FileId::PLATFORM);
        let written = written.and_then(|document| decode(document, &mut Sink::new()));
        let variables = written.and_then(|platform| Variables::of(&platform));
        let model = compiled.model;
        let candidates = policies::candidates(&model.profiles, &model.platform);
        Self {
            folders: facts.folders.clone(),
            has_lock: facts.lock.is_some(),
            variables,
            platform: model.platform,
            profiles: model.profiles,
            candidates,
        }
    }
}

impl Facts {
    /// The text of platform.yml.
    pub(super) fn text(&self, cluster: &Cluster, allowed: &BTreeSet<&'static str>) -> String {
        match &self.platform {
            Some(stated) => String::from_utf8_lossy(&stated.bytes).into_owned(),
            None => inferred(cluster, allowed),
        }
    }

    /// The inputs of a compilation, but for the catalog.
    pub(super) fn inputs(&self, platform: &str) -> Inputs {
        Inputs {
            platform: Some(Source::new("platform.yml", platform)),
            profiles: self.profiles.clone(),
            lock: self.lock.clone(),
            environment: self.environment.clone(),
            ..Inputs::default()
        }
    }

    /// The files to write.
    pub(super) fn files(&self, platform: &str) -> BTreeMap<String, String> {
        let profile = |(name, source): &(String, Source)| {
            (format!("profiles/{name}.yml"), String::from_utf8_lossy(&source.bytes).into_owned())
        };
        let profiles = self.profiles.iter().map(profile);
        let lock = self.lock.as_ref();
        let lock = lock.map(|lock| (LOCK_FILE.to_owned(), String::from_utf8_lossy(&lock.bytes).into_owned()));
        profiles.chain([("platform.yml".to_owned(), platform.to_owned())]).chain(lock).collect()
    }
}

/// A platform with what the objects show, and a comment that says from what.
fn inferred(cluster: &Cluster, allowed: &BTreeSet<&'static str>) -> String {
    let mut text = String::from("# yaml-language-server: $schema=schema/platform.schema.json\n");
    let mut section = |comment: &str, map: Map| {
        if !map.is_empty() {
            text.push_str(&["\n# ", comment, "\n"].concat());
            yaml::write_value(&mut text, &map.into());
        }
    };
    section("the repository that most Applications name", repository(cluster));
    section("the domain of most hosts", Map::new().with("domain", domain(cluster)));
    section("the namespace of the Applications", argocd(cluster));
    section(
        "the kind of the routes and where they are attached: check the exposure of each",
        routing::inferred(cluster),
    );
    section("what policies say of the network: check that nothing is missing", network::inferred(cluster));
    section("the store that most ExternalSecrets name", secrets(cluster));
    section(
        "what holds for the cluster as it was imported: remove a rule, and `wharf check` shows it",
        findings(allowed),
    );
    text
}

fn findings(allowed: &BTreeSet<&'static str>) -> Map {
    let rule = |rule: &&'static str| Map::new().with("rule", *rule).with("reason", "imported");
    let rules: Vec<_> = allowed.iter().map(rule).collect();
    if rules.is_empty() { Map::new() } else { Map::new().with("findings", Map::new().with("allow", rules)) }
}

/// The item that occurs most often; the first in order if there are several.
fn most<T: Ord>(items: impl Iterator<Item = T>) -> Option<T> {
    let mut counts = BTreeMap::<T, usize>::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(item, _)| item)
}

/// The sources of an Application.
pub(super) fn sources(application: &Resource) -> impl Iterator<Item = &Map> {
    let single = application.at(&["spec", "source"]).and_then(Value::map);
    single.into_iter().chain(maps_at(&application.value, &["spec", "sources"]))
}

fn applications(cluster: &Cluster) -> impl Iterator<Item = &Resource> {
    cluster.of_kind("argoproj.io", "Application")
}

fn repository(cluster: &Cluster) -> Map {
    let folders = || applications(cluster).flat_map(sources).filter(|source| source.get("chart").is_none());
    let url = most(folders().filter_map(|source| text_at(source, &["repoURL"])))
        .unwrap_or("https://git.example.com/cluster.git");
    let own = folders().filter(|source| text_at(source, &["repoURL"]) == Some(url));
    let revision = most(own.filter_map(|source| text_at(source, &["targetRevision"])));
    let repository = Map::new().with("url", Text::copied(url));
    Map::new().with("repository", repository.with_some("revision", revision.map(Text::copied)))
}

fn domain(cluster: &Cluster) -> Text {
    let parent = |host: &String| host.split_once('.').map(|(_, rest)| rest.to_owned());
    let domain = most(hosts(cluster).iter().filter_map(parent).filter(|domain| domain.contains('.')));
    domain.unwrap_or_else(|| "example.com".into()).into()
}

/// The hosts of all routes.
fn hosts(cluster: &Cluster) -> BTreeSet<String> {
    let rules = cluster
        .of_kind("traefik.io", "IngressRoute")
        .flat_map(|route| maps_at(&route.value, &["spec", "routes"]));
    let matched = rules.filter_map(|rule| text_at(rule, &["match"])).flat_map(super::routes::hosts_of);
    let ingresses = cluster
        .of_kind("networking.k8s.io", "Ingress")
        .flat_map(|ingress| maps_at(&ingress.value, &["spec", "rules"]));
    let of_ingresses = ingresses.filter_map(|rule| text_at(rule, &["host"])).map(str::to_owned);
    let routes = cluster.of_kind("gateway.networking.k8s.io", "HTTPRoute");
    let of_routes = routes
        .flat_map(|route| items_at(&route.value, &["spec", "hostnames"]))
        .filter_map(text)
        .map(str::to_owned);
    matched.chain(of_ingresses).chain(of_routes).collect()
}

/// The namespace of Argo CD.
pub(super) fn argocd_namespace(cluster: &Cluster) -> &str {
    let namespaces = applications(cluster).filter_map(|application| application.namespace.as_deref());
    most(namespaces).unwrap_or("argocd")
}

fn argocd(cluster: &Cluster) -> Map {
    let other = Some(argocd_namespace(cluster)).filter(|namespace| *namespace != "argocd");
    other.map_or_else(Map::new, |namespace| {
        Map::new().with("argocd", Map::new().with("namespace", Text::copied(namespace)))
    })
}

fn secrets(cluster: &Cluster) -> Map {
    let all = || cluster.of_kind("external-secrets.io", "ExternalSecret");
    let store = most(all().filter_map(|secret| {
        let reference = secret.at(&["spec", "secretStoreRef"])?.map()?;
        Some((text_at(reference, &["kind"]).unwrap_or("SecretStore"), text_at(reference, &["name"])?))
    }));
    let Some((kind, name)) = store else { return Map::new() };
    let beta = all().all(|secret| secret.version.as_str() != "v1");
    let version = if beta { "0.9" } else { "2.0" };
    let store = Map::new().with("kind", Text::copied(kind)).with("name", Text::copied(name));
    let operator = Map::new().with("version", version).with("store", store);
    Map::new().with("secrets", Map::new().with("externalSecrets", operator))
}
