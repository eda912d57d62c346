//! Names that follow a convention: the patterns of `platform.yml`, compiled once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::Platform;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{FileId, Finding, Location, Sink, rules};
use crate::names::{ApplicationCode, ApplicationName, Host, Namespace, ProjectName};
use crate::template::{Budget, Fault, Problem, Program, Style, Value};
use crate::value::Text;

/// A name that a pattern may decide.
struct Pattern {
    /// The key of `patterns`.
    key: &'static str,
    /// The words that it may use.
    words: &'static [&'static str],
    /// What would come of one that cannot be filled in.
    note: &'static str,
}

const VALUES_FILE: Pattern = Pattern {
    key: "valuesFile",
    words: &["applicationCode", "namespace"],
    note: "applications without `helm.valueFiles` would have no values file",
};
const APPLICATION: Pattern = Pattern {
    key: "application",
    words: &["applicationCode", "namespace"],
    note: "no Application would have a name",
};
const APP_PROJECT: Pattern =
    Pattern { key: "appProject", words: &["namespace"], note: "no AppProject would have a name" };
const HOST: Pattern = Pattern {
    key: "host",
    words: &["host", "namespace", "domain"],
    note: "no short host would have a full name",
};
const CERTIFICATE_SECRET: Pattern = Pattern {
    key: "certificateSecret",
    words: &["route", "namespace"],
    note: "no certificate would have a Secret",
};

const STORE_PATH: Pattern = Pattern {
    key: "storePath",
    words: &["namespace", "secret", "key"],
    note: "values without `from` would have no path in the store",
};
const STORE_PROPERTY: Pattern = Pattern {
    key: "storeProperty",
    words: &["namespace", "secret", "key"],
    note: "values without `from` would have no property in the store",
};

const ALL: [Pattern; 7] =
    [VALUES_FILE, APPLICATION, APP_PROJECT, HOST, CERTIFICATE_SECRET, STORE_PATH, STORE_PROPERTY];

/// How many steps a pattern may take for a name.
const MAX_STEPS: u64 = 500;

/// How long a name may get, in bytes: twice the longest that Kubernetes takes.
const MAX_NAME: usize = 512;

/// The patterns that are set; all other names are derived without a pattern.
pub(super) struct Patterns {
    /// The patterns that are set and valid.
    programs: BTreeMap<&'static str, Program>,
    /// For each pattern that could not be filled in for some words, the first of these words and the reason.
    /// A pattern may have branches.
    faults: Mutex<BTreeMap<&'static str, (Vec<String>, String)>>,
    domain: Text,
}

impl Patterns {
    pub(super) fn new(platform: &Platform, findings: &mut Sink) -> Self {
        let mut this =
            Self { programs: BTreeMap::new(), faults: Mutex::default(), domain: platform.domain.clone() };
        let written = &platform.patterns;
        let texts = [
            &written.values_file,
            &written.application,
            &written.app_project,
            &written.host,
            &written.certificate_secret,
            &written.store_path,
            &written.store_property,
        ];
        for (pattern, text) in ALL.into_iter().zip(texts) {
            if let Some(text) = text {
                this.add(&pattern, text, findings);
            }
        }
        this
    }

    /// The values file of an application, relative to its `path`.
    pub(super) fn values_file(&self, code: &ApplicationCode, namespace: &Namespace) -> Text {
        self.fill(&VALUES_FILE, &[code.as_str(), namespace.as_str()])
            .unwrap_or_else(|| format!("values-{code}.yml").into())
    }

    /// The name of an Application.
    pub(super) fn application(&self, code: &ApplicationCode, namespace: &Namespace) -> ApplicationName {
        let filled = self.fill(&APPLICATION, &[code.as_str(), namespace.as_str()]);
        filled.map_or_else(|| ApplicationName::of_code(code), ApplicationName::new)
    }

    /// The name of an `AppProject`.
    pub(super) fn app_project(&self, namespace: &Namespace) -> ProjectName {
        let filled = self.fill(&APP_PROJECT, &[namespace.as_str()]);
        filled.map_or_else(|| ProjectName::of_namespace(namespace), ProjectName::new)
    }

    /// The full name of a host that is one label.
    pub(super) fn host(&self, host: &str, namespace: &Namespace) -> Host {
        let filled = self.fill(&HOST, &[host, namespace.as_str(), self.domain.as_str()]);
        Host::new(filled.unwrap_or_else(|| format!("{host}.{}", self.domain).into()))
    }

