//! `wharf audit`: what it takes for deployed, what it judges, and what it survives. Its rules are shown by
//! their pages.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs
)]

#[path = "audit/bad_input.rs"]
mod bad_input;
#[path = "support/catalogs.rs"]
mod catalogs;
#[path = "support/cli.rs"]
mod cli;
#[path = "audit/false_alarms.rs"]
mod false_alarms;
#[path = "support/runner.rs"]
mod runner;

use std::fmt::Write as _;
use std::num::NonZeroUsize;

use catalogs::cases;
use cli::{folder, shell, wharf, write};
use tempfile::TempDir;
use wharf::audit::{Settings, audit, picture};
use wharf::compile::{Compiled, compile};
use wharf::diagnostics::Finding;
use wharf::inputs::Tree;
use wharf::tree::tree;

const URL: &str = "https://git.example.com/home.git";

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: \
web}, ports: [{port: 80}]}\n";

/// An Application of a folder of the repository.
fn application(name: &str, source: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}, namespace: \
        argocd}}\nspec:\n  \
         project: default\n  source: {{repoURL: {URL}, targetRevision: main, {source}}}\n  destination: \
         {{name: \
         in-cluster, namespace: {name}}}\n"
    )
}

/// An `ApplicationSet` of these generators, whose Applications deploy `path`.
fn application_set(generators: &str, name: &str, path: &str) -> String {
    format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {{name: all, namespace: \
        argocd}}\nspec:\n  \
         generators: [{generators}]\n  template:\n    metadata: {{name: '{name}'}}\n    spec:\n      \
         project: \
         default\n      source: {{repoURL: {URL}, path: '{path}', targetRevision: main}}\n      \
         destination: {{name: \
         in-cluster, namespace: '{name}'}}\n"
    )
}

fn reach(files: &[(&str, &str)]) -> String {
    let tree = Tree::of_files(files.iter().copied());
    picture::text(&audit(&tree, &Settings::default(), &|_| Err("charts are not rendered here".into())))
}

fn rules(files: &[(&str, &str)]) -> Vec<String> {
    let tree = Tree::of_files(files.iter().copied());
    let audited = audit(&tree, &Settings::default(), &|_| Err("charts are not rendered here".into()));
    audited.findings.iter().map(|finding| finding.rule.name.to_owned()).collect()
}

/// The lines above the first empty one.
fn applications(picture: &str) -> &str {
    picture.split("\n\n").next().unwrap_or_default().trim_end()
}

#[test]
fn an_app_of_apps_is_followed_and_files_beside_it_are_not() {
    let (root, notes, old) = (
        application("root", "path: apps"),
        application("notes", "path: notes"),
        application("old", "path: old"),
    );
    let picture = reach(&[
        ("root.yaml", &root),
        ("apps/notes.yaml", &notes),
        ("graveyard/old.yaml", &old),
        ("notes/service.yaml", SERVICE),
        ("old/service.yaml", SERVICE),
    ]);
    assert_eq!(
        picture,
        "root -> root: 1 file, 1 resource\n  notes -> notes: 1 file, 1 resource\n\ndeployed by nothing:\n  \
         graveyard/old.yaml\n  old/service.yaml\n\nassumed:\n  assumed that \
         https://git.example.com/home.git is this \
         repository (state it with --repository)\n  assumed that root.yaml is applied manually (state \
         it with \
         --root)\n"
    );
}

#[test]
fn applications_that_deploy_each_other_are_followed_once() {
    let (one, other) = (application("one", "path: other"), application("other", "path: one"));
    let picture = reach(&[("one/one.yaml", &one), ("other/other.yaml", &other)]);
    assert_eq!(applications(&picture).lines().count(), 2, "{picture}");
}

