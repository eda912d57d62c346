//! Each rule's page is true: what it shows as bad is reported exactly as shown, and what it shows as good has
//! no findings.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

#[path = "support/pages.rs"]
mod pages;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};
use pages::{HEADINGS, OF_MANIFESTS, Page, Section, audited, compiled, expect_nothing, expect_rule, report};
use tempfile::TempDir;
use wharf::diagnostics::Finding;
use wharf::diagnostics::rules;
use wharf::inputs::{Inputs, Repository};
use wharf::kubernetes::Kind;

/// How a page is checked.
type Hold = fn(&Page) -> Result<(), Failed>;

/// The rules that check something other than the text of the inputs.
const SPECIAL: [(&str, Hold); 16] = [
    ("ambiguous-whitespace", hold_whitespace),
    ("broken-promise", hold_promises),
    ("missing-path", hold_tree),
    ("missing-platform", hold_missing_platform),
    ("invalid-utf8", hold_not_text),
    ("schema-violation", hold_schemas),
    ("promise-form", hold_promises),
    ("promise-name", hold_promises),
    ("source-mismatch", hold_tree),
    ("stale-rendered", hold_stale),
    ("stale-schema", hold_stale),
    ("too-large", hold_too_large),
    ("too-many-findings", hold_too_many),
    ("missing-schema", hold_schemas),
    ("unrendered-application", hold_lock),
    ("unused-values-file", hold_tree),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("every-rule-has-a-page", every_rule_has_a_page),
        Trial::test("the-page-of-the-audit-lists-its-rules", the_audit_lists_its_rules),
        Trial::test("the-table-is-sorted", the_table_is_sorted),
    ];
    for rule in rules::ALL {
        let hold =
            SPECIAL.iter().find(|(name, _)| *name == rule.name).map_or(hold_files as Hold, |(_, hold)| *hold);
        trials.push(Trial::test(rule.name, move || {
            let page = Page::read(rule.name)?;
            check_form(&page)?;
            if !page.section("Bad")?.is_repository() {
                hold(&page)?;
            }
            hold_repositories(&page)
        }));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn the_table_is_sorted() -> Result<(), Failed> {
    for pair in rules::ALL.windows(2) {
        if pair[0].name >= pair[1].name {
            return Err(format!("`{}` is before `{}`", pair[0].name, pair[1].name).into());
        }
    }
    for rule in rules::ALL {
        let kebab = rule.name.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        if !kebab {
            return Err(format!("`{}` is not in kebab case", rule.name).into());
        }
    }
    for (name, _) in SPECIAL {
        if !rules::ALL.iter().any(|rule| rule.name == name) {
            return Err(format!("there is no rule `{name}` any more").into());
        }
    }
    Ok(())
}

/// The rules of waivers, which are not about what is deployed.
const OF_WAIVERS: [&str; 2] = ["invalid-waiver", "unused-waiver"];

/// `docs/audit.md` lists the rules whose pages show manifests.
fn the_audit_lists_its_rules() -> Result<(), Failed> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/audit.md"))?;
    let table = page.split("## What it reports").nth(1).and_then(|rest| rest.split("\n## ").next());
    let listed: BTreeSet<_> = table
        .ok_or("docs/audit.md has no section `What it reports`")?
        .split("../src/rules/")
        .skip(1)
        .filter_map(|link| link.split(".md").next())
        .collect();
    let mut shown = BTreeSet::new();
    for rule in rules::ALL.iter().filter(|rule| !OF_WAIVERS.contains(&rule.name)) {
        if !pages::repositories(&Page::read(rule.name)?).is_empty() {
            shown.insert(rule.name);
        }
    }
    let odd: Vec<_> = listed.symmetric_difference(&shown).collect();
    if odd.is_empty() { Ok(()) } else { Err(format!("listed and not shown, or the reverse: {odd:?}").into()) }
}

fn every_rule_has_a_page() -> Result<(), Failed> {
    let mut files = BTreeSet::new();
    for file in fs::read_dir(pages::folder())? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            files.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    let rules: BTreeSet<_> = rules::ALL.iter().map(|rule| rule.name.to_owned()).collect();
    let odd: Vec<_> = files.symmetric_difference(&rules).collect();
    if odd.is_empty() {
        Ok(())
    } else {
        Err(format!("a page without a rule, or a rule without a page: {odd:?}").into())
    }
}

