//! Changes of headers of requests and responses.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::HeaderChanges as Written;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink, rules};
use crate::format::{HeaderName, HeaderValue};
use crate::value::Text;

/// Changes of headers, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct HeaderChanges {
    /// Names and values that replace those of the same name.
    pub set: Vec<(Text, Text)>,
    /// Names that are removed.
    pub remove: Vec<Text>,
    /// Names and values that are added to those of the same name.
    pub add: Vec<(Text, Text)>,
}

impl HeaderChanges {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty() && self.add.is_empty()
    }
}

/// The changes that are written at a location.
pub(super) fn headers(written: Option<&Written>, location: &Location, findings: &mut Sink) -> HeaderChanges {
    let Some(written) = written else { return HeaderChanges::default() };
    let mut known = BTreeSet::new();
    let keys = |key: &'static str, names: &BTreeMap<HeaderName, HeaderValue>| {
        let at = |name: &HeaderName| (name.clone(), location.key(key).key(name.to_string()).itself());
        names.keys().map(at).collect::<Vec<_>>()
    };
    let remove = written.remove.iter().enumerate();
    let remove = remove.map(|(index, name)| (name.clone(), location.key("remove").index(index)));
    let others = keys("set", &written.set).into_iter().chain(keys("add", &written.add));
    for (name, location) in others.chain(remove) {
        check_name(&name, location, &mut known, findings);
    }
    HeaderChanges {
        set: pairs(&written.set),
        remove: written.remove.iter().map(Text::from).collect(),
        add: pairs(&written.add),
    }
}

fn pairs(headers: &BTreeMap<HeaderName, HeaderValue>) -> Vec<(Text, Text)> {
    headers.iter().map(|(name, value)| (Text::from(name), Text::from(value))).collect()
}

/// Names of headers are not case-sensitive (RFC 9110).
fn check_name(name: &str, location: Location, known: &mut BTreeSet<String>, findings: &mut Sink) {
    let lower = name.to_ascii_lowercase();
    if lower == "host" {
        let finding = rules::INVALID_VALUE.at(location, "`Host` is not a header like others");
        let finding = finding.note("controllers choose routes by it, and some ignore a change of it here");
        findings.push(finding.help("write `host` of `filters`"));
    } else if !known.insert(lower) {
        let finding =
            rules::INVALID_VALUE.at(location, format!("the header `{}` is listed twice", shorten(name)));
        let finding = finding.note("the case of letters does not distinguish headers");
        findings.push(finding.help("remove one of the two"));
    }
}