#[test]
fn generators_that_depend_on_the_repository_are_expanded() {
    let git = |kind: &str| format!("{{git: {{repoURL: {URL}, revision: main, {kind}}}}}");
    let list = |key: &str, one: &str, other: &str| {
        format!("{{list: {{elements: [{{{key}: {one}, kind: x}}, {{{key}: {other}, kind: y}}]}}}}")
    };
    let names = |generators: &str, name: &str| {
        let set = application_set(generators, name, "apps/a");
        let picture = reach(&[
            ("set.yaml", &set),
            ("apps/a/service.yaml", SERVICE),
            ("apps/b/service.yaml", SERVICE),
            ("apps/c/d/service.yaml", SERVICE),
            ("env/test.json", "{\"name\": \"test\", \"size\": {\"disk\": 3}}"),
        ]);
        let lines = applications(&picture).lines();
        lines.filter_map(|line| line.split(" -> ").next().map(str::to_owned)).collect::<Vec<_>>()
    };
    let all = git("directories: [{path: apps/*}, {path: apps/c, exclude: true}]");
    assert_eq!(names(&all, "{{path.basename}}"), ["a", "b"]);
    let files = git("files: [{path: env/*.json}]");
    assert_eq!(names(&files, "{{name}}-{{size.disk}}-{{path.basename}}"), ["test-3-env"]);
    assert_eq!(names(&list("name", "one", "two"), "{{name}}"), ["one", "two"]);
    let matrix = format!("{{matrix: {{generators: [{}, {}]}}}}", list("a", "1", "2"), list("b", "3", "4"));
    assert_eq!(names(&matrix, "n{{a}}{{b}}"), ["n13", "n14", "n23", "n24"]);
    let merge = format!(
        "{{merge: {{mergeKeys: [name], generators: [{}, {{list: {{elements: [{{name: two, kind: \
        z}}]}}}}]}}}}",
        list("name", "one", "two")
    );
    assert_eq!(names(&merge, "{{name}}-{{kind}}"), ["one-x", "two-z"]);
}

#[test]
fn a_generator_that_needs_a_cluster_is_left_out_and_said() {
    let set = application_set("{clusters: {}}", "{{name}}", "apps/a");
    let picture = reach(&[("set.yaml", &set), ("apps/a/service.yaml", SERVICE)]);
    assert!(picture.contains("ApplicationSet all: its generator `clusters`"), "{picture}");
}

#[test]
fn a_kustomization_is_read_with_its_bases_and_what_it_changes() {
    let pvc = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {}\n";
    let root = application("notes", "path: overlay")
        .replace("  destination", "  syncPolicy: {automated: {prune: true}}\n  destination");
    let files = |overlay: &'static str| {
        [
            ("root.yaml", root.clone()),
            ("overlay/kustomization.yaml", overlay.to_owned()),
            ("base/kustomization.yaml", "resources: [data.yaml]\n".to_owned()),
            ("base/data.yaml", pvc.to_owned()),
        ]
    };
    let judged = |overlay| {
        let files = files(overlay);
        rules(&files.iter().map(|(path, text)| (*path, text.as_str())).collect::<Vec<_>>())
    };
    assert_eq!(judged("resources: [../base]\n"), ["unprotected-volume"]);
    let options = "argocd.argoproj.io/sync-options: 'Prune=false,Delete=false'";
    for fixed in [
        format!("resources: [../base]\ncommonAnnotations: {{{options}}}\n"),
        format!(
            "resources: [../base]\npatches:\n  - patch: |\n      kind: PersistentVolumeClaim\n      \
            metadata: {{name: \
             data, annotations: {{{options}}}}}\n"
        ),
        "resources: [../base]\npatches:\n  - target: {kind: PersistentVolumeClaim}\n    patch: |\n      \
        - {op: add, \
         path: /metadata/annotations/argocd.argoproj.io~1sync-options, value: 'Prune=false,Delete=false'}\n"
            .to_owned(),
    ] {
        assert_eq!(judged(Box::leak(fixed.into_boxed_str())), Vec::<String>::new());
    }
}

#[test]
fn a_kustomization_that_includes_itself_ends() {
    let root = application("notes", "path: a");
    let picture = reach(&[
        ("root.yaml", &root),
        ("a/kustomization.yaml", "resources: [../b]\n"),
        ("b/kustomization.yaml", "resources: [../a, service.yaml]\n"),
        ("b/service.yaml", SERVICE),
    ]);
    assert!(picture.starts_with("notes -> notes: 3 files, 1 resource\n"), "{picture}");
    assert!(picture.contains("it includes itself"), "{picture}");
}

#[test]
fn kustomizations_that_include_each_other_twice_end() {
    let root = application("notes", "path: k0");
    let names: Vec<_> = (0..23).map(|level| format!("k{level}/kustomization.yaml")).collect();
    let texts: Vec<_> = (1..24).map(|next| format!("resources: [../k{next}, ../k{next}]\n")).collect();
    let mut files = vec![("root.yaml", root.as_str()), ("k23/kustomization.yaml", "resources: []\n")];
    files.extend(names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)));
    let picture = reach(&files);
    assert!(picture.contains("include each other too often"), "{picture}");
}

#[test]
fn a_plain_folder_is_read_with_its_globs() {
    let taken = |directory: &str| {
        let root = application("notes", &format!("path: notes, directory: {{{directory}}}"));
        let picture = reach(&[
            ("root.yaml", &root),
            ("notes/a.yaml", SERVICE),
            ("notes/b.yaml", SERVICE),
            ("notes/below/c.yaml", SERVICE),
            ("notes/README.md", "kind: no\n"),
            ("notes/skipped.yaml", "# +argocd:skip-file-rendering\nkind: x\n"),
        ]);
        picture.split(": ").nth(1).and_then(|rest| rest.split(' ').next()).map(str::to_owned).unwrap()
    };
    assert_eq!(taken(""), "2");
    assert_eq!(taken("recurse: true"), "3");
    assert_eq!(taken("include: 'a*'"), "1");
    assert_eq!(taken("recurse: true, exclude: '{a,b}.yaml'"), "1");
}