    /// The Secret that the Certificate of a route fills.
    pub(super) fn certificate_secret(&self, route: &str, namespace: &Namespace) -> Text {
        self.fill(&CERTIFICATE_SECRET, &[route, namespace.as_str()])
            .unwrap_or_else(|| format!("{route}-tls").into())
    }

    /// The path in the store of a value of a Secret; nothing if no pattern decides.
    pub(super) fn store_path(&self, namespace: &Namespace, secret: &str, key: &str) -> Option<Text> {
        self.fill(&STORE_PATH, &[namespace.as_str(), secret, key])
    }

    /// The property at that path; nothing if no pattern decides.
    pub(super) fn store_property(&self, namespace: &Namespace, secret: &str, key: &str) -> Option<Text> {
        self.fill(&STORE_PROPERTY, &[namespace.as_str(), secret, key])
    }

    /// Reports the patterns that had no name for some words.
    pub(super) fn check(&self, findings: &mut Sink) {
        let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        for pattern in ALL {
            if let Some((words, why)) = faults.get(pattern.key) {
                let words: Vec<_> = words.iter().map(|word| format!("`{}`", shorten(word))).collect();
                findings.push(bad(
                    &pattern,
                    format!("this pattern cannot be filled in for {}: {why}", words.join(", ")),
                ));
            }
        }
    }

    fn add(&mut self, pattern: &Pattern, text: &str, findings: &mut Sink) {
        let named =
            Program::parse(text).and_then(|program| Ok((render(&program, pattern, pattern.words)?, program)));
        let why = match named {
            Ok((name, program)) if is_name(&name) => {
                self.programs.insert(pattern.key, program);
                return;
            }
            Ok(_) => "it makes an empty name".to_owned(),
            Err(fault) => reason(text, &fault),
        };
        findings.push(bad(pattern, format!("this pattern cannot be filled in: {why}")));
    }

    /// The name by a pattern; nothing if the platform does not set the pattern.
    fn fill(&self, pattern: &Pattern, values: &[&str]) -> Option<Text> {
        let program = self.programs.get(pattern.key)?;
        let why = match render(program, pattern, values) {
            Ok(name) if is_name(&name) => return Some(name.into()),
            Ok(_) => "it makes an empty name".to_owned(),
            Err(fault) => reason("", &fault),
        };
        let values: Vec<_> = values.iter().copied().map(str::to_owned).collect();
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        // The least, so that the number of threads does not decide which one it is.
        let kept = faults.entry(pattern.key).or_insert_with(|| (values.clone(), why.clone()));
        if values < kept.0 {
            *kept = (values, why);
        }
        None
    }
}

fn render(program: &Program, pattern: &Pattern, values: &[&str]) -> Result<String, Fault> {
    let words: Vec<_> = pattern.words.iter().copied().zip(values.iter().copied().map(Value::text)).collect();
    program.render(&words, Style::Plain, &mut Budget::new(MAX_STEPS, MAX_NAME)).map(|rendered| rendered.text)
}

fn is_name(name: &str) -> bool {
    name.contains(|char: char| !char.is_control() && char != ' ')
}

fn bad(pattern: &Pattern, message: String) -> Finding {
    let words: Vec<_> = pattern.words.iter().map(|word| format!("`{{{{ {word} }}}}`")).collect();
    let words = words.split_last().map(|(last, rest)| {
        if rest.is_empty() { last.clone() } else { format!("{} and {last}", rest.join(", ")) }
    });
    rules::INVALID_PATTERN
        .at(location(pattern.key), message)
        .note(pattern.note)
        .help(format!("a pattern may use {}", words.unwrap_or_default()))
}

/// What is wrong, in words.
fn reason(text: &str, fault: &Fault) -> String {
    match &fault.problem {
        Problem::Undefined => match text.get(fault.span.clone()).filter(|word| !word.is_empty()) {
            Some(word) => format!("`{}` is undefined", shorten(word)),
            None => "a value is undefined".to_owned(),
        },
        Problem::Steps => format!("it takes more than {MAX_STEPS} steps"),
        Problem::Output => format!("the name is longer than {MAX_NAME} bytes"),
        Problem::TooLong(message) => (*message).to_owned(),
        Problem::Syntax(message) | Problem::Refused(message) | Problem::Operation(message) => message.clone(),
    }
}

/// Where a pattern stands.
pub(crate) fn location(key: &'static str) -> Location {
    Location::root(FileId::PLATFORM).key("patterns").key(key)
}
