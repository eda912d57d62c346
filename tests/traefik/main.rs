//! The rendered objects with a real Traefik: each case's objects are given to Traefik's own binary, and
//! requests through each entry point must be answered as the catalog declares. The objects of `hand-written/`
//! show that the requests detect errors.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test reads the environment and may panic"
)]

mod callback;
mod catalog;
#[path = "../support/catalogs.rs"]
mod catalogs;
mod cluster;
mod filters;
mod hand_written;
mod meaning;
mod needs;
mod probe;
#[path = "../support/python.rs"]
mod python;
mod redirects;
#[path = "../support/runner.rs"]
mod runner;
mod shares;

use std::error::Error;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Arguments, Failed, Trial};

use catalog::Catalog;
use catalogs::cases;
use cluster::Cluster;
use hand_written::HandWritten;
use serde_json::Value as Json;
use wharf::compile::compile;
use wharf::inputs::Inputs;
use wharf::tree::tree;

/// The prefix of lines from Traefik's log.
const COMPLAINT: &str = "Traefik: ";

/// The number of generated catalogs.
const GENERATED: usize = 16;

/// The number of answered requests, and of clusters.
#[derive(Default)]
struct Tally {
    probes: AtomicUsize,
    clusters: AtomicUsize,
}

/// The cases whose hosts have variables.
const WITH_VARIABLES: [&str; 3] = ["origin-waves", "platform-passthrough", "platform-variables"];

/// The entry with the ports of its routes as numbers: the value of a variable is text.
fn with_numbers(mut entry: Json) -> Json {
    for route in entry["routes"].as_array_mut().into_iter().flatten() {
        if let Some(number) = route["port"].as_str().and_then(|text| text.parse::<u16>().ok()) {
            route["port"] = number.into();
        }
    }
    entry
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let tally = Arc::new(Tally::default());
    let mut trials = Vec::new();
    for case in cases::all()? {
        let Some(catalog) = Catalog::of_case(&case)?.filter(Catalog::is_for_traefik) else { continue };
        let inputs = case.inputs()?;
        let rendered = rendered(&inputs);
        // what is asked for has the values of variables
        let catalog = match catalogs::of_inputs(&case.name, &inputs) {
            Some(resolved) if WITH_VARIABLES.contains(&case.name.as_str()) => {
                let resolved = catalogs::with_plugin(resolved);
                let entries = resolved.entries.into_iter().map(with_numbers).collect();
                Catalog::new(entries, resolved.platform)
            }
            _ => catalog,
        };
        if !rendered.is_empty() {
            let tally = Arc::clone(&tally);
            trials.push(Trial::test(case.name, move || check(&catalog, &rendered, &tally)));
        }
    }
    for (number, generated) in runner::samples(GENERATED, catalogs::sized(8)).into_iter().enumerate() {
        let rendered = rendered(&generated.inputs());
        assert!(!rendered.is_empty(), "generated/{number} has no errors");
        let catalog = Catalog::new(generated.entries, generated.platform);
        if catalog.is_for_traefik() {
            let tally = Arc::clone(&tally);
            trials
                .push(Trial::test(format!("generated/{number}"), move || check(&catalog, &rendered, &tally)));
        }
    }
    for written in hand_written::all()? {
        let tally = Arc::clone(&tally);
        trials.push(Trial::test(format!("hand-written/{}", written.name), move || {
            check_hand_written(&written, &tally)
        }));
    }
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    println!(
        "{} probes of a real Traefik, in {} clusters",
        tally.probes.load(Ordering::Relaxed),
        tally.clusters.load(Ordering::Relaxed)
    );
    Ok(conclusion.exit_code())
}

/// The files that are rendered; none if the catalog has errors.
fn rendered(inputs: &Inputs) -> Vec<String> {
    let compiled = compile(inputs, NonZeroUsize::MIN);
    if compiled.has_errors() {
        Vec::new()
    } else {
        let files = tree(&compiled.objects, NonZeroUsize::MIN).into_values();
        files.map(|text| catalogs::after_plugin(&text, inputs)).collect()
    }
}

/// Checks that requests to the rendered objects are answered as the catalog declares.
fn check(catalog: &Catalog, rendered: &[String], tally: &Tally) -> Result<(), Failed> {
    let faults = faults(catalog, rendered, tally)?;
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// Checks that manually written objects fail as declared, and in no other way.
fn check_hand_written(written: &HandWritten, tally: &Tally) -> Result<(), Failed> {
    let (complaints, faults): (Vec<_>, Vec<_>) = faults(&written.catalog, &written.manifests, tally)?
        .into_iter()
        .partition(|fault| fault.starts_with(COMPLAINT));
    if written.fails.contains(&faults) {
        return Ok(());
    }
    let expected = written.fails.iter().map(|fails| fails.join("\n")).collect::<Vec<_>>().join("\nor:\n");
    Err(format!(
        "this should fail:\n{expected}\nand this does:\n{}\n{}",
        faults.join("\n"),
        complaints.join("\n")
    )
    .into())
}

/// Each answer that the catalog does not declare; complaints of Traefik come last.
fn faults(catalog: &Catalog, manifests: &[String], tally: &Tally) -> Result<Vec<String>, Failed> {
    let probes = catalog.probes();
    let (answers, log) = Cluster::new(catalog, manifests)?.ask(&probes)?;
    tally.probes.fetch_add(answers.len(), Ordering::Relaxed);
    tally.clusters.fetch_add(1, Ordering::Relaxed);
    let mut faults: Vec<_> =
        probes.iter().zip(&answers).flat_map(|(probe, answer)| probe.faults(answer)).collect();
    faults.extend(shares::faults(catalog, &probes, &answers));
    if !faults.is_empty() {
        faults.extend(log.into_iter().map(|line| format!("{COMPLAINT}{line}")));
    }
    Ok(faults)
}