#[test]
fn what_wharf_renders_has_no_findings() {
    let (mut judged, mut faulty) = (0, String::new());
    for case in cases::without_errors().unwrap() {
        let compiled = compile(&case.inputs().unwrap(), NonZeroUsize::MIN);
        judged += judge_rendered(&compiled, &case.name, &mut faulty);
    }
    assert!(faulty.is_empty(), "{faulty}");
    assert!(judged > 1000, "only {judged} objects were judged");
}

#[test]
fn what_wharf_renders_of_any_catalog_has_no_findings() {
    runner::check(24, catalogs::any_catalog(), |catalog: catalogs::Catalog| {
        let compiled = compile(&catalog.inputs(), NonZeroUsize::MIN);
        let mut faulty = String::new();
        judge_rendered(&compiled, "generated", &mut faulty);
        assert!(faulty.is_empty(), "{faulty}");
    });
}

/// Audits what a catalog renders, as the repository that the root Application applies. Adds the findings that
/// the catalog does not ask for; returns the number of objects.
fn judge_rendered(compiled: &Compiled, name: &str, faulty: &mut String) -> usize {
    let mut files: Vec<(String, String)> = tree(&compiled.objects, NonZeroUsize::MIN)
        .into_iter()
        .map(|(path, text)| (format!("rendered/{path}"), text))
        .collect();
    let root = application("root", "path: rendered, directory: {recurse: true}")
        .replace(URL, "https://rendered.example.com/home.git")
        .replace("  destination", "  syncPolicy: {automated: {prune: true, selfHeal: true}}\n  destination");
    files.push(("root.yaml".into(), root));
    // the catalog has its own rule about the health of Applications
    let health = "resource.customizations.health.argoproj.io_Application: return\n";
    files.push(("argocd/values.yaml".into(), health.into()));
    let tree = Tree::of_files(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let settings =
        Settings { repository: Some("https://rendered.example.com/home.git".into()), ..Settings::default() };
    let audited = audit(&tree, &settings, &|_| Err(String::new()));
    let deployed = audited.survey.clusters.iter().map(|deployed| deployed.facts.len()).sum();
    assert!(deployed >= compiled.objects.len(), "{name}: {deployed} objects");
    for finding in audited.findings.iter().filter(|finding| !is_meant(finding, compiled)) {
        let drawn = wharf::report::text::draw(std::slice::from_ref(finding), &audited.documents, false);
        let _ = writeln!(faulty, "{name}: {drawn}");
    }
    deployed
}

/// Whether the catalog states it: `toggleable` permits Argo CD to delete a namespace, and the objects of
/// templates are written by users.
fn is_meant(finding: &Finding, compiled: &Compiled) -> bool {
    let toggleable = compiled.model.entries.iter().filter(|entry| !entry.protected);
    let mut names = toggleable.map(|entry| format!("the Namespace `{}`", entry.namespace));
    let is_written = finding.message.contains("the PersistentVolumeClaim `shop-front-backup`");
    // a route may lead to what is deployed manually
    let is_elsewhere = finding.rule.name == "missing-reference"
        && ["there is no Service", "there is no Middleware"]
            .iter()
            .any(|text| finding.message.contains(text));
    // an edge may name all addresses, `privateCidrs` none, and `refreshInterval` zero
    let is_stated = ["policy-includes-lan", "secrets-never-refreshed"].contains(&finding.rule.name);
    // the case of a waiver for an option that a newer Argo CD knows
    let is_waived = finding.message.contains("ServerSideDiff=");
    is_written
        || is_elsewhere
        || is_stated
        || is_waived
        || finding.rule.name == "unprotected-namespace" && names.any(|name| finding.message.contains(&name))
}

#[test]
fn bad_files_are_left_out_and_said() {
    let root = application("notes", "path: notes");
    let deep = "[".repeat(100_000);
    let picture = reach(&[
        ("root.yaml", &root),
        (
            "notes/template.yaml",
            "{{- if .Values.x }}\napiVersion: v1\nkind: Service\nmetadata:\n{{ end \
        }}\n",
        ),
        ("notes/windows.yaml", &SERVICE.replace('\n', "\r\n")),
        ("notes/deep.yaml", &deep),
        ("notes/values.yaml", "a: [\n"),
        (
            "notes/encrypted.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: 'ENC[x]'}\nsops: {mac: x}\n",
        ),
    ]);
    assert!(picture.starts_with("notes -> notes: 5 files, 2 resources\n"), "{picture}");
    assert!(picture.contains("notes/template.yaml: line 1"), "{picture}");
    assert!(!picture.contains("notes/values.yaml"), "Argo CD skips it as well: {picture}");
}

#[test]
fn charts_of_folders_without_helm_make_namespaces_unknown() {
    let root = application("notes", "path: chart");
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, namespace: \
    notes}\nspec:\n  rules: \
                   [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: \
                   {number: \
                   80}}}}]}}]\n";
    let other = application("other", "path: other");
    let service = SERVICE.replace("name: web", "name: other, namespace: notes");
    let chart = [
        ("root.yaml", root.as_str()),
        ("other.yaml", other.as_str()),
        ("other/ingress.yaml", ingress),
        ("other/service.yaml", service.as_str()),
        ("chart/Chart.yaml", "apiVersion: v2\nname: notes\nversion: 1.0.0\n"),
    ];
    assert_eq!(rules(&chart), Vec::<String>::new());
    assert_eq!(rules(&chart[1..4]), ["missing-reference"]);
}