/// A title, one paragraph, and the headings that all pages have, none of them empty.
fn check_form(page: &Page) -> Result<(), Failed> {
    if page.title != page.rule {
        return Err(format!("the title is `{}`", page.title).into());
    }
    let summary = page.summary.trim();
    if summary.is_empty() || summary.contains("\n\n") {
        return Err("the title is not followed by exactly one paragraph".into());
    }
    let headings: Vec<_> = page.sections.iter().map(|section| section.heading.as_str()).collect();
    if headings != HEADINGS && headings != [&HEADINGS[..], &OF_MANIFESTS].concat() {
        return Err(format!("the headings are {headings:?} instead of {HEADINGS:?}").into());
    }
    let empty = |section: &&Section| section.prose.trim().is_empty() && section.blocks.is_empty();
    if let Some(section) = page.sections.iter().find(empty) {
        return Err(format!("`{}` is empty", section.heading).into());
    }
    let blocks = page.sections.iter().flat_map(|section| &section.blocks);
    if let Some(block) = blocks.clone().find(|block| block.info.is_empty()) {
        return Err(format!("a fence does not name its contents: {}", block.text).into());
    }
    Ok(())
}

/// Audits the repositories that the page shows.
fn hold_repositories(page: &Page) -> Result<(), Failed> {
    for (bad, good) in pages::repositories(page) {
        let tree = bad.tree();
        let found = audited(&tree);
        expect_rule(&found.findings, &page.rule)?;
        check_words(&found.findings)?;
        let report = wharf::report::text::draw(&found.findings, &found.documents, false);
        page.expect_report_in(&bad.heading, &report)?;
        let tree = good.tree();
        let fine = audited(&tree);
        if !fine.findings.is_empty() {
            let report = wharf::report::text::draw(&fine.findings, &fine.documents, false);
            return Err(format!("`{}` has findings:\n{report}", good.heading).into());
        }
        if fine.survey.applications.is_empty() {
            return Err(format!("`{}` has no Application that deploys anything", good.heading).into());
        }
    }
    Ok(())
}

fn hold_files(page: &Page) -> Result<(), Failed> {
    hold_inputs(page, Section::inputs)
}

/// The files of `tests/` are checked, too.
fn hold_promises(page: &Page) -> Result<(), Failed> {
    let (report, findings) = pages::tested(page.section("Bad")?)?;
    expect_rule(&findings, &page.rule)?;
    check_words(&findings)?;
    page.expect_report(&report)?;
    let (report, findings) = pages::tested(page.section("Good")?)?;
    if findings.is_empty() { Ok(()) } else { Err(format!("`Good` has findings:\n{report}").into()) }
}

fn hold_missing_platform(page: &Page) -> Result<(), Failed> {
    hold_inputs(page, Section::inputs_as_shown)
}

/// The files of `Bad` as an editor would save them in Latin-1.
fn hold_not_text(page: &Page) -> Result<(), Failed> {
    let latin = |section: &Section| {
        let mut inputs = section.inputs()?;
        if section.heading == "Bad" {
            let text = String::from_utf8(inputs.applications.bytes)?;
            inputs.applications.bytes = text.chars().map(u8::try_from).collect::<Result<_, _>>()?;
        }
        Ok(inputs)
    };
    hold_inputs(page, latin)
}

/// The files with the invisible character in place of its escape sequence on the page.
fn hold_whitespace(page: &Page) -> Result<(), Failed> {
    let separated = |section: &Section| {
        let mut inputs = section.inputs()?;
        let text = String::from_utf8(inputs.applications.bytes)?;
        inputs.applications.bytes = text.replace("\\u{2028}", "\u{2028}").into_bytes();
        Ok(inputs)
    };
    hold_inputs(page, separated)
}

/// The catalog of `Bad`, repeated thousands of times; the page shows the first finding and the last line of
/// the report.
fn hold_too_many(page: &Page) -> Result<(), Failed> {
    let mut inputs = page.section("Bad")?.inputs()?;
    inputs.applications.bytes = inputs.applications.bytes.repeat(3000);
    let bad = compiled(&inputs);
    expect_rule(&bad.findings, &page.rule)?;
    check_words(&bad.findings)?;
    let whole = report(&bad);
    let (first, rest) = whole.split_once("\n\n").ok_or("the report has only one finding")?;
    let last = rest.lines().last().unwrap_or_default();
    page.expect_report(&format!("{first}\n\n…\n\n{last}\n"))?;
    expect_nothing(&compiled(&page.section("Good")?.inputs()?))
}

/// The catalog of `Bad`, repeated until it has more entries than are read.
fn hold_too_large(page: &Page) -> Result<(), Failed> {
    let repeated = |section: &Section| {
        let mut inputs = section.inputs()?;
        let times = if section.heading == "Bad" { 20_001 } else { 1 };
        inputs.applications.bytes = inputs.applications.bytes.repeat(times);
        Ok(inputs)
    };
    hold_inputs(page, repeated)
}

