//! The pages of the rules, read as tests: prose, files, and the report of these files.

#![allow(dead_code, reason = "each test program uses its part of it")]

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::{env, fs};

use libtest_mimic::Failed;
use similar::TextDiff;
use wharf::audit::{Audited, Settings, audit};
use wharf::compile::{Compiled, compile};
use wharf::diagnostics::{FileId, Finding, Role, Sink};
use wharf::inputs::{Inputs, Source, Tree};
use wharf::promises;
use wharf::reach::Reach;
use wharf::report::text;
use wharf::syntax::Document;

/// The headings of a page below its title, in their order.
pub(crate) const HEADINGS: [&str; 3] = ["Why it matters", "Bad", "Good"];

/// The headings of the page of a rule that also checks manifests which others wrote.
pub(crate) const OF_MANIFESTS: [&str; 2] = ["Bad manifests", "Good manifests"];

/// The platform of a page that shows no `platform.yml`.
const PLATFORM: &str = "\
repository:
  url: https://git.example.com/home/cluster.git
domain: example.com
argocd:
  applicationHealth: true
network:
  ingressController:
    namespace: traefik
routing:
  auth:
    forwardAuth:
      address: http://oauth2-proxy.sys-oauth2.svc.cluster.local:4180/
";

/// A page, in pieces.
#[derive(Debug)]
pub(crate) struct Page {
    /// The rule that it explains.
    pub(crate) rule: String,
    /// Its title.
    pub(crate) title: String,
    /// The text between the title and the first heading.
    pub(crate) summary: String,
    /// The rest, in order.
    pub(crate) sections: Vec<Section>,
    path: PathBuf,
    text: String,
}

/// A heading and the text below it.
#[derive(Debug, Default)]
pub(crate) struct Section {
    /// The heading.
    pub(crate) heading: String,
    /// The text outside of fences.
    pub(crate) prose: String,
    /// The fenced blocks.
    pub(crate) blocks: Vec<Block>,
}

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Block {
    /// The text after the fence: a language and usually the name of a file.
    pub(crate) info: String,
    /// Its contents.
    pub(crate) text: String,
    /// Their position in the page.
    start: usize,
}

impl Page {
    /// The page of the rule with the name `rule`, as it is on the disk.
    pub(crate) fn read(rule: &str) -> Result<Self, Failed> {
        Self::read_from(&folder(), rule)
    }

    /// The page `rule` of a folder.
    pub(crate) fn read_from(folder: &Path, rule: &str) -> Result<Self, Failed> {
        let path = folder.join(format!("{rule}.md"));
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut page = Self {
            rule: rule.into(),
            title: String::new(),
            summary: String::new(),
            sections: Vec::new(),
            path,
            text,
        };
        page.parse()?;
        Ok(page)
    }

    fn parse(&mut self) -> Result<(), Failed> {
        let mut boundary: Option<Block> = None;
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            at += line.len();
            let words = line.trim_end();
            if let Some(mut block) = boundary.take() {
                if words == "```" {
                    let section = self.sections.last_mut().ok_or("a fence is above the first heading")?;
                    section.blocks.push(block);
                } else {
                    block.text.push_str(line);
                    boundary = Some(block);
                }
            } else if let Some(info) = words.strip_prefix("```") {
                boundary = Some(Block { info: info.into(), text: String::new(), start: at });
            } else if let Some(heading) = words.strip_prefix("## ") {
                self.sections.push(Section { heading: heading.into(), ..Section::default() });
            } else if let Some(title) = words.strip_prefix("# ") {
                self.title.push_str(title);
            } else {
                self.sections
                    .last_mut()
                    .map_or(&mut self.summary, |section| &mut section.prose)
                    .push_str(line);
            }
        }
        if boundary.is_some() { Err("the last fence is never closed".into()) } else { Ok(()) }
    }

    /// The section below `heading`.
    pub(crate) fn section(&self, heading: &str) -> Result<&Section, Failed> {
        Ok(self
            .sections
            .iter()
            .find(|section| section.heading == heading)
            .ok_or_else(|| format!("there is no heading `{heading}`"))?)
    }

    /// Compares a report with that of the page; with `BLESS` set, writes it there instead.
    pub(crate) fn expect_report(&self, said: &str) -> Result<(), Failed> {
        self.expect_report_in("Bad", said)
    }

    /// The same for the report below `heading`.
    pub(crate) fn expect_report_in(&self, heading: &str, said: &str) -> Result<(), Failed> {
        let block = self.section(heading)?.block("text report").ok_or_else(|| {
            format!(
                "`{heading}` shows no report: add an empty block with the name `text report` and bless it"
            )
        })?;
        if block.text == said {
            return Ok(());
        }
        if env::var_os("BLESS").is_some() && env::var_os("CI").is_none() {
            let mut text = self.text.clone();
            text.replace_range(block.start..block.start + block.text.len(), said);
            return Ok(fs::write(&self.path, text)?);
        }
        let difference = TextDiff::from_lines(block.text.as_str(), said)
            .unified_diff()
            .header("the page", "the report")
            .to_string();
        Err(format!("{difference}\nto bless it: BLESS=1 cargo test --test rules -- --exact {}", self.rule)
            .into())
    }
}