/// The rules that an Application `notes` with these files violates.
fn judged(spec: &str, files: &[(&str, &str)]) -> Vec<String> {
    let root = application("notes", "path: notes").replace(
        "  destination",
        &format!(
            "{spec}  \
    destination"
        ),
    );
    let mut all = vec![("root.yaml", root.as_str())];
    all.extend(files);
    rules(&all)
}

const PRUNES: &str = "  syncPolicy: {automated: {prune: true, selfHeal: true}}\n";

#[test]
fn what_cannot_be_deleted_or_is_kept_is_protected() {
    let namespace = |name: &str, more: &str| {
        format!("apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}{more}}}\n")
    };
    let found = |spec: &str, text: &str| judged(spec, &[("notes/namespace.yaml", text)]);
    assert_eq!(found(PRUNES, &namespace("notes", "")), ["unprotected-namespace"]);
    for text in [
        namespace("kube-system", ""),
        namespace("notes", ", annotations: {helm.sh/resource-policy: keep}"),
        namespace(
            "notes",
            ", annotations: {argocd.argoproj.io/sync-options: 'Delete=confirm, \
        Prune=false'}",
        ),
    ] {
        assert_eq!(found(PRUNES, &text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(found("", &namespace("notes", "")), Vec::<String>::new(), "nothing prunes");
    let all = "  syncPolicy: {automated: {prune: true}, syncOptions: [Prune=false, Delete=false]}\n";
    assert_eq!(found(all, &namespace("notes", "")), Vec::<String>::new(), "all objects are protected");
}

#[test]
fn options_that_state_a_default_are_not_reported() {
    let options = |list: &str| {
        let spec = format!("  syncPolicy: {{automated: {{prune: true}}, syncOptions: [{list}]}}\n");
        judged(&spec, &[("notes/service.yaml", SERVICE)])
    };
    assert_eq!(options("Replace=false, Validate=true, Prune=true, <OPTION>"), Vec::<String>::new());
    assert_eq!(
        options("Replace=False, ServerSideApply = true"),
        ["unknown-sync-option", "unknown-sync-option"]
    );
}

#[test]
fn objects_that_an_operator_or_another_repository_makes_are_not_missing() {
    let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n  \
    rules: [{http: \
                   {paths: [{path: /, pathType: Prefix, backend: {service: {name: other, port: {number: \
                   80}}}}]}}]\n";
    let missing = |more: &[(&str, &str)]| {
        let files = [&[("notes/ingress.yaml", ingress), ("notes/service.yaml", SERVICE)], more].concat();
        judged("", &files)
    };
    let operated = "apiVersion: grafana.integreatly.org/v1beta1\nkind: Grafana\nmetadata: {name: other}\n";
    assert_eq!(missing(&[]), ["missing-reference"]);
    assert_eq!(missing(&[("notes/grafana.yaml", operated)]), Vec::<String>::new());
    assert_eq!(
        judged("", &[("notes/ingress.yaml", ingress)]),
        Vec::<String>::new(),
        "nothing is deployed there"
    );
    let chart = "helmCharts: [{name: other, repo: 'https://charts.example.com'}]\nresources: \
    [ingress.yaml, \
                 service.yaml]\n";
    assert_eq!(missing(&[("notes/kustomization.yaml", chart)]), Vec::<String>::new());
    let renamed = "namePrefix: a-\nresources: [ingress.yaml, service.yaml]\n";
    assert_eq!(missing(&[("notes/kustomization.yaml", renamed)]), Vec::<String>::new());
    let gateway = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: \
    r}\nspec: {parentRefs: \
                   [{name: other, namespace: gateways}], rules: [{backendRefs: [{name: web}]}]}\n";
    let route = [("notes/route.yaml", gateway), ("notes/service.yaml", SERVICE)];
    assert_eq!(judged("", &route), Vec::<String>::new(), "Gateways of another repository");
}

#[test]
fn routes_that_only_tls_listeners_admit_are_not_reported() {
    let files = |listener: &str, route: &str| {
        let gateway = format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {{name: g}}\nspec:\n  \
            listeners:\n    - \
             {{name: http, protocol: HTTP, port: 80{listener}}}\n    - {{name: https, protocol: HTTPS, \
             port: 443}}\n"
        );
        let route = format!(
            "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {{name: r}}\nspec:\n  \
            parentRefs: \
             [{{name: g}}]\n  hostnames: [a.example.com]\n  rules: [{{{route}}}]\n"
        );
        judged("", &[("notes/g.yaml", &gateway), ("notes/r.yaml", &route), ("notes/s.yaml", SERVICE)])
    };
    let backend = "backendRefs: [{name: web, port: 80}]";
    assert_eq!(files("", backend), ["route-on-plain-listener"]);
    assert_eq!(files(", hostname: b.example.com", backend), Vec::<String>::new());
    assert_eq!(files(", allowedRoutes: {namespaces: {from: None}}", backend), Vec::<String>::new());
    assert_eq!(files("", "filters: [{type: RequestRedirect}]"), Vec::<String>::new());
}

#[test]
fn encrypted_placeholder_and_public_values_are_not_secret() {
    let secret = |more: &str| {
        let text = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: s{more}\n");
        judged("", &[("notes/secret.yaml", &text)])
    };
    assert_eq!(secret("}\ndata: {password: aHVudGVyMg==}"), ["secret-in-git"]);
    for more in [
        "}\nstringData: {username: admin, url: 'https://example.com/path', password: <PASSWORD>}",
        "}\nstringData: {password: changeme}",
        "}\ndata: {password: 'ENC[AES256_GCM,data:x]'}\nsops: {mac: x}",
        ", annotations: {avp.kubernetes.io/path: secret/data/a}}\nstringData: {password: hunter2}",
        ", labels: {argocd.argoproj.io/secret-type: cluster}}\nstringData: {config: \
        '{\"tlsClientConfig\": {}}'}",
    ] {
        assert_eq!(secret(more), Vec::<String>::new(), "{more}");
    }
}

#[test]
fn files_that_are_not_meant_to_be_listed_are_not_reported() {
    let found = |kustomization: &str, name: &str| {
        let path = format!("notes/{name}");
        let other = SERVICE.replace("name: web", "name: other");
        judged(
            "",
            &[
                ("notes/kustomization.yaml", kustomization),
                ("notes/service.yaml", SERVICE),
                (&path, &other),
                ("test/kustomization.yaml", "resources: [../notes/mentioned.yaml]\n"),
            ],
        )
    };
    assert_eq!(found("resources: [service.yaml]\n", "other.yaml"), ["unlisted-manifest"]);
    assert_eq!(found("resources: [service.yaml]\n# - other.yaml\n", "other.yaml"), Vec::<String>::new());
    for name in ["service.example.yaml", "values-service.yaml", "mentioned.yaml"] {
        assert_eq!(found("resources: [service.yaml]\n", name), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn paths_that_may_exist_elsewhere_are_not_missing() {
    let found = |source: &str| {
        let (one, other) = (application("one", source), application("two", "path: two"));
        rules(&[("one.yaml", &one), ("two.yaml", &other), ("two/service.yaml", SERVICE)])
    };
    assert_eq!(found("path: one"), ["missing-path"]);
    assert_eq!(found("path: 'one/<NAME>'"), Vec::<String>::new());
    let branch = |text: String| text.replace("targetRevision: main", "targetRevision: develop");
    let (one, other) = (branch(application("one", "path: one")), application("two", "path: two"));
    let files = [("one.yaml", one.as_str()), ("two.yaml", other.as_str()), ("two/service.yaml", SERVICE)];
    assert_eq!(rules(&files), Vec::<String>::new());
}

#[test]
fn projects_permit_by_patterns_and_by_cluster() {
    let project = |spec: &str| {
        format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {{name: home}}\nspec: \
            {{sourceRepos: ['*'], \
             {spec}}}\n"
        )
    };
    let custom = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\n";
    let found = |projects: &[String]| {
        let root = application("notes", "path: notes").replace("project: default", "project: home");
        let names = ["a.yaml", "b.yaml"];
        let mut files = vec![("root.yaml", root.as_str()), ("notes/custom.yaml", custom)];
        files.extend(names.iter().copied().zip(projects.iter().map(String::as_str)));
        rules(&files)
    };
    let all = "destinations: [{namespace: 'no*', server: '*'}]";
    assert_eq!(found(&[project(all)]), Vec::<String>::new());
    assert_eq!(
        found(&[project("destinations: [{namespace: other, server: '*'}]")]),
        ["unpermitted-application"]
    );
    let denied = "destinations: [{namespace: '*', server: '*'}, {namespace: '!notes', server: '*'}]";
    assert_eq!(found(&[project(denied)]), ["unpermitted-application"]);
    let listed =
        "clusterResourceWhitelist: [{group: example.com, kind: Thing}], namespaceResourceWhitelist: []";
    assert_eq!(
        found(&[project(&format!("{all}, {listed}"))]),
        Vec::<String>::new(),
        "the scope is not known"
    );
    assert_eq!(
        found(&[project("destinations: []"), project(all)]),
        Vec::<String>::new(),
        "one for each cluster"
    );
}

#[test]
fn any_bytes_are_survived() {
    let pages = std::fs::read_dir("src/rules").unwrap().map(|page| page.unwrap().path());
    let texts = pages.filter(|path| path.extension().is_some_and(|end| end == "md"));
    let blocks: Vec<String> = texts
        .flat_map(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            let parts: Vec<_> = text.split("```yaml ").skip(1).map(str::to_owned).collect();
            parts.into_iter().filter(|part| part.contains("kind: ")).collect::<Vec<_>>()
        })
        .filter_map(|block| Some(block.split_once('\n')?.1.split("```").next()?.to_owned()))
        .collect();
    assert!(blocks.len() > 100, "only {} manifests", blocks.len());
    let root = application("notes", "path: notes");
    for (number, block) in blocks.iter().enumerate() {
        let cut: String = block.chars().take(block.chars().count() * (number % 10 + 1) / 10).collect();
        let odd = block.replace(": {", ": [{").replace("name:", "\u{0}name:");
        let typed = block.replace('[', "{").replace(']', "}");
        let flat = block.replace("spec:", "spec: 7 #").replace("metadata: {", "metadata: [{a: ");
        for text in [cut, odd, typed, flat] {
            for path in ["notes/a.yaml", "notes/kustomization.yaml", ".wharf.yml", "root/a.yaml"] {
                let tree = Tree::of_files([("root.yaml", root.as_str()), (path, text.as_str())]);
                let audited = audit(&tree, &Settings::default(), &|_| Err(String::new()));
                let _ = (picture::text(&audited), picture::json(&audited));
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn kustomizations_with_patches_are_built_by_kustomize() {
    let Some(programs) = std::env::var_os("WHARF_TEST_PROGRAMS") else { return };
    let folder = folder();
    write(folder.path().join("root.yaml"), application("notes", "path: notes"));
    let notes = folder.path().join("notes");
    let overlay = "resources: [all.yaml]
configMapGenerator: [{name: settings, literals: [theme=dark]}]
patches:
  - target: {kind: Service}
    patch: |
      - op: replace
        path: /spec/ports/0/targetPort
        value: web
";
    write(notes.join("kustomization.yaml"), overlay);
    let pods = "{metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web, envFrom: \
                [{configMapRef: {name: settings}}], ports: [{name: http, containerPort: 80}]}]}}";
    let all = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec: {{selector: {{matchLabels: \
         {{app: web}}}}, template: {pods}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: \
         web}}\nspec: {{selector: {{app: web}}, ports: [{{port: 80, targetPort: http}}]}}\n"
    );
    write(notes.join("all.yaml"), all);
    let audit = |path: &std::ffi::OsStr| wharf(["audit", "."]).within(folder.path()).variable("PATH", path);
    let found =
        audit(&programs).fails(1).says("no container of the selected pods has a port named `web`").err;
    assert!(found.contains("notes/all.yaml:8:18") && found.contains("wharf: 1 error\n"), "{found}");
    let left_out = "left out notes: its patches: kustomize is not installed, so that what they change is not";
    audit("/nowhere".as_ref()).succeeds().says(left_out);
}

#[test]
fn charts_of_folders_are_rendered_by_helm() {
    let Some(programs) = std::env::var_os("WHARF_TEST_PROGRAMS") else { return };
    let folder = folder();
    let source = "path: charts/notes, helm: {valueFiles: [more.yaml], valuesObject: {port: http}, \
    parameters: [{name: \
                  kind, value: PersistentVolumeClaim}]}";
    write(
        folder.path().join("root.yaml"),
        application("notes", source).replace("  destination", &format!("{PRUNES}  destination")),
    );
    let chart = folder.path().join("charts/notes");
    write(chart.join("Chart.yaml"), "apiVersion: v2\nname: notes\nversion: 1.0.0\n");
    write(chart.join("values.yaml"), "kind: Service\n");
    write(chart.join("more.yaml"), "name: data\n");
    write(
        chart.join("templates/all.yaml"),
        "apiVersion: v1\nkind: {{ .Values.kind }}\nmetadata: {name: {{ .Values.name }}, labels: {port: \
        {{ .Values.port \
         }}}}\nspec: {}\n",
    );
    let audit = |path: &std::ffi::OsStr| wharf(["audit", "."]).within(folder.path()).variable("PATH", path);
    let found = audit(&programs).succeeds().says("the PersistentVolumeClaim `data`").err;
    assert!(found.contains("root.yaml:6:") && !found.contains("left out"), "{found}");
    audit("/nowhere".as_ref()).succeeds().says("helm is not installed, so that this chart is not rendered");
}

/// A folder with a root Application and a namespace that it prunes.
fn repository() -> TempDir {
    let folder = folder();
    let root = application("notes", "path: notes").replace(
        "  destination",
        "  syncPolicy: {automated: {prune: true, selfHeal: true}}\n  \
        destination",
    );
    write(folder.path().join("root.yaml"), root);
    write(
        folder.path().join("notes/namespace.yaml"),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: notes}\n",
    );
    folder
}

#[test]
fn what_is_stated_is_not_assumed() {
    let folder = folder();
    let root = application("root", "path: 'clusters/<NAME>'").replace(URL, "<URL>");
    let old = application("old", "path: 'clusters/<NAME>/notes'").replace(URL, "<URL>");
    write(folder.path().join("home/root.yaml"), root);
    write(folder.path().join("home/notes/service.yaml"), SERVICE);
    write(folder.path().join("old/old.yaml"), old);
    let stated = ["audit", "--reach", "--repository", "<URL>", "--path", "clusters/<NAME>=home", "--root"];
    let reach = |root: &str| wharf(stated.iter().chain(&[root])).within(folder.path()).succeeds().out;
    let of_home = reach("home/root.yaml");
    assert_eq!(
        of_home,
        "root -> root: 1 file, 1 resource\n\ndeployed by nothing:\n  home/notes/service.yaml\n  \
        old/old.yaml\n"
    );
    assert!(reach("old").starts_with("old -> old: 1 file, 1 resource\n"), "{}", reach("old"));
    let json = stated.iter().chain(&["home/root.yaml", "--format", "json"]);
    let json: serde_json::Value =
        serde_json::from_str(&wharf(json).within(folder.path()).succeeds().out).unwrap();
    assert_eq!(json["applications"][0]["files"], serde_json::json!(["home/root.yaml"]));
    assert_eq!(json["deployedByNothing"], serde_json::json!(["home/notes/service.yaml", "old/old.yaml"]));
    assert_eq!(json["assumptions"], serde_json::json!([]));
    wharf(["audit", "--path", "wrong"]).within(folder.path()).fails(2).says("write it as FROM=TO");
}

#[test]
fn every_format_of_check_is_printed() {
    let folder = repository();
    let ran = wharf(["audit", "."]).within(folder.path()).succeeds().says("warning[unprotected-namespace]");
    assert!(ran.err.contains("notes/namespace.yaml:3:18"), "{}", ran.err);
    assert_eq!(ran.out, "");
    for format in ["json", "gitlab", "github", "sarif", "junit"] {
        let ran = wharf(["audit", "--format", format]).within(folder.path()).succeeds();
        assert!(ran.out.contains("notes/namespace.yaml"), "{format}: {}", ran.out);
    }
    write(
        folder.path().join("notes/secret.yaml"),
        "apiVersion: v1\nkind: Service\nmetadata: {name: a, labels: {b: 1}}\n",
    );
    assert_eq!(wharf(["audit"]).within(folder.path()).run().code, Some(1));
    assert_eq!(wharf(["audit", "missing"]).within(folder.path()).run().code, Some(2));
}

#[test]
fn a_stream_is_judged_by_its_tracking() {
    let list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: argoproj.io/v1alpha1\n  kind: \
    Application\n  metadata: \
                {name: notes, namespace: argocd}\n  spec: {syncPolicy: {automated: {prune: true}}, \
                destination: \
                {namespace: notes}}\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: \
                notes\n    \
                annotations: {argocd.argoproj.io/tracking-id: 'notes:/Namespace:/notes'}\n- apiVersion: \
                v1\n  kind: \
                Namespace\n  metadata: {name: other}\n";
    let ran = wharf(["audit", "-"]).input(list).succeeds().says("warning[unprotected-namespace]");
    assert!(ran.err.contains("<stdin>:11") && !ran.err.contains("`other`"), "{}", ran.err);
}

#[test]
fn a_baseline_hides_what_it_lists() {
    let folder = repository();
    let baseline = wharf(["audit", "--print-baseline"]).within(folder.path()).succeeds().out;
    assert_eq!(
        baseline,
        "unprotected-namespace notes/namespace.yaml [0].metadata.name Argo CD deletes the Namespace \
        `notes` when its \
         manifest is removed, renamed or moved\n"
    );
    write(folder.path().join("audit.baseline"), baseline);
    let hidden = || wharf(["audit", "--baseline", "audit.baseline"]).within(folder.path()).succeeds().err;
    assert!(!hidden().contains("warning["), "{}", hidden());
    write(
        folder.path().join("notes/other.yaml"),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n",
    );
    assert!(hidden().contains("`other`") && !hidden().contains("`notes`"), "{}", hidden());
}

#[test]
fn only_what_a_change_adds_is_reported() {
    let folder = repository();
    let git = "git -c user.name=a -c user.email=a@example.com -c init.defaultBranch=main";
    shell(&format!(
        "{git} init -q && {git} add . && {git} commit -qm \
    one"
    ))
    .within(folder.path())
    .succeeds();
    write(
        folder.path().join("notes/other.yaml"),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n",
    );
    let ran = wharf(["audit", "--since", "HEAD"]).within(folder.path()).succeeds();
    assert!(ran.err.contains("`other`") && !ran.err.contains("the Namespace `notes`"), "{}", ran.err);
    wharf(["audit", "--since", "nonsense"])
        .within(folder.path())
        .fails(2)
        .says("git knows no revision `nonsense`");
    wharf(["audit", "--since=--help"]).within(folder.path()).fails(2).says(
        "git knows no revision \
    `--help`",
    );
    shell("git status --porcelain").within(folder.path()).succeeds().prints("?? notes/other.yaml");
}

#[cfg(unix)]
#[test]
fn nothing_outside_of_the_folder_is_read() {
    let outside = folder();
    write(
        outside.path().join("secret.yaml"),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: \
    outside}\n",
    );
    let folder = repository();
    std::os::unix::fs::symlink(outside.path().join("secret.yaml"), folder.path().join("notes/link.yaml"))
        .unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("notes/linked")).unwrap();
    write(folder.path().join("module/.git"), "gitdir: ../.git/modules/module\n");
    write(
        folder.path().join("module/namespace.yaml"),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n",
    );
    let reach = wharf(["audit", "--reach", "."]).within(folder.path()).succeeds().out;
    assert!(reach.contains("notes/link.yaml: this link points outside the folder"), "{reach}");
    assert!(reach.contains("module: it is another repository"), "{reach}");
    let found = wharf(["audit", "."]).within(folder.path()).succeeds().err;
    assert!(!found.contains("`outside`"), "{found}");
}

#[test]
fn ten_thousand_files_and_huge_definitions_are_read() {
    let folder = repository();
    let mut many = String::new();
    for number in 0..10_000 {
        many.clear();
        let _ = write!(
            many,
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}}}\ndata: {{a: \
            b}}\n"
        );
        write(folder.path().join(format!("notes/{number}.yaml")), &many);
    }
    write(folder.path().join("notes/huge.yaml"), "a: b\n".repeat(1 << 20));
    let reach = wharf(["audit", "--reach", "."]).within(folder.path()).succeeds().out;
    assert!(reach.starts_with("notes -> notes: 10001 files, 10001 resources\n"), "{reach}");
    assert!(reach.contains("notes/huge.yaml: it is longer than 4 MiB"), "{reach}");
}

#[test]
fn plain_folders_of_a_catalog_are_judged_with_what_it_renders() {
    let folder = folder();
    let at = |path: &str| folder.path().join(path);
    write(at("platform.yml"), format!("repository: {{url: '{URL}', revision: main}}\ndomain: example.com\n"));
    write(
        at("applications.yml"),
        "- namespace: web-notes\n  networkPolicies: {profile: web-app}\n  applications:\n    - \
         {applicationCode: notes, path: apps/notes, directory: {}}\n",
    );
    write(at("apps/notes/service.yaml"), SERVICE.replace("{name: web}", "{name: web, labels: {tier: 1}}"));
    wharf(["check"]).within(folder.path()).succeeds();
    wharf(["render", "--output", "rendered"]).within(folder.path()).succeeds();
    let found = wharf(["audit"]).within(folder.path()).fails(1).err;
    assert!(
        found.contains("error[metadata-type]") && found.contains("apps/notes/service.yaml:3:"),
        "{found}"
    );
    assert!(found.contains("wharf: 1 error\n"), "{found}");
}
