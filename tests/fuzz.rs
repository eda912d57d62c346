//! The fuzz targets of `fuzz/` on a fixed set of inputs: their seeds, mutations of these, and what fuzzing
//! has found.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "tests read files and start programs"
)]

#[path = "support/python.rs"]
mod python;
#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub, reason = "it is the library of another workspace")]
mod targets;

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 5] = [
    ("catalog", targets::catalog),
    ("platform", targets::platform),
    ("profile", targets::profile),
    ("template", targets::template),
    ("findings", targets::findings),
];

/// How many mutations of seeds each target gets.
const MUTATIONS: usize = 60;

/// The seeds of all targets, and the words of the dictionary.
fn seeds() -> (TempDir, Vec<Vec<u8>>) {
    let folder = TempDir::new().expect("a folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds.py");
    let made = Command::new(python::interpreter())
        .arg(script)
        .arg(folder.path())
        .status()
        .expect("WHARF_TEST_PYTHON can be started");
    assert!(made.success(), "fuzz/seeds.py fails");
    let dictionary = fs::read_to_string(folder.path().join("dictionary.txt")).expect("the dictionary");
    let words = dictionary.lines().map(word).collect();
    (folder, words)
}

/// A line of the dictionary: `"\x61\x62"`.
fn word(line: &str) -> Vec<u8> {
    let digits = line.trim_matches('"').split("\\x").skip(1);
    digits.map(|digits| u8::from_str_radix(digits, 16).expect("two hexadecimal digits")).collect()
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("a folder of seeds").map(|file| file.expect("a seed").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).expect("a seed")).collect()
}

/// The same numbers on each run (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16).unwrap_or_default() % bound.max(1)
    }
}

/// Puts a word or a piece of another seed into a seed, or takes a piece out.
fn mutate(seed: &mut Vec<u8>, other: &[u8], words: &[Vec<u8>], random: &mut Random) {
    let start = random.below(seed.len() + 1);
    let end = (start + random.below(20)).min(seed.len());
    let from = random.below(other.len());
    let piece = &other[from..(from + random.below(80)).min(other.len())];
    match random.below(4) {
        0 => drop(seed.drain(start..end)),
        1 => drop(seed.splice(start..end, piece.iter().copied())),
        2 => drop(seed.splice(start..end, words[random.below(words.len())].iter().copied())),
        _ => drop(seed.splice(start..start, words[random.below(words.len())].iter().copied())),
    }
}

#[test]
fn seeds_and_their_mutations_hold() {
    let (folder, words) = seeds();
    assert!(words.len() > 500, "the dictionary has {} words", words.len());
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for (name, target) in TARGETS {
        let seeds = files(&folder.path().join("seeds").join(name));
        assert!(seeds.len() >= 10, "{name} has {} seeds", seeds.len());
        for seed in &seeds {
            target(seed);
        }
        for _ in 0..MUTATIONS {
            let mut seed = seeds[random.below(seeds.len())].clone();
            for _ in 0..=random.below(3) {
                mutate(&mut seed, &seeds[random.below(seeds.len())], &words, &mut random);
            }
            target(&seed);
        }
    }
}

/// What made a target fail once.
#[test]
fn what_was_found_stays_fixed() {
    let found: [&[u8]; 2] = [b"?\r\r", b"\r\r\xFF"];
    for bytes in found {
        for file in 0..4 {
            targets::findings(&[&[file], bytes].concat());
        }
        for (_, target) in TARGETS {
            target(bytes);
        }
    }
}
