//! The page of each judge is true: the difference of its two catalogs is reported exactly as shown, and the
//! judge has found a part of it.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

#[path = "support/pages.rs"]
mod pages;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use pages::{Page, compiled, report};
use wharf::compile::Compiled;
use wharf::diff::judges::{ALL, Judge};
use wharf::diff::report::{Drawn, text};
use wharf::diff::{Change, Diff, Level};

/// The headings of a page below its title, in their order.
const HEADINGS: [&str; 5] = ["Why it matters", "What to do", "Before", "After", "Report"];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("every-judge-has-a-page", every_judge_has_a_page),
        Trial::test("judges-are-in-the-order-of-levels", judges_are_in_the_order_of_levels),
    ];
    trials.extend(
        cases().into_iter().map(|name| Trial::test(format!("case/{name}"), move || hold_case(&name))),
    );
    trials.push(Trial::test("every-change-is-shown", every_change_is_shown));
    trials.extend(ALL.iter().map(|judge| Trial::test(judge.name, move || hold(judge))));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diff/judges")
}

fn every_judge_has_a_page() -> Result<(), Failed> {
    let mut files = BTreeSet::new();
    for file in fs::read_dir(folder())? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            files.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    let judges: BTreeSet<_> = ALL.iter().map(|judge| judge.name.to_owned()).collect();
    let odd: Vec<_> = files.symmetric_difference(&judges).collect();
    if odd.is_empty() && judges.len() == ALL.len() {
        Ok(())
    } else {
        Err(format!("a page without a judge, a judge without a page, or one that is listed twice: {odd:?}")
            .into())
    }
}

fn judges_are_in_the_order_of_levels() -> Result<(), Failed> {
    let wrong = ALL.windows(2).find(|pair| pair[0].level > pair[1].level);
    match wrong {
        Some(pair) => Err(format!("`{}` is before `{}`", pair[0].name, pair[1].name).into()),
        None => Ok(()),
    }
}

/// Each place in a judge that reports a change is executed by a page or a case.
fn every_change_is_shown() -> Result<(), Failed> {
    let mut shown = BTreeSet::new();
    let pages = ALL.iter().map(|judge| Page::read_from(&folder(), judge.name));
    let cases = cases().into_iter().map(|name| Page::read_from(&case_folder(), &name));
    for page in pages.chain(cases) {
        let place = |change: &Change| (change.made_at.file().to_owned(), change.made_at.line());
        compare(&page?, |diff, _| {
            shown.extend(diff.changes.iter().map(place));
            Ok(())
        })?;
    }
    let mut written = BTreeSet::new();
    for file in fs::read_dir(folder())? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let name = format!("src/diff/judges/{}", path.file_name().unwrap_or_default().to_string_lossy());
            let code = fs::read_to_string(&path)?;
            let lines = code.lines().zip(1_u32..);
            let calls = lines.filter(|(line, _)| line.trim_start().starts_with(".add"));
            written.extend(calls.map(|(_, number)| (name.clone(), number)));
        }
    }
    let odd: Vec<_> = written.symmetric_difference(&shown).collect();
    if odd.is_empty() {
        Ok(())
    } else {
        Err(format!("no page or case shows what is made here: {odd:#?}").into())
    }
}

/// Cases beside the pages: the same form, without the advice for users.
fn case_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diffs")
}

fn cases() -> BTreeSet<String> {
    let files = fs::read_dir(case_folder()).into_iter().flatten().flatten();
    files.filter_map(|file| Some(file.path().file_stem()?.to_string_lossy().into_owned())).collect()
}

fn hold_case(name: &str) -> Result<(), Failed> {
    let page = Page::read_from(&case_folder(), name)?;
    if page.title != name || page.summary.trim().is_empty() {
        return Err("the title is the name of the file, and a sentence says what the case shows".into());
    }
    compare(&page, |_, said| page.expect_report_in("Report", said))
}

fn hold(judge: &'static Judge) -> Result<(), Failed> {
    let page = Page::read_from(&folder(), judge.name)?;
    check_form(&page)?;
    compare(&page, |diff, said| {
        if diff.changes.iter().any(|change| change.judge.name == judge.name) {
            return page.expect_report_in("Report", said);
        }
        let found: Vec<_> = diff.changes.iter().map(|change| change.judge.name).collect();
        Err(format!("the judge found nothing; others did: {found:?}").into())
    })
}

/// Compares the catalogs of a page.
fn compare(page: &Page, check: impl FnOnce(&Diff<'_>, &str) -> Result<(), Failed>) -> Result<(), Failed> {
    let (before, after) = (page.section("Before")?.inputs()?, page.section("After")?.inputs()?);
    let (before, after) = (compiled(&before), compiled(&after));
    expect_no_errors("Before", &before)?;
    expect_no_errors("After", &after)?;
    let diff = Diff::new(&before, &after);
    diff.changes.iter().try_for_each(check_words)?;
    expect_swapped(&diff, &Diff::new(&after, &before))?;
    let drawn = Drawn::new(&diff, ("before", &before.documents), ("after", &after.documents));
    check(&diff, &text(&drawn, false))
}

/// A title, one paragraph, and the headings that all pages have, none of them empty.
fn check_form(page: &Page) -> Result<(), Failed> {
    let headings: Vec<_> = page.sections.iter().map(|section| section.heading.as_str()).collect();
    if headings != HEADINGS || page.title != page.rule {
        return Err(format!("the title is `{}`, and the headings are {headings:?}", page.title).into());
    }
    let summary = page.summary.trim();
    let is_empty = |heading: &str| page.section(heading).is_ok_and(|section| section.prose.trim().is_empty());
    if summary.is_empty() || summary.contains("\n\n") || HEADINGS[..2].iter().any(|heading| is_empty(heading))
    {
        return Err(
            "the page has to say in one paragraph what is found, why it matters, and what to do".into()
        );
    }
    Ok(())
}

fn expect_no_errors(heading: &str, compiled: &Compiled) -> Result<(), Failed> {
    if compiled.has_errors() {
        Err(format!("`{heading}` has errors:\n{}", report(compiled)).into())
    } else {
        Ok(())
    }
}

/// Messages are phrases, not sentences, and each says what happens.
fn check_words(change: &Change) -> Result<(), Failed> {
    let texts = [Some(&change.message), Some(&change.consequence), change.help.as_ref()];
    match texts.into_iter().flatten().find(|text| text.is_empty() || text.ends_with('.')) {
        Some(text) => Err(format!("`{}` says `{text}`", change.judge.name).into()),
        None => Ok(()),
    }
}

/// The difference in the other direction adds what this one removes.
fn expect_swapped(diff: &Diff<'_>, swapped: &Diff<'_>) -> Result<(), Failed> {
    let names = |diff: &Diff<'_>, verb: &str| -> BTreeSet<String> {
        let pairs = diff.comparison.objects.pairs().iter().filter(|pair| pair.verb() == verb);
        pairs.filter_map(|pair| Some(pair.either()?.identity().to_string())).collect()
    };
    for (verb, other) in [("added", "removed"), ("removed", "added"), ("changed", "changed")] {
        if names(diff, verb) != names(swapped, other) {
            return Err(format!("what is {verb} is not {other} in the other direction").into());
        }
    }
    let all = diff.levels.len();
    let counted: usize =
        Level::ALL.iter().map(|level| diff.levels.iter().filter(|it| *it == level).count()).sum();
    if all == counted { Ok(()) } else { Err(format!("{counted} of {all} objects have a level").into()) }
}
