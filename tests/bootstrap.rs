//! The output of `wharf bootstrap`, checked against Argo CD's own rules for the permissions of a project, for
//! every catalog of the repository and for generated ones.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test reads files"
)]

#[path = "support/catalogs.rs"]
mod catalogs;
#[path = "support/permission.rs"]
mod permission;
#[path = "support/project.rs"]
#[allow(dead_code, reason = "only the verdict is used")]
mod project;
#[path = "support/runner.rs"]
mod runner;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use permission::{permits, permits_application, permits_destination, permits_kind, permits_source};
use serde_json::{Value as Json, json};
use wharf::bootstrap::Bootstrap;
use wharf::compile::compile;
use wharf::inputs::{Inputs, Source};
use wharf::model::ArgoCd;
use wharf::platform::RootProject;
use wharf::report::text;
use wharf::schemas::to_json;

/// The output of a catalog, as JSON.
struct Buckets {
    /// The project with the settings of `platform.yml`.
    root_project: Json,
    /// The same with `argocd.root.project: general`, and with `exact`.
    general: Json,
    exact: Json,
    /// The general project of a catalog without entries.
    general_without_entries: Json,
    /// Whether the version of Argo CD supports names of cluster resources.
    knows_names: bool,
    /// The namespaces `kube-*` with rendered objects.
    system_namespaces: BTreeSet<String>,
    root_application: Json,
    objects: Vec<Json>,
    files: Vec<(String, String)>,
}

impl Buckets {
    /// The cluster of all Applications.
    fn server(&self) -> &str {
        self.root_application["spec"]["destination"]["server"].as_str().expect("a server")
    }

    /// Whether anything is permitted by the list `key` of the project.
    fn uses(&self, project: &Json, key: &str) -> bool {
        let scoped = |object: &&Json| {
            object["metadata"]["namespace"].is_string() != (key == "clusterResourceWhitelist")
        };
        match key {
            "sourceRepos" => permits_application(project, &self.root_application),
            _ => self.objects.iter().filter(scoped).any(|object| permits(project, object, self.server())),
        }
    }

    /// The first object that the root application is not permitted to apply.
    fn refused<'m>(&'m self, project: &Json) -> Option<&'m Json> {
        let root_may_not =
            || (!permits_application(project, &self.root_application)).then_some(&self.root_application);
        self.objects.iter().find(|object| !permits(project, object, self.server())).or_else(root_may_not)
    }
}

/// The output of `inputs` without errors.
fn make(inputs: &Inputs) -> Buckets {
    let mut compiled = compile(inputs, NonZeroUsize::MIN);
    assert!(!compiled.has_errors(), "{}", text::draw(&compiled.findings, &compiled.documents, false));
    let bootstrap = Bootstrap::new(&compiled.model, &compiled.objects);
    let [root_project, root_application, ..] = &bootstrap.objects[..] else {
        panic!("a project and an application")
    };
    let (root_project, root_application) = (to_json(root_project), to_json(root_application));
    let objects = compiled.objects.iter().map(to_json).collect();
    let files = bootstrap.tree().into_iter().collect();
    let mut project = |kind: RootProject, entries: bool| {
        compiled.model.platform.argocd.root.project = kind;
        if !entries {
            compiled.model.entries.clear();
        }
        to_json(&Bootstrap::new(&compiled.model, if entries { &compiled.objects } else { &[] }).objects[0])
    };
    let (general, exact) = (project(RootProject::General, true), project(RootProject::Exact, true));
    let general_without_entries = project(RootProject::General, false);
    let namespaces = compiled.objects.iter().filter_map(|object| Some(object.namespace.as_ref()?.as_str()));
    Buckets {
        root_project,
        general,
        exact,
        general_without_entries,
        knows_names: compiled.model.platform.argocd.reaches(ArgoCd::RESOURCE_NAMES),
        system_namespaces: namespaces
            .filter(|namespace| namespace.starts_with("kube-"))
            .map(str::to_owned)
            .collect(),
        root_application,
        objects,
        files,
    }
}

/// Checks a property for every catalog of the repository without errors, and for some that are generated.
fn everywhere(law: impl Fn(&Buckets)) {
    for (case, inputs) in catalogs::without_errors() {
        println!("{}", case.name);
        law(&make(&inputs));
    }
    runner::check(60, catalogs::any_catalog(), |catalog| law(&make(&catalog.inputs())));
}

#[test]
fn the_root_project_permits_everything_that_is_rendered() {
    everywhere(|made| {
        for project in [&made.root_project, &made.exact] {
            assert_eq!(made.refused(project), None);
            assert_eq!(project::validate(project), Ok(()));
        }
        assert_eq!(made.root_application["spec"]["project"], made.root_project["metadata"]["name"]);
    });
}

