//! `wharf import`: what wharf renders comes back as a catalog that renders the same objects, and what others
//! wrote comes back with a class for each object.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests read files and may panic"
)]

#[path = "support/catalogs.rs"]
mod catalogs;
#[path = "support/cli.rs"]
mod cli;
#[path = "import/policies.rs"]
mod policies;
#[path = "support/reach.rs"]
#[allow(dead_code, reason = "only a part of it is used")]
mod reach;
#[path = "import/roundtrip.rs"]
mod roundtrip;

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use cli::wharf;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use tempfile::TempDir;
use wharf::audit::{Settings, audit, paths};
use wharf::cluster::Cluster;
use wharf::compile::compile;
use wharf::import::{Before, Class, Facts, Folders, Import, import};
use wharf::inputs::{Inputs, Source, Tree};
use wharf::kubernetes::Resource;
use wharf::schemas::value_json;

const ONE: NonZeroUsize = NonZeroUsize::MIN;

/// The import of what a catalog renders, with its own facts.
fn imported(inputs: &Inputs) -> Import {
    let compiled = compile(inputs, ONE);
    assert!(!compiled.has_errors());
    let facts = Facts {
        platform: inputs.platform.clone(),
        profiles: inputs.profiles.clone(),
        lock: inputs.lock.clone(),
        environment: inputs.environment.clone(),
        ..Facts::default()
    };
    import(&Before::of_cluster(Cluster::of_objects(&compiled.objects)), &facts, ONE)
}

/// The rows of all cases without an error whose name is wanted, except for those that are equal.
fn others(wanted: impl Fn(&str) -> bool) -> (usize, Vec<String>) {
    let (mut judged, mut others) = (0, Vec::new());
    for (case, inputs) in catalogs::without_errors() {
        if wanted(&case.name) {
            let proof = imported(&inputs).proof;
            assert_eq!(proof.errors, Vec::<String>::new(), "{}", case.name);
            judged += proof.rows.len();
            let rows = proof.rows.iter().filter(|row| row.class != Class::Equal);
            others.extend(rows.map(|row| {
                format!("{}: {} {} {}", case.name, row.object, row.class.name(), row.class.detail())
            }));
        }
    }
    (judged, others)
}

#[test]
fn the_examples_come_back_as_they_were() {
    let (judged, others) = others(|name| name.starts_with("examples/"));
    assert!(judged > 1500, "only {judged} objects were judged");
    assert_eq!(others, Vec::<String>::new());
}

#[test]
fn the_golden_cases_come_back_as_they_were() {
    let (judged, others) = others(|name| !name.starts_with("examples/"));
    assert!(judged > 2500, "only {judged} objects were judged");
    assert_eq!(others, Vec::<String>::new());
}

/// The objects of the files that an import wrote, rendered by a compilation of their own.
fn rendered_again(imported: &Import, inputs: &Inputs) -> BTreeMap<String, serde_json::Value> {
    let named = |folder: &str| {
        let files = imported.files.iter();
        let files = files.filter_map(|(path, text)| {
            let name = path.strip_prefix(folder)?.strip_suffix(".yml")?;
            Some((name.to_owned(), Source::new(path.clone(), text.clone())))
        });
        files.collect()
    };
    let file = |name: &str| Source::new(name, imported.files[name].clone());
    let optional = |name: &str| imported.files.get(name).map(|text| Source::new(name, text.clone()));
    let again = Inputs {
        applications: file("applications.yml"),
        platform: Some(file("platform.yml")),
        profiles: named("profiles/"),
        templates: named("templates/"),
        lock: optional("applications.lock.yml"),
        baseline: optional("applications.baseline.yml"),
        environment: inputs.environment.clone(),
        ..Inputs::default()
    };
    objects(&Cluster::of_objects(&compile(&again, ONE).objects))
}

fn objects(cluster: &Cluster) -> BTreeMap<String, serde_json::Value> {
    let object = |object: &Resource| (object.identity().to_string(), json(object));
    cluster.resources().iter().map(object).collect()
}

fn json(object: &Resource) -> serde_json::Value {
    value_json(&object.value.clone().into())
}

#[test]
fn random_catalogs_come_back_as_they_were() {
    let mut runner = TestRunner::deterministic();
    let mut all = 0;
    for number in 0..40 {
        let catalog = catalogs::any_catalog().new_tree(&mut runner).unwrap().current();
        let inputs = catalog.inputs();
        let compiled = compile(&inputs, ONE);
        assert!(!compiled.has_errors(), "{number}: {catalog:?}");
        let before = objects(&Cluster::of_objects(&compiled.objects));
        let imported = imported(&inputs);
        let others = imported.proof.rows.iter().filter(|row| row.class != Class::Equal);
        let others: Vec<_> = others.map(|row| format!("{} {}", row.object, row.class.detail())).collect();
        assert_eq!(others, Vec::<String>::new(), "{number}: {catalog:?}");
        assert!(rendered_again(&imported, &inputs) == before, "{number}: {catalog:?}");
        all += before.len();
    }
    assert!(all > 5000, "only {all} objects");
}