/// The files as a working tree of the platform's repository.
fn hold_tree(page: &Page) -> Result<(), Failed> {
    let folders = [TempDir::new()?, TempDir::new()?];
    let tree = |section: &Section| {
        let folder = if section.heading == "Bad" { &folders[0] } else { &folders[1] };
        section.write_to(folder.path())?;
        let remote = "git@git.example.com:home/cluster.git".to_owned();
        Ok(Inputs { repository: Some(Repository::new(folder.path(), vec![remote])), ..section.inputs()? })
    };
    hold_inputs(page, tree)
}

fn hold_inputs(page: &Page, inputs: impl Fn(&Section) -> Result<Inputs, Failed>) -> Result<(), Failed> {
    let bad = inputs(page.section("Bad")?)?;
    let bad = compiled(&bad);
    expect_rule(&bad.findings, &page.rule)?;
    check_words(&bad.findings)?;
    page.expect_report(&report(&bad))?;
    expect_nothing(&compiled(&inputs(page.section("Good")?)?))
}

/// Messages are phrases, not sentences.
fn check_words(findings: &[Finding]) -> Result<(), Failed> {
    for finding in findings {
        let labels = finding.labels.iter().map(|label| &label.text);
        for text in [Some(&finding.message), finding.note.as_ref(), finding.help.as_ref()]
            .into_iter()
            .flatten()
            .chain(labels)
        {
            if text.ends_with('.') {
                return Err(format!("`{}` ends with a full stop: {text}", finding.rule.name).into());
            }
        }
    }
    Ok(())
}

/// Runs the commands that the page shows, in a folder with the files that it shows.
fn hold_stale(page: &Page) -> Result<(), Failed> {
    hold_commands(page, |_| Ok(()))
}

/// The same, with schemas that allow everything for all kinds of which the page shows none.
fn hold_schemas(page: &Page) -> Result<(), Failed> {
    hold_commands(page, |folder| {
        for kind in Kind::ALL {
            let (group, version) = kind.api_version().split_once('/').unwrap_or(("core", kind.api_version()));
            let name = kind.name().to_ascii_lowercase();
            let file = if group == "core" {
                format!("{name}-{version}.json")
            } else {
                format!("{group}/{name}_{version}.json")
            };
            let path = folder.join("schemas").join(file);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, "true")?;
        }
        Ok(())
    })
}

/// Runs the commands of the page; those of `Good` also print what they did.
fn hold_lock(page: &Page) -> Result<(), Failed> {
    let bad = run_commands(page.section("Bad")?, |_| Ok(()))?;
    if !bad.contains(&format!("[{}]", page.rule)) {
        return Err(format!("`Bad` does not violate the rule:\n{bad}").into());
    }
    page.expect_report(&bad)?;
    let good = run_commands(page.section("Good")?, |_| Ok(()))?;
    if good.contains("error") { Err(format!("`Good` violates it:\n{good}").into()) } else { Ok(()) }
}

fn hold_commands(page: &Page, prepare: fn(&Path) -> Result<(), Failed>) -> Result<(), Failed> {
    let bad = run_commands(page.section("Bad")?, prepare)?;
    if !bad.contains(&format!("[{}]", page.rule)) {
        return Err(format!("`Bad` does not violate the rule:\n{bad}").into());
    }
    page.expect_report(&bad)?;
    let good = run_commands(page.section("Good")?, prepare)?;
    if good.is_empty() { Ok(()) } else { Err(format!("`Good` violates it:\n{good}").into()) }
}

/// The output of the last command of a section on standard error.
fn run_commands(section: &Section, prepare: fn(&Path) -> Result<(), Failed>) -> Result<String, Failed> {
    let folder = TempDir::new()?;
    prepare(folder.path())?;
    section.write_to(folder.path())?;
    let console =
        section.block("console").ok_or_else(|| format!("`{}` shows no commands", section.heading))?;
    let mut said = String::new();
    for line in console.text.lines().filter_map(|line| line.strip_prefix("$ ")) {
        said = run(line, folder.path())?;
    }
    Ok(said)
}

fn run(line: &str, folder: &Path) -> Result<String, Failed> {
    let mut words = line.split(' ');
    let program = match words.next() {
        Some("wharf") => env!("CARGO_BIN_EXE_wharf"),
        Some("rm") => "rm",
        other => return Err(format!("pages run `wharf` and `rm`, not {other:?}").into()),
    };
    let output = Command::new(program).args(words).current_dir(folder).output()?;
    Ok(String::from_utf8(output.stderr)?)
}
