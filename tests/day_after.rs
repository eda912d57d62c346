//! The day after: commits that add, change, rename and remove entries, walked one by one on a cluster to
//! which `wharf bootstrap` was applied once. Who may apply and delete what is judged by the independent
//! reading of Argo CD's rules.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test looks at the world"
)]

#[path = "support/cluster.rs"]
mod cluster;
#[path = "support/permission.rs"]
mod permission;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use cluster::Cluster;
use serde_json::Value as Json;
use wharf::bootstrap::Bootstrap;
use wharf::compile::compile;
use wharf::inputs::{Inputs, Source};
use wharf::report::text;
use wharf::schemas::to_json;

const PLATFORM: &str = "\
repository: {url: https://git.example.com/home.git, revision: main}
domain: example.com
argocd: {version: '3.5', applicationHealth: true}
network: {ingressController: {namespace: sys-traefik}}
routing: {auth: {forwardAuth: {address: http://auth.sys-auth.svc.cluster.local:4180/}}}
secrets: {externalSecrets: {version: '2.9', store: {kind: ClusterSecretStore, name: vault}}}
";

/// The first day.
const TRAEFIK: &str = "\
- namespace: sys-traefik
  tier: infrastructure
  networkPolicies: {profile: system}
  applications:
    - {applicationCode: sys-traefik, path: charts/traefik, autoSync: true}
";
const DATABASE: &str = "\
- namespace: sys-postgres
  networkPolicies: {profile: database}
";

/// An entry that brings a namespace and many kinds which were not there before, one of them by a template.
const SHOP: &str = "\
- namespace: web-shop
  networkPolicies:
    profile: web-app
    egress: [{namespace: sys-postgres, ports: [5432]}]
  access: [{group: shopkeepers, role: editor}]
  secrets: [{name: shop, data: [{key: password, from: shop/db, property: password}]}]
  project: {namespaceResources: [{group: k8up.io, kind: Schedule}]}
  templates: [{name: backup}]
  applications:
    - {applicationCode: shop, path: charts/shop, autoSync: true}
";
const SHOP_ROUTE: &str = "  routes: [{host: shop, service: shop, port: 80}]\n";
const BACKUP: &str = "\
apiVersion: k8up.io/v1
kind: Schedule
metadata: {name: backup}
spec: {backend: {}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: backup}
";

/// A commit: what is rendered, and what bootstrap would print for it.
struct Commit {
    objects: Vec<Json>,
    root_project: Json,
    root_application: Json,
}

fn commit(project: &str, entries: &[&str]) -> Commit {
    let platform = PLATFORM.replace(
        "applicationHealth: true}",
        &format!("applicationHealth: true, root: {{project: {project}}}}}"),
    );
    let inputs = Inputs {
        applications: Source::new("applications.yml", entries.concat()),
        platform: Some(Source::new("platform.yml", platform)),
        templates: vec![("backup".into(), Source::new("templates/backup.yml", BACKUP))],
        ..Inputs::default()
    };
    let compiled = compile(&inputs, NonZeroUsize::MIN);
    assert!(!compiled.has_errors(), "{}", text::draw(&compiled.findings, &compiled.documents, false));
    let bootstrap = Bootstrap::new(&compiled.model, &compiled.objects);
    let [root_project, root_application] = &bootstrap.objects[..] else {
        panic!("a project and an application")
    };
    let objects = compiled.objects.iter().map(to_json).collect();
    Commit { objects, root_project: to_json(root_project), root_application: to_json(root_application) }
}

/// A cluster on its first day, and what it was bootstrapped with.
fn first_day(project: &str) -> (Cluster, Commit) {
    let first = commit(project, &[TRAEFIK, DATABASE]);
    let mut cluster = Cluster::new(first.root_project.clone(), &first.root_application);
    cluster.sync(&first.objects).expect("the first commit is permitted");
    (cluster, first)
}

/// Syncs a later commit, for which nothing may have to be applied by hand.
fn later(cluster: &mut Cluster, first: &Commit, entries: &[&str]) -> cluster::Synced {
    let next = commit("general", entries);
    assert_eq!(next.root_project, first.root_project, "the root project is the one of the first day");
    assert_eq!(
        next.root_application, first.root_application,
        "the root application is the one of the first day"
    );
    cluster.sync(&next.objects).unwrap_or_else(|refused| panic!("{refused} is not permitted"))
}

fn kinds(names: &BTreeSet<String>) -> BTreeSet<&str> {
    names.iter().filter_map(|name| name.split(' ').next()).collect()
}

/// The entry with `toggleable: true`.
fn toggleable(entry: &str) -> String {
    entry.replacen('\n', "\n  toggleable: true\n", 1)
}

#[test]
fn a_new_entry_needs_no_kubectl() {
    let (mut cluster, first) = first_day("general");
    let shop = [SHOP, SHOP_ROUTE].concat();
    let synced = later(&mut cluster, &first, &[TRAEFIK, DATABASE, &shop]);
    let before: BTreeSet<_> =
        first.objects.iter().map(|object| object["kind"].as_str().expect("a kind")).collect();
    let new: BTreeSet<_> = kinds(&synced.created).difference(&before).copied().collect();
    assert_eq!(
        new,
        ["ConfigMap", "ExternalSecret", "IngressRoute", "Middleware", "RoleBinding", "Schedule"].into()
    );
    assert!(
        synced.created.contains("Namespace web-shop") && synced.pruned.is_empty() && synced.kept.is_empty()
    );
    assert_eq!(cluster.pods_of("shop"), ["web-shop"]);
}

#[test]
fn a_protected_entry_that_was_lost_keeps_what_its_pods_need_and_comes_back() {
    let (mut cluster, first) = first_day("general");
    let shop = [SHOP, SHOP_ROUTE].concat();
    later(&mut cluster, &first, &[TRAEFIK, DATABASE, &shop]);
    let lost = later(&mut cluster, &first, &[TRAEFIK, DATABASE]);
    let kept = [
        "AppProject argocd/web-shop",
        "Application argocd/shop",
        "ConfigMap web-shop/backup",
        "ExternalSecret web-shop/shop",
        "Namespace web-shop",
        "NetworkPolicy web-shop/default-deny",
        "ServiceAccount web-shop/default",
        "ServiceAccount web-shop/shop",
    ];
    assert_eq!(lost.kept, kept.map(String::from).into());
    assert!(
        lost.pruned.contains("IngressRoute web-shop/shop")
            && lost.pruned.contains("RoleBinding web-shop/access-editor")
    );
    assert!(lost.pruned.contains("NetworkPolicy web-shop/allow-to-dns"));
    assert_eq!(cluster.pods_of("shop"), ["web-shop"]);
    let back = later(&mut cluster, &first, &[TRAEFIK, DATABASE, &shop]);
    assert_eq!((back.created, back.pruned, back.kept), (lost.pruned, BTreeSet::new(), BTreeSet::new()));
}

/// An edge, a route and a group that are taken out of an entry which stays are closed in the cluster.
#[test]
fn what_is_closed_in_the_catalog_is_closed_in_the_cluster() {
    let (mut cluster, first) = first_day("general");
    later(&mut cluster, &first, &[TRAEFIK, DATABASE, SHOP, SHOP_ROUTE]);
    let closed = SHOP
        .replace("    egress: [{namespace: sys-postgres, ports: [5432]}]\n", "")
        .replace("  access: [{group: shopkeepers, role: editor}]\n", "");
    let synced = later(&mut cluster, &first, &[TRAEFIK, DATABASE, &closed]);
    for gone in [
        "IngressRoute web-shop/shop",
        "NetworkPolicy sys-postgres/allow-from-namespace-web-shop",
        "NetworkPolicy web-shop/allow-to-namespace-sys-postgres",
        "RoleBinding web-shop/access-editor",
    ] {
        assert!(synced.pruned.contains(gone), "{gone}: {:?}", synced.pruned);
    }
    assert_eq!(synced.kept, BTreeSet::new(), "the root application is Synced");
}

#[test]
fn two_commits_remove_an_entry_with_everything_in_it() {
    let (mut cluster, first) = first_day("general");
    later(&mut cluster, &first, &[TRAEFIK, DATABASE, SHOP]);
    later(&mut cluster, &first, &[TRAEFIK, DATABASE, &toggleable(SHOP)]);
    let removed = later(&mut cluster, &first, &[TRAEFIK, DATABASE]);
    assert_eq!(removed.kept, BTreeSet::new());
    assert!(!cluster.has("Namespace web-shop") && cluster.pods_of("shop").is_empty());
}

/// The steps of docs/rendered.md.
#[test]
fn a_namespace_is_renamed_by_a_new_entry_beside_the_old_one() {
    let (mut cluster, first) = first_day("general");
    later(&mut cluster, &first, &[TRAEFIK, DATABASE, SHOP, SHOP_ROUTE]);
    let new = SHOP
        .replace("namespace: web-shop", "namespace: web-store")
        .replace("applicationCode: shop", "applicationCode: store");
    // 1. both run side by side
    let synced = later(&mut cluster, &first, &[TRAEFIK, DATABASE, SHOP, SHOP_ROUTE, &new]);
    assert_eq!((synced.pruned, synced.kept), (BTreeSet::new(), BTreeSet::new()));
    assert_eq!((cluster.pods_of("shop"), cluster.pods_of("store")), (vec!["web-shop"], vec!["web-store"]));
    // 3. the route moves, and the old entry loses its protection
    let synced = later(&mut cluster, &first, &[TRAEFIK, DATABASE, &toggleable(SHOP), &new, SHOP_ROUTE]);
    assert!(
        synced.pruned.contains("IngressRoute web-shop/shop")
            && synced.created.contains("IngressRoute web-store/shop")
    );
    assert_eq!((synced.kept, cluster.pods_of("shop")), (BTreeSet::new(), vec!["web-shop"]));
    // 4. the old entry goes
    let synced = later(&mut cluster, &first, &[TRAEFIK, DATABASE, &new, SHOP_ROUTE]);
    assert!(synced.pruned.contains("Namespace web-shop"));
    assert_eq!(
        (synced.kept, cluster.pods_of("shop"), cluster.pods_of("store")),
        (BTreeSet::new(), vec![], vec!["web-store"])
    );
}

/// Why the line is not to be changed in place.
#[test]
fn a_namespace_that_is_changed_in_place_leaves_pods_that_nobody_owns() {
    let (mut cluster, first) = first_day("general");
    later(&mut cluster, &first, &[TRAEFIK, DATABASE, SHOP]);
    let synced = later(
        &mut cluster,
        &first,
        &[TRAEFIK, DATABASE, &SHOP.replace("namespace: web-shop", "namespace: web-store")],
    );
    assert!(synced.kept.contains("Namespace web-shop") && synced.kept.contains("AppProject argocd/web-shop"));
    assert_eq!(cluster.pods_of("shop"), ["web-shop", "web-store"]);
}

#[test]
fn an_exact_project_has_to_be_applied_before_a_commit_that_adds() {
    let (mut cluster, _) = first_day("exact");
    let next = commit("exact", &[TRAEFIK, DATABASE, SHOP]);
    let refused = cluster.sync(&next.objects).expect_err("the project names no web-shop");
    assert!(refused.contains("web-shop"), "{refused}");
    assert!(
        !cluster.has("Namespace web-shop")
            && !cluster.has("NetworkPolicy sys-postgres/allow-from-namespace-web-shop"),
        "nothing is applied"
    );
    cluster.root_project = next.root_project;
    cluster.sync(&next.objects).expect("after `wharf bootstrap | kubectl apply`");
    assert_eq!(cluster.pods_of("shop"), ["web-shop"]);
}

#[test]
fn an_exact_project_that_is_narrowed_before_the_pruning_leaves_objects_that_nobody_owns() {
    let narrow = |early: bool| {
        let added = commit("exact", &[TRAEFIK, DATABASE, &toggleable(SHOP)]);
        let removed = commit("exact", &[TRAEFIK, DATABASE]);
        let mut cluster = Cluster::new(added.root_project, &added.root_application);
        cluster.sync(&added.objects).expect("the project permits it");
        if early {
            cluster.root_project = removed.root_project;
        }
        let synced = cluster.sync(&removed.objects).expect("less is asked for than is permitted");
        (cluster.has("Namespace web-shop"), synced.pruned.contains("Namespace web-shop"), synced.kept.len())
    };
    assert_eq!(narrow(false), (false, true, 0));
    assert_eq!(narrow(true), (true, false, 0), "not pruned, and not OutOfSync either");
}