/// The files of a folder of `tests/import/`, by their paths.
fn fixture(name: &str) -> BTreeMap<String, String> {
    let folder = Path::new("tests/import").join(name);
    let relative = |(path, text): (String, String)| {
        let path = Path::new(&path).strip_prefix(&folder).unwrap().display().to_string();
        (path, text)
    };
    all(&folder).into_iter().map(relative).collect()
}

/// The import of a repository that others wrote.
fn repository(name: &str) -> Import {
    let files = fixture(name);
    of_tree(&Tree::of_files(files.iter().map(|(path, text)| (path.as_str(), text.as_str()))))
}

/// A stream of manifests.
fn stream(text: &str) -> Tree {
    let files = BTreeMap::from([("<stdin>".to_owned(), Some(Source::new("<stdin>", text)))]);
    Tree { files, ..Tree::default() }
}

fn of_tree(tree: &Tree) -> Import {
    let audited = audit(tree, &Settings::default(), &|_| Err("charts are not rendered here".into()));
    let (paths, folders) = (paths(tree), Folders::of_tree(tree));
    let before = Before::of_survey(&audited.survey, &folders, |file| paths.get(&file).copied());
    import(&before, &Facts { folders, ..Facts::default() }, ONE)
}

/// The class of an object, with its detail.
fn class(imported: &Import, object: &str) -> String {
    let row = imported.proof.rows.iter().find(|row| row.object == object);
    let row = row.expect(object);
    format!("{} {}", row.class.name(), row.class.detail()).trim_end().to_owned()
}

#[test]
fn generated_applications_and_routes_of_gateways_are_described() {
    let imported = repository("folders");
    assert!(imported.proof.is_complete(), "{:#?}", imported.proof);
    let application = class(&imported, "argoproj.io/Application argocd/books");
    let names = "sync wave, sync options of the object, label of wharf, project, destination by name";
    assert_eq!(application, format!("equal after {names}"));
    let route = class(&imported, "gateway.networking.k8s.io/HTTPRoute books/reader");
    assert!(route.starts_with("equal after name, ") && route.ends_with("API defaults"), "{route}");
    let hidden = class(&imported, "gateway.networking.k8s.io/HTTPRoute books/hidden");
    assert_eq!(hidden, "left the Application `books` deploys it, as before");
    let set = class(&imported, "argoproj.io/ApplicationSet argocd/apps");
    assert!(set.starts_with("left import the Applications"), "{set}");
    let catalog = &imported.files["applications.yml"];
    assert!(catalog.contains("kustomize: {}") && catalog.contains("finalizer: none"), "{catalog}");
    assert!(imported.files["platform.yml"].contains("exposure: external"));
}

#[test]
fn an_app_of_apps_is_replaced_and_its_applications_are_described() {
    let imported = repository("charts");
    assert!(imported.proof.is_complete(), "{:#?}", imported.proof);
    let root = class(&imported, "argoproj.io/Application argocd/root");
    assert_eq!(root, "left it deploys Applications only: the root application of the catalog replaces it");
    let wiki = class(&imported, "argoproj.io/Application argocd/wiki");
    for name in ["CreateNamespace", "RespectIgnoreDifferences", "values as an object", "project"] {
        assert!(wiki.contains(name), "{wiki}");
    }
    let other = class(&imported, "argoproj.io/Application argocd/other");
    assert_eq!(other, "left it deploys to `https://203.0.113.7:6443`: a catalog is for one cluster");
    let project = class(&imported, "argoproj.io/AppProject argocd/wiki");
    assert!(project.contains("permissions of the project"), "{project}");
    let catalog = &imported.files["applications.yml"];
    assert!(catalog.contains("replicas: 2") && !catalog.contains("as before"), "{catalog}");
}

#[test]
fn placeholders_are_left_and_definitions_come_first() {
    let imported = repository("placeholders");
    assert!(imported.proof.is_complete(), "{:#?}", imported.proof);
    let route = class(&imported, "traefik.io/IngressRoute mail/mail");
    assert_eq!(route, "left `mail.<DOMAIN>` is not a DNS name");
    let secret = class(&imported, "external-secrets.io/ExternalSecret mail/smtp");
    assert!(secret.starts_with("equal after ") && secret.contains("API defaults"), "{secret}");
    let catalog = &imported.files["applications.yml"];
    let operator = catalog.find("namespace: external-secrets\n  tier: infrastructure").unwrap();
    assert!(operator < catalog.find("namespace: mail").unwrap(), "{catalog}");
}