#[test]
fn the_general_project_depends_on_no_entry_and_permits_nothing_of_kubernetes_itself() {
    everywhere(|made| {
        assert_eq!(made.general, made.general_without_entries);
        let (root, server) = (&made.general, made.server());
        for key in ["sourceRepos", "destinations", "clusterResourceWhitelist"] {
            assert!(!made.general["spec"][key].as_array().expect(key).is_empty());
        }
        for (group, kind) in [
            ("", "ConfigMap"),
            ("traefik.io", "IngressRoute"),
            ("cilium.io", "CiliumNetworkPolicy"),
            ("example.com", "Anything"),
        ] {
            assert!(permits_kind(root, group, kind, "any", true), "{kind}");
        }
        assert!(!permits_kind(root, "argoproj.io", "ApplicationSet", "any", true));
        assert!(
            permits_destination(root, server, "no-such-entry")
                && permits_kind(root, "", "Namespace", "no-such-entry", false)
        );
        for namespace in ["kube-system", "kube-public", "kube-node-lease"] {
            // a catalog with objects there that its general project does not permit has an exact one
            let needed = made.root_project != made.exact && made.system_namespaces.contains(namespace);
            assert_eq!(permits_destination(root, server, namespace), needed, "{namespace}");
            assert_eq!(
                permits_kind(root, "", "Namespace", namespace, false),
                !made.knows_names,
                "{namespace}"
            );
        }
        for (group, kind) in [
            ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
            ("apiextensions.k8s.io", "CustomResourceDefinition"),
            ("", "Node"),
        ] {
            assert!(!permits_kind(root, group, kind, "any", false), "{kind}");
        }
        assert!(!permits_source(root, "https://git.example.com/somebody/else.git"));
    });
}

#[test]
fn argo_cd_2_4_cannot_deny_namespaces() {
    let made = |version: &str| {
        let platform = format!(
            "repository: {{url: https://git.example.com/c.git}}\ndomain: example.com\n\
             argocd: {{version: \"{version}\"}}\n"
        );
        let mut inputs =
            Inputs { platform: Some(Source::new("platform.yml", platform)), ..Inputs::default() };
        inputs.applications =
            Source::new("applications.yml", "- namespace: web-notes\n  networkPolicies: {profile: base}\n");
        make(&inputs)
    };
    let (older, newer) = (made("2.4"), made("2.5"));
    assert!(permits_destination(&older.general, older.server(), "kube-system"));
    assert!(!permits_destination(&newer.general, newer.server(), "kube-system"));
    let checklist = |made: &Buckets| {
        made.files.iter().find(|(path, _)| path == "checklist.txt").expect("a checklist").1.clone()
    };
    let line = "Argo CD 2.4 cannot deny namespaces, 2.5 can: the project permits objects in kube-*";
    assert!(checklist(&older).contains(line) && !checklist(&newer).contains("cannot deny namespaces"));
}

#[test]
fn the_exact_project_permits_nothing_that_is_not_rendered() {
    everywhere(|made| {
        for key in ["sourceRepos", "destinations", "clusterResourceWhitelist", "namespaceResourceWhitelist"] {
            // without a list, Argo CD permits no cluster-scoped kind
            if key == "clusterResourceWhitelist" && made.exact["spec"][key].is_null() {
                continue;
            }
            let items = made.exact["spec"][key].as_array().unwrap_or_else(|| panic!("{key} is set"));
            assert!(!items.is_empty(), "an empty list means everything once Argo CD has written it back");
            for (index, item) in items.iter().enumerate() {
                assert!(!items[..index].contains(item), "{item} is listed twice");
                let mut narrow = made.exact.clone();
                narrow["spec"][key] = json!([item]);
                assert!(made.uses(&narrow, key), "nothing needs {item} of {key}");
            }
        }
        let root = &made.exact;
        for (group, kind) in [
            ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
            ("apiextensions.k8s.io", "CustomResourceDefinition"),
            ("", "Node"),
        ] {
            assert!(!permits_kind(root, group, kind, "any", false), "{kind}");
        }
        for (group, kind) in [
            ("rbac.authorization.k8s.io", "Role"),
            ("", "Secret"),
            ("", "Pod"),
            ("apps", "Deployment"),
            ("", "serviceaccount"),
        ] {
            assert!(!permits_kind(root, group, kind, "any", true), "{kind}");
        }
        for namespace in ["kube-system", "default", "no-such-entry"] {
            let is_used = made.objects.iter().any(|object| object["metadata"]["namespace"] == namespace);
            assert_eq!(
                permits_destination(root, made.server(), namespace),
                made.system_namespaces.contains(namespace) || is_used,
                "{namespace}"
            );
        }
        assert!(!permits_source(root, "https://git.example.com/somebody/else.git"));
    });
}

