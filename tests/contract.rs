//! What wharf guarantees to the systems that it was made for, with expectations that are written manually.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

use std::collections::BTreeSet;
use std::error::Error;
use std::num::NonZeroUsize;

use serde_json::{Value, json};
use wharf::compile::compile;
use wharf::inputs::{Inputs, Source};
use wharf::report::text;
use wharf::tree::tree;

type CommandResult = Result<(), Box<dyn Error>>;

/// A home cluster that is reached through a tunnel, over plain HTTP, and from the LAN, over TLS that the
/// entry point terminates.
const HOME: &str = "
repository: {url: https://gitlab.com/hippotion/homelab.git, revision: main}
domain: hippotion.com
argocd: {version: '3.5', applicationHealth: true}
network:
  cni: cilium
  ingressController: {namespace: sys-traefik, podLabels: {app.kubernetes.io/name: traefik}}
routing:
  kind: traefik
  entryPoints:
    - {name: cloudflare, exposure: external, port: 7080, tls: false}
    - {name: websecure, exposure: internal, port: 443, tls: true}
  traefik: {version: '3.7', allowCrossNamespace: true}
  auth:
    middleware: {name: oauth-auth, namespace: sys-oauth2-gitlab}
certificates:
  mode: wildcard
  issuer: {kind: ClusterIssuer, name: letsencrypt-dns}
secrets:
  externalSecrets: {version: '2.9', store: {kind: ClusterSecretStore, name: vault}}
";

/// All objects of a catalog, read back from the files.
fn objects(applications: &str, platform: &str) -> Result<Vec<Value>, Box<dyn Error>> {
    let platform = Some(Source::new("platform.yml", platform));
    let inputs =
        Inputs { applications: Source::new("applications.yml", applications), platform, ..Inputs::default() };
    let compiled = compile(&inputs, NonZeroUsize::MIN);
    let report = text::draw(&compiled.findings, &compiled.documents, false);
    if !report.is_empty() {
        return Err(report.into());
    }
    let mut objects = Vec::new();
    for file in tree(&compiled.objects, NonZeroUsize::MIN).values() {
        for document in file.split("---\n").skip(1) {
            objects.push(serde_yaml::from_str(document)?);
        }
    }
    Ok(objects)
}

fn of_kind<'o>(objects: &'o [Value], kind: &str) -> Vec<&'o Value> {
    objects.iter().filter(|object| object["kind"] == kind).collect()
}

/// A router with `tls` accepts only TLS, on all its entry points: with one, the tunnel would get a 404.
#[test]
fn one_ingress_route_serves_both_entry_points() -> CommandResult {
    let applications = "
- namespace: web-myapp
  networkPolicies: {profile: web-app}
  routes:
    - {host: myapp, service: myapp, port: 8080}
";
    let objects = objects(applications, HOME)?;
    let routes = of_kind(&objects, "IngressRoute");
    assert_eq!(routes.len(), 1);
    assert_eq!(routes[0]["apiVersion"], "traefik.io/v1alpha1");
    assert_eq!(routes[0]["metadata"]["namespace"], "web-myapp");
    let spec = json!({
        "entryPoints": ["cloudflare", "websecure"],
        "routes": [{
            "match": "Host(`myapp.hippotion.com`)",
            "kind": "Rule",
            "middlewares": [{"name": "oauth-auth", "namespace": "sys-oauth2-gitlab"}],
            "services": [{"name": "myapp", "port": 8080}],
        }],
    });
    assert_eq!(routes[0]["spec"], spec);
    Ok(())
}

