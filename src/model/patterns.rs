//! Names that follow a convention: the patterns of `platform.yml`, compiled once.

use minijinja::{Environment, UndefinedBehavior, Value};

use super::Platform;
use crate::diagnostics::Finding;
use crate::diagnostics::rules;
use crate::diagnostics::{FileId, Location};
use crate::platform::Patterns as Written;
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

/// How much work a pattern may do.
const MAX_FUEL: u64 = 10_000;

/// The patterns that are said; every other name is made without one.
pub(super) struct Patterns {
    environment: Environment<'static>,
    /// The keys that are said and can be filled in.
    said: Vec<&'static str>,
    domain: Text,
}

impl Patterns {
    pub(super) fn new(platform: &Platform, findings: &mut Vec<Finding>) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(MAX_FUEL));
        for filter in ["replace", "format", "indent", "center"] {
            environment.remove_filter(filter);
        }
        let mut this = Self { environment, said: Vec::new(), domain: platform.domain.clone() };
        let Written { values_file, application, app_project, host, certificate_secret } = &platform.patterns;
        let said = [
            (VALUES_FILE, values_file),
            (APPLICATION, application),
            (APP_PROJECT, app_project),
            (HOST, host),
            (CERTIFICATE_SECRET, certificate_secret),
        ];
        for (pattern, text) in said {
            if let Some(text) = text {
                this.add(&pattern, text, findings);
            }
        }
        this
    }

    /// The values file of an application, relative to its `path`.
    pub(super) fn values_file(&self, code: &str, namespace: &str) -> Text {
        self.fill(&VALUES_FILE, &[code, namespace]).unwrap_or_else(|| format!("values-{code}.yml").into())
    }

    /// The name of an Application.
    pub(super) fn application(&self, code: &Text, namespace: &str) -> Text {
        self.fill(&APPLICATION, &[code, namespace]).unwrap_or_else(|| code.clone())
    }

    /// The name of an `AppProject`.
    pub(super) fn app_project(&self, namespace: &Text) -> Text {
        self.fill(&APP_PROJECT, &[namespace]).unwrap_or_else(|| namespace.clone())
    }

    /// The full name of a host that is one label.
    pub(super) fn host(&self, host: &str, namespace: &str) -> Text {
        self.fill(&HOST, &[host, namespace, &self.domain])
            .unwrap_or_else(|| format!("{host}.{}", self.domain).into())
    }

    /// The Secret that the Certificate of a route fills.
    pub(super) fn certificate_secret(&self, route: &str, namespace: &str) -> Text {
        self.fill(&CERTIFICATE_SECRET, &[route, namespace]).unwrap_or_else(|| format!("{route}-tls").into())
    }

    fn add(&mut self, pattern: &Pattern, text: &str, findings: &mut Vec<Finding>) {
        let added = self.environment.add_template_owned(pattern.key, text.to_owned());
        let sample = added.and_then(|()| self.render(pattern, pattern.words));
        let why = match sample {
            Ok(name) if name.contains(|char: char| !char.is_control() && char != ' ') => {
                return self.said.push(pattern.key);
            }
            Ok(_) => "it makes an empty name".to_owned(),
            Err(error) => error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
        };
        let finding = rules::INVALID_PATTERN
            .at(location(pattern.key), format!("this pattern cannot be filled in: {why}"));
        let words: Vec<_> = pattern.words.iter().map(|word| format!("`{{{{ {word} }}}}`")).collect();
        let words = words.split_last().map(|(last, rest)| {
            if rest.is_empty() { last.clone() } else { format!("{} and {last}", rest.join(", ")) }
        });
        findings.push(
            finding.note(pattern.note).help(format!("a pattern may use {}", words.unwrap_or_default())),
        );
    }

    /// The name by a pattern; nothing if the platform says none.
    fn fill(&self, pattern: &Pattern, values: &[&str]) -> Option<Text> {
        self.said.contains(&pattern.key).then(|| self.render(pattern, values).unwrap_or_default().into())
    }

    fn render(&self, pattern: &Pattern, values: &[&str]) -> Result<String, minijinja::Error> {
        let words = pattern.words.iter().zip(values).map(|(word, value)| (*word, Value::from(*value)));
        self.environment.get_template(pattern.key)?.render(Value::from_pairs(words))
    }
}

/// Where a pattern stands.
pub(super) fn location(key: &'static str) -> Location {
    Location::root(FileId::PLATFORM).key("patterns").key(key)
}
