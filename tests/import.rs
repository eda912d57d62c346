//! `wharf import`: what wharf renders comes back as a catalog that renders the same.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests read files and may panic"
)]

#[path = "support/catalogs.rs"]
mod catalogs;

use std::num::NonZeroUsize;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use wharf::cluster::Cluster;
use wharf::compile::compile;
use wharf::import::{Before, Class, Facts, Import, import};
use wharf::inputs::Inputs;

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

/// What did not come back, of all cases without an error whose name is wanted.
fn left(wanted: impl Fn(&str) -> bool) -> (usize, Vec<String>) {
    let (mut judged, mut left) = (0, Vec::new());
    for (case, inputs) in catalogs::without_errors() {
        if !wanted(&case.name) {
            continue;
        }
        let proof = imported(&inputs).proof;
        judged += proof.rows.len();
        let others = proof.rows.iter().filter(|row| row.class != Class::Equal);
        left.extend(others.map(|row| format!("{}: {:?} {}", case.name, row.class, row.object)));
        left.extend(proof.errors.iter().map(|error| format!("{}: {error}", case.name)));
    }
    (judged, left)
}

#[test]
fn the_examples_come_back_as_they_were() {
    let (judged, left) = left(|name| name.starts_with("examples/"));
    assert!(judged > 1000, "only {judged} objects were judged");
    assert!(left.is_empty(), "{} of {judged}: {left:#?}", left.len());
}

#[test]
fn the_golden_cases_come_back_as_they_were() {
    let (judged, left) = left(|name| !name.starts_with("examples/"));
    assert!(judged > 1000, "only {judged} objects were judged");
    assert!(left.is_empty(), "{} of {judged}: {left:#?}", left.len());
}

#[test]
fn statistics() {
    use proptest::strategy::ValueTree;
    let mut runner = TestRunner::deterministic();
    let (mut equal, mut all, mut reasons) =
        (0, 0, std::collections::BTreeMap::<String, (usize, String)>::new());
    for round in 0..60 {
        let catalog = catalogs::any_catalog().new_tree(&mut runner).unwrap().current();
        let inputs = catalog.inputs();
        if compile(&inputs, ONE).has_errors() {
            continue;
        }
        let result = imported(&inputs);
        let proof = result.proof;
        if proof.rows.iter().any(|row| row.class != Class::Equal) {
            let mut text = format!("{catalog:?}\n=====================\n");
            for (name, file) in &result.files { text.push_str(&format!("### {name}\n{file}\n")); }
            for row in proof.rows.iter().filter(|row| row.class != Class::Equal) { text.push_str(&format!("{} {:?}\n", row.object, row.class)); }
            std::fs::write(format!("/tmp/imp/round-{round}.txt"), text).unwrap();
        }
        for error in &proof.errors {
            reasons.entry(format!("ERROR {error}")).or_default().0 += 1;
        }
        for row in &proof.rows {
            all += 1;
            if row.class == Class::Equal {
                equal += 1;
            } else {
                let kind = row.object.split(' ').next().unwrap();
                let entry =
                    reasons.entry(format!("{kind} {} {}", row.class.name(), row.class.detail())).or_default();
                entry.0 += 1;
                entry.1 = format!("round {round} {}", row.object);
            }
        }
    }
    let mut sorted: Vec<_> = reasons.into_iter().collect();
    sorted.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    println!("{equal} of {all}");
    for (reason, count) in sorted.iter().take(60) {
        println!("{count:?} {reason}");
    }
}