impl Section {
    /// The block with exactly `info` after its fence.
    pub(crate) fn block(&self, info: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.info == info)
    }

    /// The files that it shows, by name.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        let named = self.blocks.iter().filter(|block| block.info != "text report");
        named.filter_map(|block| Some((block.info.split_once(' ')?.1, block.text.as_str())))
    }

    fn file(&self, name: &str) -> Option<&str> {
        self.files().find(|(known, _)| *known == name).map(|(_, text)| text)
    }

    /// Whether it shows a repository without a catalog.
    pub(crate) fn is_repository(&self) -> bool {
        self.file("applications.yml").is_none()
    }

    /// The files as a repository without a catalog.
    pub(crate) fn tree(&self) -> Tree {
        Tree::of_files(self.files())
    }

    /// The files as inputs; the usual `platform.yml` if there is none.
    pub(crate) fn inputs(&self) -> Result<Inputs, Failed> {
        let mut inputs = self.inputs_as_shown()?;
        inputs.platform.get_or_insert_with(|| Source::new("platform.yml", PLATFORM));
        Ok(inputs)
    }

    /// The files as inputs, and nothing else.
    pub(crate) fn inputs_as_shown(&self) -> Result<Inputs, Failed> {
        let applications = self
            .file("applications.yml")
            .ok_or_else(|| format!("`{}` shows no applications.yml", self.heading))?;
        let named = |folder: &str, (name, text): (&str, &str)| {
            let stem = name.strip_prefix(folder)?.strip_suffix(".yml")?;
            Some((stem.to_owned(), Source::new(name, text)))
        };
        Ok(Inputs {
            applications: Source::new("applications.yml", applications),
            platform: self.file("platform.yml").map(|text| Source::new("platform.yml", text)),
            profiles: self.files().filter_map(|file| named("profiles/", file)).collect(),
            templates: self.files().filter_map(|file| named("templates/", file)).collect(),
            lock: self.file("applications.lock.yml").map(|text| Source::new("applications.lock.yml", text)),
            ..Inputs::default()
        })
    }

    /// Writes its files to a folder; the usual `platform.yml` if there is none.
    pub(crate) fn write_to(&self, folder: &Path) -> Result<(), Failed> {
        fs::write(folder.join("platform.yml"), PLATFORM)?;
        for (name, text) in self.files() {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, text)?;
        }
        Ok(())
    }
}

/// The folder of the pages.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")
}

/// The report of `wharf test` and its findings, for a section that shows promises.
pub(crate) fn tested(section: &Section) -> Result<(String, Vec<Finding>), Failed> {
    let inputs = section.inputs()?;
    let sources: Vec<_> = section
        .files()
        .filter(|(name, _)| name.starts_with("tests/"))
        .map(|(name, text)| Source::new(name, text))
        .collect();
    let mut compiled = compiled(&inputs);
    if sources.is_empty() {
        return Ok((report(&compiled), compiled.findings.clone()));
    }
    let mut findings = Sink::new();
    for (source, number) in sources.iter().zip(0..) {
        compiled.documents.insert(Document::load(FileId::new(Role::Test, number), source, &mut findings));
    }
    let reach = Reach::new(&compiled.model, &compiled.objects, &compiled.documents);
    promises::check(&compiled.documents, &reach, &mut findings);
    compiled.findings.extend(findings);
    wharf::report::sort(&mut compiled.findings, &compiled.documents);
    Ok((report(&compiled), compiled.findings.clone()))
}

/// Compiles the inputs, the same way for every page.
pub(crate) fn compiled(inputs: &Inputs) -> Compiled {
    compile(inputs, NonZeroUsize::MIN)
}

/// Audits a repository, the same way for every page: charts are not rendered.
pub(crate) fn audited(tree: &Tree) -> Audited<'_> {
    audit(tree, &Settings::default(), &|_| Err("charts are not rendered here".into()))
}

/// The sections of a page that show repositories: bad ones, then good ones.
pub(crate) fn repositories(page: &Page) -> Vec<(&Section, &Section)> {
    let pair = |bad, good| Some((page.section(bad).ok()?, page.section(good).ok()?));
    let own = pair(HEADINGS[1], HEADINGS[2]).filter(|(bad, _)| bad.is_repository());
    own.into_iter().chain(pair(OF_MANIFESTS[0], OF_MANIFESTS[1])).collect()
}

/// The report of a compilation, without colours.
pub(crate) fn report(compiled: &Compiled) -> String {
    text::draw(&compiled.findings, &compiled.documents, false)
}

/// Refuses a compilation with findings.
pub(crate) fn expect_nothing(compiled: &Compiled) -> Result<(), Failed> {
    if compiled.findings.is_empty() {
        Ok(())
    } else {
        Err(format!("`Good` has findings:\n{}", report(compiled)).into())
    }
}

/// Refuses findings if none is of the rule.
pub(crate) fn expect_rule(findings: &[Finding], rule: &str) -> Result<(), Failed> {
    let names: Vec<_> = findings.iter().map(|finding| finding.rule.name).collect();
    if names.contains(&rule) {
        Ok(())
    } else {
        Err(format!("`Bad` violates {names:?}, but not `{rule}`").into())
    }
}