#[test]
fn the_project_of_an_entry_permits_its_applications() {
    everywhere(|made| {
        let of_kind = |kind: &'static str| made.objects.iter().filter(move |object| object["kind"] == kind);
        for application in of_kind("Application") {
            let name = &application["spec"]["project"];
            let project = of_kind("AppProject")
                .find(|project| project["metadata"]["name"] == *name)
                .expect("its project exists");
            assert!(
                permits_application(project, application),
                "{name} permits {}",
                application["metadata"]["name"]
            );
        }
    });
}

#[test]
fn deleting_the_root_application_deletes_nothing() {
    everywhere(|made| {
        for object in [&made.root_project, &made.root_application] {
            assert_eq!(object["metadata"].get("finalizers"), None);
        }
        assert_eq!(
            made.root_application["spec"]["syncPolicy"]["automated"],
            json!({"prune": true, "selfHeal": true})
        );
    });
}

#[test]
fn no_rendered_object_has_the_name_of_a_root_object() {
    everywhere(|made| {
        for root in [&made.root_project, &made.root_application] {
            let same = |object: &&Json| {
                ["kind", "metadata"].iter().all(|key| object[*key]["name"] == root[*key]["name"])
                    && object["kind"] == root["kind"]
            };
            assert_eq!(made.objects.iter().find(same), None);
        }
    });
}

#[test]
fn every_manual_secret_is_on_the_checklist() {
    let (_, inputs) = catalogs::without_errors()
        .into_iter()
        .find(|(case, _)| case.name == "bootstrap-checklist")
        .expect("the case");
    let made = make(&inputs);
    let checklist = &made.files.iter().find(|(path, _)| path == "checklist.txt").expect("a checklist").1;
    for name in [
        "create secret generic tunnel",
        "web-notes/backup (sops)",
        "web-notes/mail (sealed)",
        "web-notes, property password",
    ] {
        assert!(checklist.contains(name), "{name}");
    }
}

#[test]
fn the_health_check_is_that_of_the_page() {
    let page = include_str!("../src/rules/waves-without-health.md");
    let lua = include_str!("../golden/bootstrap-self-managed/bootstrap/argocd-values.yaml");
    let lines: Vec<_> =
        lua.lines().skip_while(|line| !line.ends_with('|')).skip(1).take(2).map(str::trim).collect();
    assert_eq!(lines.len(), 2);
    assert!(page.contains(&lines.join("\n")));
}

#[test]
fn permissions_are_evaluated_as_in_argo_cd() {
    let project = |spec: Json| json!({ "spec": spec });
    let open = project(json!({}));
    assert!(permits_kind(&open, "", "Secret", "any", true), "no list permits all namespaced kinds");
    assert!(!permits_kind(&open, "", "Namespace", "any", false), "and no other");
    assert!(!permits_destination(&open, "https://a", "web") && !permits_source(&open, "https://a"));
    let shut = project(json!({"namespaceResourceWhitelist": [], "clusterResourceWhitelist": []}));
    assert!(!permits_kind(&shut, "", "Secret", "any", true), "an empty list permits none");
    let kinds = project(json!({
        "namespaceResourceWhitelist": [{"group": "*", "kind": "Network*"}],
        "namespaceResourceBlacklist": [{"group": "cilium.io", "kind": "*"}],
    }));
    assert!(permits_kind(&kinds, "networking.k8s.io", "NetworkPolicy", "any", true));
    assert!(!permits_kind(&kinds, "networking.k8s.io", "networkpolicy", "any", true), "case matters");
    assert!(!permits_kind(&kinds, "cilium.io", "NetworkPolicy", "any", true), "what is denied is denied");
    let named =
        project(json!({"clusterResourceWhitelist": [{"group": "", "kind": "Namespace", "name": "web-*"}]}));
    assert!(
        permits_kind(&named, "", "Namespace", "web-notes", false)
            && !permits_kind(&named, "", "Namespace", "sys-dns", false)
    );
    let locations = project(json!({
        "destinations": [
            {"server": "*", "namespace": "web-*"},
            {"server": "*", "namespace": "!web-secret"},
        ],
    }));
    assert!(
        permits_destination(&locations, "https://a/b", "web-notes")
            && !permits_destination(&locations, "https://a/b", "web-secret")
    );
    let sources =
        project(json!({"sourceRepos": ["https://git.example.com/*", "!https://git.example.com/own"]}));
    assert!(permits_source(&sources, "https://git.example.com/Home.git"), "case and `.git` do not matter");
    assert!(
        !permits_source(&sources, "https://git.example.com/own.git"),
        "a denied repository is denied in every spelling"
    );
    assert!(permits_source(&sources, "https://elsewhere.org/a"), "a denial permits everything else");
    assert!(
        !permits_source(
            &project(json!({"sourceRepos": ["https://git.example.com/*"]})),
            "https://git.example.com/a/b"
        ),
        "a star ends at a slash"
    );
    assert!(permits_source(
        &project(json!({"sourceRepos": ["https://git.example.com/**"]})),
        "https://git.example.com/a/b"
    ));
}
