//! `wharf import`: what wharf renders comes back as a catalog that renders the same objects, and what others
//! wrote comes back with a class for each object.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests read files and may panic"
)]

#[path = "support/catalogs.rs"]
mod catalogs;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use wharf::cluster::Cluster;
use wharf::compile::compile;
use wharf::import::{Before, Class, Facts, Import, import};
use wharf::inputs::{Inputs, Source};
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

/// The facts of charts that are built in permit every kind that a chart may contain; those of a lock, which
/// an import does not have, permit those that it does contain.
const OF_LOCK: &str = "examples/homelab: argoproj.io/AppProject argocd/sys-vault different \
                       spec.clusterResourceWhitelist";

#[test]
fn the_examples_come_back_as_they_were() {
    let (judged, others) = others(|name| name.starts_with("examples/"));
    assert!(judged > 1500, "only {judged} objects were judged");
    assert_eq!(others, [OF_LOCK]);
}

/// What a waiver accepts for one line is an error without it, and a template cannot say which application
/// defines the kind of its objects.
const BY_COMMENTS_AND_LOCK: [&str; 4] = [
    "lock-order: backup.example.com/Schedule sys-backup/nightly equal after sync wave",
    "waivers: argoproj.io/Application argocd/links equal after sync options without effect, empty values",
    "waivers: argoproj.io/Application argocd/notes equal after sync options without effect",
    "waivers: argoproj.io/Application argocd/notes-postgres equal after sync options without effect, empty \
     values",
];

#[test]
fn the_golden_cases_come_back_as_they_were() {
    let (judged, others) = others(|name| !name.starts_with("examples/"));
    assert!(judged > 2500, "only {judged} objects were judged");
    assert_eq!(others, BY_COMMENTS_AND_LOCK);
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
    let again = Inputs {
        applications: file("applications.yml"),
        platform: Some(file("platform.yml")),
        profiles: named("profiles/"),
        templates: named("templates/"),
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
fn random_catalogs_come_back_and_the_proof_says_what_does_not() {
    let mut runner = TestRunner::deterministic();
    let (mut equal, mut all) = (0, 0);
    for _ in 0..30 {
        let catalog = catalogs::any_catalog().new_tree(&mut runner).unwrap().current();
        let inputs = catalog.inputs();
        let compiled = compile(&inputs, ONE);
        if compiled.has_errors() {
            continue;
        }
        let before = objects(&Cluster::of_objects(&compiled.objects));
        let imported = imported(&inputs);
        let after = rendered_again(&imported, &inputs);
        assert_eq!(imported.proof.rows.iter().filter(|row| row.index.is_some()).count(), before.len());
        for row in &imported.proof.rows {
            let is_same = before.get(&row.object) == after.get(&row.object);
            assert_eq!(row.class == Class::Equal, is_same, "{}: {:?}\n{catalog:?}", row.object, row.class);
            let is_explained = row.class == Class::Equal || row.class == Class::New;
            assert!(is_explained || !row.class.detail().is_empty(), "{}", row.object);
        }
        all += before.len();
        equal += before.iter().filter(|(name, object)| after.get(*name) == Some(object)).count();
    }
    assert!(all > 4000, "only {all} objects");
    assert!(equal * 1000 >= all * 995, "{equal} of {all} objects are the same");
}