/// A stream of a cluster, with a Secret.
const STREAM: &str = include_str!("import/stream.yaml");

/// All files below a folder.
fn all(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            found.extend(all(&path));
        } else {
            found.insert(path.display().to_string(), fs::read_to_string(&path).unwrap());
        }
    }
    found
}

#[test]
fn a_stream_becomes_a_catalog_without_the_values_of_secrets() {
    let folder = TempDir::new().unwrap();
    let import = || wharf(["import", "-", "--output", "catalog"]).within(folder.path()).input(STREAM);
    let ran = import().succeeds();
    assert!(ran.out.contains("Application: 1 of 1 in the catalog"), "{}", ran.out);
    assert!(ran.out.contains("a Secret: a catalog contains no values"), "{}", ran.out);
    let files = all(folder.path());
    assert!(
        files.keys().any(|path| path.ends_with("left/notes/configmap--..-..-settings.yaml")),
        "{files:?}"
    );
    let printed = [ran.out, ran.err];
    for text in files.values().chain(&printed) {
        assert!(!text.contains("canary-6f1c"), "{text}");
        assert!(!text.contains("Synced") || text.contains("\"$schema\""), "{text}");
    }
    wharf(["check", "catalog"]).within(folder.path()).succeeds();
    let again = import().fails(1);
    assert!(again.err.contains("this file already exists; nothing was written"), "{}", again.err);
    assert_eq!(all(folder.path()), files);
}

#[test]
fn the_table_is_json_for_programs() {
    let folder = TempDir::new().unwrap();
    for (path, text) in fixture("charts") {
        let path = folder.path().join("lab").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let import = ["import", "lab", "--output", "catalog", "--format", "json"];
    let ran = wharf(import).within(folder.path()).succeeds();
    let table: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(table["complete"], true);
    let objects = table["objects"].as_array().unwrap();
    let wiki = objects.iter().find(|row| row["object"] == "argoproj.io/Application argocd/wiki").unwrap();
    assert_eq!(wiki["application"], "root");
    assert_eq!(wiki["file"], "clusters/home/apps.yaml");
    assert_eq!(wiki["class"], "equal after");
    wharf(["import", "missing", "--output", "other"]).within(folder.path()).fails(2);
    wharf(["import", "lab", "--output", "other", "--platform", "lab"]).within(folder.path()).fails(2);
}

#[test]
fn an_object_that_differs_is_a_failure() {
    let folder = TempDir::new().unwrap();
    let stream = include_str!("import/project.yaml");
    let ran = wharf(["import", "-", "--output", "catalog"]).within(folder.path()).input(stream).run();
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.out.contains("different  argoproj.io/AppProject argocd/notes"), "{}", ran.out);
}

#[test]
fn hostile_streams_are_classified_and_bounded() {
    let mut many = String::new();
    for number in 0..10_000 {
        let name = format!("{{name: c{number}, namespace: n{}}}", number % 50);
        many.push_str(&["---\napiVersion: v1\nkind: ConfigMap\nmetadata: ", &name, "\n"].concat());
    }
    let application = |name: &str| include_str!("import/malformed.yaml").replace("NAME", name);
    let route = "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: r, namespace: \
                 n}\nspec: {routes: [{match: 'Host(`'}, {match: [], services: 3}, 7], entryPoints: {}}\n";
    let streams = [
        String::new(),
        "kind: Application\n".into(),
        "- 1\n- {}\n".into(),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: ''}\n".into(),
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: \"a\\u0000b\"}\n".into(),
        application("a"),
        format!("{}---\n{}", application("a"), application("a")),
        application("'{{ name }}'"),
        route.into(),
        route.replace("IngressRoute", "HTTPRoute"),
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: allow-to-, namespace: \
         n}\nspec: {podSelector: {}, egress: [{to: 7, ports: [{port: -1}]}]}\n"
            .into(),
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: s, namespace: n}\nspec: \
         {data: [1, {secretKey: []}], dataFrom: x, target: []}\n"
            .into(),
        many,
    ];
    for stream in streams {
        let imported = of_tree(&self::stream(&stream));
        assert_eq!(imported.proof.errors, Vec::<String>::new(), "{}", stream.get(..500).unwrap_or(&stream));
        for row in &imported.proof.rows {
            assert!(!matches!(row.class, Class::Different(_)), "{row:?}");
        }
        for path in imported.files.keys() {
            assert!(!path.contains("..") || path.starts_with("left/"), "{path}");
        }
    }
}
