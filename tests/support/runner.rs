//! proptest with fixed seeds, so that a run says the same today and tomorrow; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` look further.
#![allow(dead_code, reason = "each test program uses its part of it")]

use std::env;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};

fn runner(cases: u32) -> TestRunner {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("PROPTEST_RNG_SEED").unwrap_or(20);
    let cases = number("PROPTEST_CASES").and_then(|cases| cases.try_into().ok()).unwrap_or(cases);
    let config = Config { cases, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, max_shrink_iters: 4096, ..Config::default() };
    TestRunner::new(config)
}

/// Checks that `law` holds for values of `strategy`; of those for which it does not, the simplest is shown.
pub(crate) fn check<S: Strategy>(cases: u32, strategy: S, law: impl Fn(S::Value)) {
    let outcome = runner(cases).run(&strategy, |value| {
        law(value);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// Some values of `strategy`.
pub(crate) fn samples<S: Strategy>(number: usize, strategy: S) -> Vec<S::Value> {
    let mut runner = runner(1);
    (0..number).map(|_| strategy.new_tree(&mut runner).expect("a value").current()).collect()
}
