//! Pages, help, descriptions and the source text are plain modern English: none of them contains an archaic
//! wording.
#![allow(clippy::disallowed_methods, reason = "tests read files")]

#[path = "support/phrases.rs"]
mod phrases;
#[path = "support/prose.rs"]
mod prose;

use std::error::Error;
use std::fs;
use std::path::Path;

use clap::{Command, CommandFactory};
use phrases::{ARCHAIC, archaic};
use prose::prose;
use serde_json::Value;
use wharf::commands::Arguments;
use wharf::diagnostics::rules;
use wharf::profile::BUILT_IN;
use wharf::schema::PUBLISHED;

type CommandResult = Result<(), Box<dyn Error>>;

/// The folders whose Markdown files are pages.
const FOLDERS: [&str; 6] = ["", "docs", "benches", "examples", "src/rules", "src/diff/judges"];

/// The longest line of source text, as in `rustfmt.toml`, which does not break comments and strings.
const MAX_COLUMNS: usize = 110;

/// A text, and where it is.
type Named = (String, String);

#[test]
fn each_phrase_is_found_in_its_example() {
    for phrase in ARCHAIC {
        let found = archaic(phrase.example);
        assert!(found.iter().any(|(other, _)| other.pattern == phrase.pattern), "not found: {phrase:?}");
    }
}

#[test]
fn plain_sentences_contain_no_phrase() {
    let plain =
        "There is no tier `app`. The list is no longer used. If there are no routes, nothing is made.";
    assert!(archaic(plain).is_empty(), "{:?}", archaic(plain));
}

#[test]
fn pages_are_plain() -> CommandResult {
    let pages = pages()?;
    let rules = pages.iter().filter(|(name, _)| name.starts_with("src/rules/")).count();
    assert_eq!(rules, rules::ALL.len(), "rule pages");
    assert!(pages.len() >= rules + 22, "only {} pages were read", pages.len());
    expect_plain(&pages)
}

#[test]
fn comments_and_strings_are_plain() -> CommandResult {
    let mut sources = sources(&["src", "benches", "tests"])?;
    sources.retain(|(name, _)| name != "tests/support/phrases.rs" && name != "tests/words.rs");
    assert!(sources.len() > 150, "only {} files were read", sources.len());
    let texts: Vec<_> = sources.into_iter().map(|(name, code)| (name, prose(&code))).collect();
    expect_plain(&texts)
}

#[test]
fn prose_is_comments_and_strings() {
    let code = r##"
        /// A doc
        /// comment.
        fn a<'a>(b: &'a str) -> char { "first \
            second"; r#"a "raw" one"#; '"' } // last
    "##;
    let text = prose(code);
    let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    assert_eq!(words.collect::<Vec<_>>().join(" "), "A doc comment first second r a raw one last");
}

#[test]
fn lines_of_code_are_short() -> CommandResult {
    let sources = sources(&["src", "tests", "benches"])?;
    assert!(sources.len() > 190, "only {} files were read", sources.len());
    let lines: Vec<_> = sources
        .iter()
        .flat_map(|(name, code)| too_long(code).into_iter().map(move |line| format!("{name}:{line}")))
        .collect();
    if lines.is_empty() {
        Ok(())
    } else {
        Err(format!("more than {MAX_COLUMNS} columns:\n{}", lines.join("\n")).into())
    }
}

#[test]
fn help_is_plain() -> CommandResult {
    let mut help = Vec::new();
    collect_help(&mut Arguments::command(), "wharf", &mut help);
    let verbs = Arguments::command().get_subcommands().count();
    assert!(verbs >= 11 && help.len() > verbs, "only {} commands were read", help.len());
    expect_plain(&help)
}

#[test]
fn descriptions_are_plain() -> CommandResult {
    let mut descriptions = Vec::new();
    for published in &PUBLISHED {
        collect_descriptions(&(published.structure)(), published.file, &mut descriptions);
    }
    assert!(descriptions.len() >= 350, "only {} descriptions were read", descriptions.len());
    descriptions.extend(BUILT_IN.iter().map(|profile| (profile.name.to_owned(), profile.text.to_owned())));
    expect_plain(&descriptions)
}