#[test]
fn seven_lines_become_these_objects_and_no_others() -> CommandResult {
    let applications = "
- namespace: web-vaultwarden
  networkPolicies:
    profile: web-app
  applications:
    - applicationCode: web-vaultwarden
      path: helm-charts/extra-objects
      autoSync: true
";
    let objects = objects(
        applications,
        "repository: {url: https://git.example.com/home/cluster.git}\ndomain: example.com\n",
    )?;
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let identity = |object: &Value| {
        [&object["kind"], &object["metadata"]["namespace"], &object["metadata"]["name"]].map(word).join(" ")
    };
    let made: BTreeSet<String> = objects.iter().map(identity).collect();
    let expected = [
        "Namespace  web-vaultwarden",
        "AppProject argocd web-vaultwarden",
        "Application argocd web-vaultwarden",
        "ServiceAccount web-vaultwarden default",
        "ServiceAccount web-vaultwarden web-vaultwarden",
        "NetworkPolicy web-vaultwarden default-deny",
        "NetworkPolicy web-vaultwarden allow-from-ingress-controller",
        "NetworkPolicy web-vaultwarden allow-same-namespace",
        "NetworkPolicy web-vaultwarden allow-to-dns",
        "NetworkPolicy web-vaultwarden allow-to-internet",
    ];
    assert_eq!(made, expected.map(String::from).into());
    assert_eq!(objects.len(), expected.len());
    Ok(())
}

#[test]
fn the_project_of_the_seven_lines_permits_the_least() -> CommandResult {
    let applications = "
- namespace: web-vaultwarden
  networkPolicies: {profile: web-app}
  applications:
    - {applicationCode: web-vaultwarden, path: helm-charts/extra-objects, autoSync: true}
";
    let objects = objects(applications, HOME)?;
    let project = &of_kind(&objects, "AppProject")[0]["spec"];
    assert_eq!(project["sourceRepos"], json!(["https://gitlab.com/hippotion/homelab.git"]));
    assert_eq!(
        project["destinations"],
        json!([{"server": "https://kubernetes.default.svc", "namespace": "web-vaultwarden"}])
    );
    assert_eq!(project.get("clusterResourceWhitelist"), None);
    let application = &of_kind(&objects, "Application")[0]["spec"];
    let spec = json!({
        "project": "web-vaultwarden",
        "source": {
            "repoURL": "https://gitlab.com/hippotion/homelab.git",
            "targetRevision": "main",
            "path": "helm-charts/extra-objects",
            "helm": {"valueFiles": ["values-web-vaultwarden.yml"]},
        },
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "web-vaultwarden"},
        "syncPolicy": {"automated": {"prune": true, "selfHeal": true}},
    });
    assert_eq!(*application, spec);
    Ok(())
}

/// The requested ExternalSecret: a property of a Vault entry, read again each hour, in the version that is
/// served today.
#[test]
fn a_secret_comes_from_vault_every_hour() -> CommandResult {
    let applications = "
- namespace: web-myapp
  networkPolicies: {profile: web-app}
  secrets:
    - name: myapp
      data:
        - {key: db-password, from: secret/myapp, property: db-password}
";
    let objects = objects(applications, HOME)?;
    let secrets = of_kind(&objects, "ExternalSecret");
    assert_eq!(secrets.len(), 1);
    assert_eq!(secrets[0]["apiVersion"], "external-secrets.io/v1");
    assert_eq!(secrets[0]["metadata"]["name"], "myapp");
    assert_eq!(secrets[0]["spec"]["refreshInterval"], "1h");
    assert_eq!(secrets[0]["spec"]["secretStoreRef"], json!({"kind": "ClusterSecretStore", "name": "vault"}));
    assert_eq!(secrets[0]["spec"]["data"][0]["secretKey"], "db-password");
    assert_eq!(secrets[0]["spec"]["data"][0]["remoteRef"]["key"], "secret/myapp");
    assert_eq!(secrets[0]["spec"]["data"][0]["remoteRef"]["property"], "db-password");
    Ok(())
}

/// What has to be prepared before the first sync, and what is taken care of.
#[test]
fn every_secret_is_listed_with_where_it_comes_from() {
    let applications = "
- namespace: web-notes
  networkPolicies: {profile: web-app}
  secrets:
    - {name: by-hand, source: manual}
    - {name: from-git, source: sops}
    - {name: fetched, dataFrom: [notes]}
- namespace: sys-tunnel
  networkPolicies: {profile: worker}
  secrets: [{name: tunnel, source: manual}]
- namespace: web-off
  toggleable: true
  enabled: false
  networkPolicies: {profile: worker}
  secrets: [{name: nobody-needs-it, source: manual}]
";
    let platform = Some(Source::new("platform.yml", HOME));
    let inputs = Inputs {
        applications: Source::new("applications.yml", applications),
        platform,
        profiles: Vec::new(),
        ..Inputs::default()
    };
    let model = compile(&inputs, NonZeroUsize::MIN).model;
    let listed: Vec<_> = model
        .secrets()
        .map(|(entry, secret)| format!("{} {} {}", entry.namespace, secret.name, secret.source.name()))
        .collect();
    assert_eq!(
        listed,
        [
            "sys-tunnel tunnel manual",
            "web-notes by-hand manual",
            "web-notes from-git sops",
            "web-notes fetched store"
        ]
    );
}

