//! proptest with fixed seeds, so that all runs are the same; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` search
//! further.
#![allow(dead_code, reason = "each test program uses its part of it")]

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::sync::Once;
use std::{env, panic};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().and_then(|text| text.parse().ok())
}

fn runner(cases: u32) -> TestRunner {
    let seed = number("PROPTEST_RNG_SEED").unwrap_or(20);
    let cases = number("PROPTEST_CASES").and_then(|cases| cases.try_into().ok()).unwrap_or(cases);
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 100_000,
        max_shrink_time: 20_000,
        ..Config::default()
    };
    TestRunner::new(config)
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Hides the hundreds of failures that lead to the simplest one.
fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                loud(panic);
            }
        }));
    });
}

/// Checks that `law` holds for values of `strategy`; of its counterexamples, the simplest is shown.
pub(crate) fn check<S: Strategy>(cases: u32, strategy: S, law: impl Fn(S::Value)) {
    hush();
    QUIET.set(true);
    let outcome = runner(cases).run(&strategy, |value| {
        law(value);
        Ok(())
    });
    QUIET.set(false);
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// Whether other cases are checked than in each run.
pub(crate) fn searches_further() -> bool {
    number("PROPTEST_CASES").is_some()
}

/// Calls `law`; if it fails, calls `simplify`, which may fail with a simpler counterexample.
pub(crate) fn or_simpler(law: impl FnOnce(), simplify: impl FnOnce()) {
    if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(law)) {
        simplify();
        panic::resume_unwind(panic);
    }
}

/// Some values of `strategy`.
pub(crate) fn samples<S: Strategy>(number: usize, strategy: S) -> Vec<S::Value> {
    let mut runner = runner(1);
    (0..number).map(|_| strategy.new_tree(&mut runner).expect("a value").current()).collect()
}