/// Every optional key states what holds without it.
#[test]
fn optional_keys_have_a_default() -> CommandResult {
    let mut without = Vec::new();
    let mut optional = 0;
    for published in &PUBLISHED {
        collect_optional(&(published.structure)(), &mut |key, description| {
            optional += 1;
            if !description.contains("Default: ") {
                without.push(format!("{}: {key}: {description}", published.file));
            }
        });
    }
    assert!(optional >= 150, "only {optional} optional keys were read");
    if without.is_empty() { Ok(()) } else { Err(format!("no default: {without:#?}").into()) }
}

fn expect_plain<'t>(texts: impl IntoIterator<Item = &'t Named>) -> CommandResult {
    let hits: Vec<_> = texts
        .into_iter()
        .flat_map(|(name, text)| {
            archaic(text)
                .into_iter()
                .map(move |(phrase, words)| format!("{name}: “{words}”; write: {}", phrase.instead))
        })
        .collect();
    if hits.is_empty() {
        Ok(())
    } else {
        Err(format!("{} archaic wordings:\n{}", hits.len(), hits.join("\n")).into())
    }
}

/// The pages, as sentences, including quoted reports.
fn pages() -> Result<Vec<Named>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = Vec::new();
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(root)?.display().to_string();
                pages.push((name, sentences(&fs::read_to_string(&path)?)));
            }
        }
    }
    pages.sort();
    Ok(pages)
}

/// The Rust files of folders, by their paths.
fn sources(folders: &[&str]) -> Result<Vec<Named>, Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut rest: Vec<_> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = rest.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                rest.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((path.strip_prefix(root)?.display().to_string(), fs::read_to_string(&path)?));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The numbers of the lines that are too long.
fn too_long(code: &str) -> Vec<usize> {
    let lines = code.lines().enumerate().filter(|(_, line)| line.chars().count() > MAX_COLUMNS);
    lines.map(|(index, _)| index + 1).collect()
}

/// The text of a page, in which a blank line, a heading and the fence of a code block end a sentence.
fn sentences(page: &str) -> String {
    let mut text = String::new();
    for line in page.lines() {
        let is_fence = line.trim_start().starts_with("```");
        let ends = is_fence || line.trim().is_empty() || line.starts_with('#');
        text.push_str(if is_fence { "" } else { line });
        text.push_str(if ends {
            ".
"
        } else {
            "
"
        });
    }
    text
}

fn collect_help(command: &mut Command, name: &str, help: &mut Vec<Named>) {
    help.push((format!("{name} --help"), command.render_long_help().to_string()));
    for verb in command.get_subcommands_mut() {
        let name = format!("{name} {}", verb.get_name());
        collect_help(verb, &name, help);
    }
}

fn collect_descriptions(node: &Value, name: &str, descriptions: &mut Vec<Named>) {
    if let Some(text) = node["description"].as_str() {
        descriptions.push((name.to_owned(), text.to_owned()));
    }
    match node {
        Value::Object(map) => map
            .iter()
            .for_each(|(key, value)| collect_descriptions(value, &format!("{name}/{key}"), descriptions)),
        Value::Array(list) => list.iter().for_each(|value| collect_descriptions(value, name, descriptions)),
        _ => {}
    }
}

fn one_line(node: &Value) -> String {
    node["description"].as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn collect_optional(node: &Value, found: &mut impl FnMut(&str, &str)) {
    if let Some(properties) = node["properties"].as_object() {
        let required: Vec<_> =
            node["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (key, property) in properties.iter().filter(|(key, _)| !required.contains(&key.as_str())) {
            found(key, &one_line(property));
        }
    }
    match node {
        Value::Object(map) => map.values().for_each(|value| collect_optional(value, found)),
        Value::Array(list) => list.iter().for_each(|value| collect_optional(value, found)),
        _ => {}
    }
}