/// One of 47 applications whose images had never been updated since their first day.
const SHOP: &str = "
- namespace: web-shop
  networkPolicies: {profile: web-app}
  applications:
    - applicationCode: web-shop
      path: charts/shop
";

fn rules_broken(applications: &str, platform: &str) -> Vec<&'static str> {
    let platform = Some(Source::new("platform.yml", platform));
    let inputs = Inputs {
        applications: Source::new("applications.yml", applications),
        platform,
        profiles: Vec::new(),
        ..Inputs::default()
    };
    compile(&inputs, NonZeroUsize::MIN).findings.iter().map(|finding| finding.rule.name).collect()
}

#[test]
fn each_setting_with_which_no_image_was_updated_is_refused() {
    let platform = format!("{HOME}imageUpdater: {{version: '0.17', writeBack: git}}\n");
    let broken = |more: &str| rules_broken(&format!("{SHOP}{more}"), &platform);
    let image =
        |image: &str| broken(&format!("      images: [{{alias: app, helm: {{spec: image}}, {image}}}]\n"));
    let annotations = "      annotations: \
                       {argocd-image-updater.argoproj.io/image-list: 'app=ghcr.io/codenificient/shop'}\n";
    assert_eq!(broken(annotations), ["image-annotation"]);
    assert_eq!(image("image: 'ghcr.io/codenificient/shop:latest', strategy: latest"), ["unknown-value"]);
    assert_eq!(image("image: 'ghcr.io/codenificient/shop:latest', strategy: newest-build"), ["rolling-tag"]);
    assert_eq!(image("image: ghcr.io/codenificient/shop, strategy: digest"), ["digest-without-tag"]);
}

#[test]
fn the_settings_that_update_images_reach_the_updater_of_either_kind() -> CommandResult {
    let applications = format!(
        "{SHOP}      images: [{{alias: app, image: 'ghcr.io/codenificient/shop:latest', strategy: digest, \
         helm: {{spec: image}}}}]\n"
    );
    let with = |version: &str| {
        objects(&applications, &format!("{HOME}imageUpdater: {{version: '{version}', writeBack: git}}\n"))
    };

    let older = with("0.17")?;
    assert!(of_kind(&older, "ImageUpdater").is_empty());
    let annotations = &of_kind(&older, "Application")[0]["metadata"]["annotations"];
    assert_eq!(
        annotations["argocd-image-updater.argoproj.io/image-list"],
        "app=ghcr.io/codenificient/shop:latest"
    );
    assert_eq!(annotations["argocd-image-updater.argoproj.io/app.update-strategy"], "digest");
    assert_eq!(annotations["argocd-image-updater.argoproj.io/write-back-method"], "git");
    assert_eq!(annotations["argocd-image-updater.argoproj.io/git-branch"], "main");

    let newer = with("1.2")?;
    let keys = of_kind(&newer, "Application")[0]["metadata"]["annotations"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, _)| key);
    assert_eq!(keys.filter(|key| key.contains("image-updater")).count(), 0, "nothing reads them there");
    let updaters = of_kind(&newer, "ImageUpdater");
    assert_eq!(updaters.len(), 1);
    assert_eq!(
        updaters[0]["metadata"]["namespace"], "argocd",
        "it looks for Applications in its own namespace only"
    );
    let image = json!({
        "alias": "app",
        "imageName": "ghcr.io/codenificient/shop:latest",
        "commonUpdateSettings": {"updateStrategy": "digest", "forceUpdate": false},
        "manifestTargets": {"helm": {"spec": "image"}},
    });
    let spec = json!({
        "writeBackConfig": {"method": "git", "gitConfig": {"branch": "main"}},
        "applicationRefs": [{"namePattern": "web-shop", "images": [image]}],
    });
    assert_eq!(updaters[0]["spec"], spec);
    Ok(())
}
