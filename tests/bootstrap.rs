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

use std::num::NonZeroUsize;

use permission::{permits, permits_application, permits_destination, permits_kind, permits_source};
use serde_json::{Value as Json, json};
use wharf::bootstrap::Bootstrap;
use wharf::compile::compile;
use wharf::inputs::Inputs;
use wharf::schemas::to_json;

/// The output of a catalog, as JSON.
struct Buckets {
    root_project: Json,
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

/// The output of `inputs`; nothing if they have errors.
fn make(inputs: &Inputs) -> Option<Buckets> {
    let compiled = compile(inputs, NonZeroUsize::MIN);
    if compiled.has_errors() {
        return None;
    }
    let bootstrap = Bootstrap::new(&compiled.model, &compiled.objects);
    let [root_project, root_application] = &bootstrap.objects[..] else {
        panic!("a project and an application")
    };
    Some(Buckets {
        root_project: to_json(root_project),
        root_application: to_json(root_application),
        objects: compiled.objects.iter().map(to_json).collect(),
        files: bootstrap.tree().into_iter().collect(),
    })
}

/// Checks a property for every catalog of the repository without errors, and for some that are generated.
fn everywhere(law: impl Fn(&Buckets)) {
    let made = catalogs::folders()
        .into_iter()
        .filter_map(|folder| Some((make(&catalogs::inputs_of(&folder))?, folder)));
    let mut examples = 0;
    for (made, folder) in made {
        println!("{folder}");
        examples += usize::from(folder.contains("/examples/"));
        law(&made);
    }
    assert!(examples >= 2, "the examples are checked too");
    runner::check(60, catalogs::any_catalog(), |catalog| {
        law(&make(&catalog.inputs()).expect("a generated catalog has no errors"));
    });
}

#[test]
fn the_root_project_permits_everything_that_is_rendered() {
    everywhere(|made| {
        assert_eq!(made.refused(&made.root_project), None);
        assert_eq!(project::validate(&made.root_project), Ok(()));
        assert_eq!(made.root_application["spec"]["project"], made.root_project["metadata"]["name"]);
    });
}

#[test]
fn the_root_project_permits_nothing_that_is_not_rendered() {
    everywhere(|made| {
        for key in ["sourceRepos", "destinations", "clusterResourceWhitelist", "namespaceResourceWhitelist"] {
            let items = made.root_project["spec"][key].as_array().unwrap_or_else(|| panic!("{key} is set"));
            assert!(!items.is_empty(), "an empty list means everything once Argo CD has written it back");
            for (index, item) in items.iter().enumerate() {
                assert!(!items[..index].contains(item), "{item} is listed twice");
                let mut narrow = made.root_project.clone();
                narrow["spec"][key] = json!([item]);
                assert!(made.uses(&narrow, key), "nothing needs {item} of {key}");
            }
        }
        let root = &made.root_project;
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
            assert!(!permits_destination(root, made.server(), namespace), "{namespace}");
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
    let manual = catalogs::folders()
        .into_iter()
        .find(|folder| folder.ends_with("golden/bootstrap-checklist"))
        .expect("the case");
    let made = make(&catalogs::inputs_of(&manual)).expect("no error");
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
