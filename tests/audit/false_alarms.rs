//! What looks like a silent failure and is none: no rule reports it.

use super::{SERVICE, application, judged, rules};

const NONE: [&str; 0] = [];

const PODS: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
---
";

/// A Service of the pods with this port.
fn service(ports: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {{selector: {{app: web}}, ports: \
         [{ports}]}}\n---\n"
    )
}

fn policy(spec: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: one}}\nspec: \
         {{podSelector: {{}}, {spec}}}\n---\n"
    )
}

/// The rules that these manifests of one Application violate.
fn found(text: &str) -> Vec<String> {
    judged("", &[("notes/all.yaml", text)])
}

#[test]
fn a_direction_without_rules_is_denied_on_purpose() {
    for spec in [
        "policyTypes: [Ingress, Egress]",
        "policyTypes: [Egress], egress: []",
        "ingress: [{}], egress: [{ports: [{port: 443}]}]",
        "policyTypes: [Ingress], ingress: [{}], egress: []",
    ] {
        assert_eq!(found(&format!("{}{SERVICE}", policy(spec))), NONE, "{spec}");
    }
    let open = policy("egress: [{ports: [{port: 443}]}]");
    assert_eq!(found(&open), NONE, "no Service leads to the pods");
    assert_eq!(found(&format!("{open}{SERVICE}")), ["ineffective-policy-type"]);
    let closed = open.replace("name: one", "name: other").replace("egress: [", "ingress: [");
    assert_eq!(
        found(&format!("{open}{closed}{SERVICE}")),
        NONE,
        "another policy is for incoming connections"
    );
}

#[test]
fn the_port_of_a_policy_may_be_that_of_some_pod() {
    let with = |number: &str, ports: &str| {
        found(&format!("{PODS}{}{}", service(ports), policy(&format!("ingress: [{{ports: [{number}]}}]"))))
    };
    assert_eq!(with("{port: 80}", "{port: 80, targetPort: 8080}"), ["service-port"]);
    assert_eq!(with("{port: 80}", "{port: 80, targetPort: http}"), ["service-port"]);
    for (number, ports) in [
        ("{port: 8080}", "{port: 80, targetPort: http}"),
        ("{port: 80, endPort: 9000}", "{port: 80, targetPort: http}"),
        ("{port: 80}", "{port: 80}"),
        ("{port: 80}", "{port: 80, targetPort: 8080, name: a}, {port: 81, targetPort: 80, name: b}"),
        ("{port: 9090}", "{port: 80, targetPort: http}"),
        ("{port: 80}", "{port: 80, targetPort: 9999}"),
    ] {
        assert_eq!(with(number, ports), NONE, "{number} with {ports}");
    }
}

#[test]
fn a_route_may_name_a_port_by_number_or_name() {
    let route = |port: &str| {
        format!(
            "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {{name: web}}\nspec: \
             {{entryPoints: [websecure], routes: [{{match: Host(`a.example.com`), services: [{{name: web, \
             port: {port}}}]}}]}}\n---\n"
        )
    };
    let with = |port: &str| found(&format!("{}{}", route(port), service("{port: 80, name: http}")));
    for port in ["80", "'80'", "http", "<PORT>"] {
        assert_eq!(with(port), NONE, "{port}");
    }
    assert_eq!(with("8080"), ["unknown-service"]);
    let outside = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: ExternalName, \
                   externalName: other.example.com}\n";
    assert_eq!(found(&format!("{}{outside}", route("443"))), NONE, "an outside name has all ports");
}

#[test]
fn annotations_of_older_image_updaters_are_read() {
    let list = "argocd-image-updater.argoproj.io/image-list: web=ghcr.io/team/web:1.x";
    let with = |updater: &str| {
        let chart = format!("chart: argocd-image-updater, targetRevision: '{updater}'");
        let updater = application("updater", "X").replace("targetRevision: main, X", &chart);
        let notes = application("notes", "path: notes")
            .replace("namespace: argocd}", &format!("namespace: argocd, annotations: {{{list}}}}}"));
        rules(&[("updater.yaml", &updater), ("notes.yaml", &notes), ("notes/service.yaml", SERVICE)])
    };
    assert_eq!(with("1.1.4"), ["image-annotation"]);
    for version in ["0.12.3", "*", "<VERSION>"] {
        assert_eq!(with(version), NONE, "{version}");
    }
}

