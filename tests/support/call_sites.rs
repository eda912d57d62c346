//! The lines of `src/` that make a finding: as they are written, and as findings name them.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use wharf::diagnostics::Finding;

/// A line of a source file: `src/model/edges.rs:71`.
pub(crate) type Site = String;

/// Files with findings that no golden case can have, and why.
const OUT_OF_REACH: [&str; 6] = [
    // only a command creates these: `tests/cli.rs` and the pages of rules run the real binary
    "src/commands/",
    "src/schemas.rs",
    // for serde, in case it refuses what the decoder passes on, which it never does
    "src/syntax/decode.rs",
    // these need inputs of megabytes: the page of `too-many-findings`, and `tests/bombs.rs`
    "src/diagnostics/bound.rs",
    "src/emit/template/quota.rs",
    // this needs hundreds of entries: `tests/promises.rs`
    "src/promises/size.rs",
];

/// The line that made a finding.
pub(crate) fn of(finding: &Finding) -> Site {
    format!("{}:{}", finding.made_at.file(), finding.made_at.line())
}

/// Every line that the compilation can make a finding on, by the text of the sources.
pub(crate) fn written() -> io::Result<BTreeSet<Site>> {
    let mut sites = BTreeSet::new();
    scan(Path::new(env!("CARGO_MANIFEST_DIR")), "src", &mut sites)?;
    Ok(sites)
}

fn scan(root: &Path, folder: &str, sites: &mut BTreeSet<Site>) -> io::Result<()> {
    for item in fs::read_dir(root.join(folder))? {
        let item = item?;
        let path = format!("{folder}/{}", item.file_name().to_string_lossy());
        if item.file_type()?.is_dir() {
            scan(root, &path, sites)?;
        } else if path.ends_with(".rs") && !OUT_OF_REACH.iter().any(|file| path.starts_with(file)) {
            let text = fs::read_to_string(item.path())?;
            sites.extend(lines(&text).into_iter().map(|line| format!("{path}:{line}")));
        }
    }
    Ok(())
}

/// The numbers of the lines on which a rule becomes a finding: `rules::NAME.at(…)`, or
/// `self.fault(&rules::NAME, …)`.
fn lines(text: &str) -> Vec<usize> {
    let program = text.split("#[cfg(test)]").next().unwrap_or_default();
    let is_call = |at: &usize| {
        let before = program[..*at].trim_end();
        let name = before
            .bytes()
            .rev()
            .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
            .count();
        name > 2 && !before.lines().last().is_some_and(|line| line.trim_start().starts_with("//"))
    };
    let at = program.match_indices(".at(").map(|(at, _)| at).filter(is_call);
    let names_rule = |at: &usize| program[at + ".fault(".len()..].trim_start().starts_with("&rules::");
    let fault = program.match_indices(".fault(").map(|(at, _)| at).filter(names_rule);
    at.chain(fault).map(|at| program[..at].matches('\n').count() + 1).collect()
}