#[test]
fn a_pattern_of_a_plain_folder_may_be_a_placeholder() {
    let with = |include: &str| {
        let root = application("notes", &format!("path: notes, directory: {{include: '{include}'}}"));
        rules(&[("root.yaml", &root), ("notes/service.yaml", SERVICE)])
    };
    assert_eq!(with("missing.yaml"), ["ineffective-include"]);
    for include in ["service.yaml", "{a,service}.yaml", "<FILE>.yaml"] {
        assert_eq!(with(include), NONE, "{include}");
    }
}

#[test]
fn secrets_may_be_made_once_on_purpose() {
    let secret = |spec: &str| {
        format!(
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {{name: one}}\nspec: \
             {{secretStoreRef: {{kind: ClusterSecretStore, name: vault}}, {spec}}}\n"
        )
    };
    assert_eq!(found(&secret("refreshInterval: 0")), ["secrets-never-refreshed"]);
    for spec in [
        "refreshInterval: 1h",
        "refreshInterval: 0s, refreshPolicy: CreatedOnce",
        "refreshInterval: 0s, dataFrom: [{sourceRef: {generatorRef: {kind: Password, name: a}}}]",
    ] {
        assert_eq!(found(&secret(spec)), NONE, "{spec}");
    }
}

#[test]
fn logins_of_two_controllers_may_be_written_side_by_side() {
    let ingress = |class: &str, annotations: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: web, annotations: \
             {{{annotations}}}}}\nspec: {{ingressClassName: {class}, rules: []}}\n---\n"
        )
    };
    let nginx = "nginx.ingress.kubernetes.io/auth-url: http://login.example.com";
    let traefik = "traefik.ingress.kubernetes.io/router.middlewares: notes-auth@kubernetescrd";
    assert_eq!(found(&ingress("traefik", nginx)), ["unsupported-auth"]);
    assert_eq!(found(&ingress("nginx", traefik)), ["unsupported-auth"]);
    for (class, annotations) in [
        ("traefik", format!("{nginx}, {traefik}")),
        ("nginx", format!("{nginx}, {traefik}")),
        ("nginx", traefik.replace("notes-auth", "notes-headers")),
        ("haproxy", nginx.to_owned()),
    ] {
        assert_eq!(found(&ingress(class, &annotations)), NONE, "{class}: {annotations}");
    }
    let class = "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: traefik}\nspec: \
                 {controller: example.com/other}\n";
    assert_eq!(
        found(&format!("{}{class}", ingress("traefik", nginx))),
        NONE,
        "the class decides, not its name"
    );
}

#[test]
fn one_default_of_traefik_may_be_deployed_twice() {
    let store =
        "apiVersion: traefik.io/v1alpha1\nkind: TLSStore\nmetadata: {name: default, namespace: traefik}\n";
    let (one, other) = (application("one", "path: tls"), application("two", "path: tls"));
    let files = [("one.yaml", one.as_str()), ("two.yaml", other.as_str()), ("tls/store.yaml", store)];
    assert_eq!(rules(&files), NONE);
}

#[test]
fn each_cluster_may_have_its_own_root() {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shared}\n";
    let (one, other) = (application("one", "path: one"), application("two", "path: two"));
    let manifests = [("one/namespace.yaml", namespace), ("two/namespace.yaml", namespace)];
    let with = |applications: [(&str, &str); 2], root: Option<&str>| {
        let root = root.map(|text| ("root.yaml", text));
        rules(&applications.into_iter().chain(manifests).chain(root).collect::<Vec<_>>())
    };
    assert_eq!(with([("dev/one.yaml", &one), ("prod/two.yaml", &other)], None), NONE);
    let root = application("root", "path: apps");
    let below = [("apps/one.yaml", one.as_str()), ("apps/two.yaml", other.as_str())];
    assert_eq!(with(below, Some(&root)), ["shared-object"]);
    let elsewhere = other.replace("name: in-cluster", "name: '<CLUSTER>'");
    assert_eq!(with([below[0], ("apps/two.yaml", &elsewhere)], Some(&root)), NONE);
}
