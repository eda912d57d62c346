//! Reads the lock file. Total: each fault is a finding with its line.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::Arc;

use serde::Deserialize;

use super::configuration::Need;
use super::pods::Pods;
use super::services::Service;
use super::{Digests, Entry, Interface, Lock, VERSION};
use crate::catalog::PodSecurity;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::names::ApplicationCode;
use crate::syntax::{Document, decode};
use crate::value::{SortedMap, SortedSet, Text};

/// The lock file as it is written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenLock {
    version: u32,
    #[serde(default)]
    applications: BTreeMap<Text, WrittenEntry>,
}

/// An entry, or a chart of the built-in facts.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WrittenEntry {
    source: Option<Text>,
    files: Option<Text>,
    apis: Option<Text>,
    unknown: Option<Text>,
    #[serde(default)]
    objects: Sets,
    #[serde(default)]
    definitions: TextMap,
    #[serde(default)]
    services: BTreeMap<Text, WrittenService>,
    #[serde(default)]
    pods: BTreeMap<Text, WrittenPods>,
    #[serde(default)]
    webhooks: Vec<Text>,
    #[serde(default)]
    scrapes: Vec<Text>,
    #[serde(default)]
    calls: Sets,
    #[serde(default)]
    secrets: Sets,
    #[serde(default)]
    needs: BTreeMap<Text, WrittenNeed>,
    #[serde(default)]
    volumes: TextMap,
    #[serde(default)]
    routes: Vec<Text>,
}

type Sets = BTreeMap<Text, Vec<Text>>;
type TextMap = BTreeMap<Text, Text>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenService {
    #[serde(default)]
    ports: Vec<Text>,
    #[serde(default)]
    pods: BTreeSet<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WrittenPods {
    #[serde(default)]
    labels: BTreeMap<Text, Text>,
    #[serde(default)]
    ports: Vec<Text>,
    host_network: Option<bool>,
    service_account: Option<Text>,
    pod_security: PodSecurity,
    #[serde(default)]
    violations: BTreeSet<Text>,
    #[serde(default)]
    images: BTreeSet<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenNeed {
    #[serde(default)]
    keys: BTreeSet<Text>,
    optional: Option<bool>,
    #[serde(default)]
    by: BTreeSet<Text>,
}

/// The contents of a lock file; incomplete if the findings have an error.
pub fn read(document: &Document, findings: &mut Sink) -> Lock {
    if let Some(conflict) = conflict(document) {
        findings.retain(|finding| finding.location().file != document.file);
        findings.push(conflict);
        return Lock { exists: true, ..Lock::default() };
    }
    if let Some(newer) = newer(document) {
        findings.push(newer);
        return Lock { exists: true, ..Lock::default() };
    }
    let Some(written) = decode::<WrittenLock>(document, findings) else {
        return Lock { exists: true, ..Lock::default() };
    };
    let mut reader = Reader { findings };
    let old = written.version != VERSION;
    let entries = written.applications.into_iter().map(|(code, entry)| {
        let code = ApplicationCode::new(code);
        let location = super::location(&code);
        let mut entry = reader.entry(entry, &location);
        if old {
            // Another version extracted other facts from manifests.
            entry.digests.source.clear();
        }
        (code, Arc::new(entry))
    });
    Lock { exists: true, entries: entries.collect() }
}

/// A merge conflict, with both sides in the file, which is not valid YAML.
fn conflict(document: &Document) -> Option<Finding> {
    let mut start = 0;
    let line = document.text.split_inclusive('\n').find(|line| {
        start += line.len();
        ["<<<<<<< ", ">>>>>>> ", "||||||| "].iter().any(|mark| line.starts_with(mark))
    })?;
    let location =
        Location::bytes(document.file, start - line.len(), start - line.len() + line.trim_end().len());
    let finding = rules::LOCK_CONFLICT.at(location, "there is an unresolved merge conflict here");
    let finding =
        finding.note("git does not know which of the two entries is correct, and both may be stale");
    Some(finding.help("keep either side, then run `wharf lock`, which updates each stale entry"))
}

/// A file of a newer version of wharf, with an unknown format.
fn newer(document: &Document) -> Option<Finding> {
    #[derive(Deserialize)]
    struct Head {
        version: u32,
    }
    let Head { version } = decode(document, &mut Sink::new())?;
    (version > VERSION).then(|| {
        let location = Location::root(document.file).key("version");
        let finding = rules::LOCK_VERSION.at(
            location,
            format!("this lock has version {version}, and this version of wharf supports at most {VERSION}"),
        );
        finding
            .note("a newer version of wharf wrote it")
            .help("install the newer version of wharf, or restore the lock of this one")
    })
}

/// The interface in a file of the built-in facts.
pub(super) fn interface(entry: WrittenEntry, location: &Location, findings: &mut Sink) -> Interface {
    Reader { findings }.interface(entry, location)
}

struct Reader<'f> {
    findings: &'f mut Sink,
}

/// The path to an item, which is only converted to a location for a finding.
#[derive(Clone, Copy)]
enum KeyPath<'w> {
    At(&'w Location),
    Key(&'w KeyPath<'w>, &'w str),
}

impl KeyPath<'_> {
    fn location(&self) -> Location {
        match self {
            Self::At(location) => (*location).clone(),
            Self::Key(above, key) => above.location().key((*key).to_owned()),
        }
    }
}

impl Reader<'_> {
    fn entry(&mut self, written: WrittenEntry, location: &Location) -> Entry {
        let digest = |written: &Option<Text>| written.as_ref().map(ToString::to_string);
        let digests = Digests {
            source: digest(&written.source).unwrap_or_default(),
            files: digest(&written.files),
            apis: digest(&written.apis),
        };
        let content = match &written.unknown {
            Some(reason) => Err(reason.clone()),
            None => Ok(self.interface(written, location)),
        };
        Entry { digests, content }
    }

    fn interface(&mut self, written: WrittenEntry, location: &Location) -> Interface {
        let root = KeyPath::At(location);
        let at = |key| KeyPath::Key(&root, key);
        Interface {
            objects: self.sets(&written.objects, at("objects")).into(),
            definitions: self.scalars(&written.definitions, at("definitions")),
            services: self.keyed(written.services, at("services"), Self::service),
            pods: self.keyed(written.pods, at("pods"), Self::pods),
            webhooks: self.items(&written.webhooks, at("webhooks")),
            scrapes: self.items(&written.scrapes, at("scrapes")),
            calls: self.sets(&written.calls, at("calls")),
            secrets: written
                .secrets
                .into_iter()
                .map(|(name, keys)| (name, keys.into_iter().collect()))
                .collect(),
            needs: self.keyed(written.needs, at("needs"), |_, need, _| Need {
                keys: need.keys.into_iter().collect(),
                optional: need.optional == Some(true),
                by: need.by.into_iter().collect(),
            }),
            volumes: self.scalars(&written.volumes, at("volumes")),
            routes: self.items(&written.routes, at("routes")),
        }
    }

    fn service(&mut self, written: WrittenService, path: KeyPath<'_>) -> Service {
        Service {
            ports: self.items(&written.ports, KeyPath::Key(&path, "ports")),
            pods: written.pods.into_iter().collect(),
        }
    }

    fn pods(&mut self, written: WrittenPods, path: KeyPath<'_>) -> Pods {
        Pods {
            labels: written.labels.into_iter().collect(),
            ports: self.items(&written.ports, KeyPath::Key(&path, "ports")),
            host_network: written.host_network == Some(true),
            service_account: written.service_account,
            pod_security: written.pod_security,
            violations: written.violations.into_iter().collect(),
            images: written.images.into_iter().collect(),
        }
    }

    fn keyed<K: FromStr + Ord, W, T>(
        &mut self,
        written: BTreeMap<Text, W>,
        path: KeyPath<'_>,
        read: impl Fn(&mut Self, W, KeyPath<'_>) -> T,
    ) -> SortedMap<K, T> {
        let mut read_one = |(key, value): (Text, W)| {
            let path = KeyPath::Key(&path, &key);
            let name = self.key(&key, path);
            Some((name?, read(self, value, path)))
        };
        written.into_iter().filter_map(&mut read_one).collect()
    }

    fn sets<K: FromStr + Ord, T: FromStr + Ord>(
        &mut self,
        written: &Sets,
        path: KeyPath<'_>,
    ) -> SortedMap<K, SortedSet<T>> {
        let mut read = Vec::new();
        for (key, items) in written {
            let path = KeyPath::Key(&path, key);
            let name = self.key(key, path);
            let items = self.items(items, path);
            read.extend(name.map(|name| (name, items)));
        }
        read.into_iter().collect()
    }

    fn scalars<K: FromStr + Ord, T: FromStr>(
        &mut self,
        written: &TextMap,
        path: KeyPath<'_>,
    ) -> SortedMap<K, T> {
        let mut read = Vec::new();
        for (key, value) in written {
            let path = KeyPath::Key(&path, key);
            let name = self.key(key, path);
            read.extend(name.zip(self.parse(value, || path.location())));
        }
        read.into_iter().collect()
    }

    fn items<T: FromStr + Ord>(&mut self, written: &[Text], path: KeyPath<'_>) -> SortedSet<T> {
        let numbered = written.iter().enumerate();
        numbered.filter_map(|(index, item)| self.parse(item, || path.location().index(index))).collect()
    }

    fn key<T: FromStr>(&mut self, key: &str, path: KeyPath<'_>) -> Option<T> {
        self.parse(key, || path.location().itself())
    }

    fn parse<T: FromStr>(&mut self, text: &str, location: impl Fn() -> Location) -> Option<T> {
        let read = text.parse().ok();
        if read.is_none() {
            self.malformed(text, location());
        }
        read
    }

    fn malformed(&mut self, text: &str, location: Location) {
        // The placeholder of a value whose error has been reported.
        if text.is_empty() && !self.findings.is_empty() {
            return;
        }
        let finding = rules::INVALID_VALUE
            .at(location, format!("`{}` is not what `wharf lock` writes here", shorten(text)));
        let finding = finding.note("the lock was edited manually, or merged incorrectly");
        self.findings.push(finding.help("restore the file, or remove the entry and run `wharf lock`"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Lock, builtin, write};
    use super::{Digests, Entry, read};
    use crate::diagnostics::FileId;
    use crate::diagnostics::Sink;
    use crate::inputs::Source;
    use crate::names::ApplicationCode;
    use crate::syntax::Document;

    fn digests() -> Digests {
        let digest = |text: &str| Some(text.to_owned());
        Digests { source: "a".into(), files: digest("b"), apis: digest("c") }
    }

    /// A lock with all charts of the built-in facts.
    fn everything() -> Lock {
        let entry = |chart: &builtin::Chart| {
            let content = if chart.name.as_str() == "vault" {
                Err("it is sealed".into())
            } else {
                Ok(chart.interface.clone())
            };
            (ApplicationCode::new(chart.name.clone()), Entry { digests: digests(), content }.into())
        };
        Lock { exists: true, entries: builtin::charts().map(entry).collect() }
    }

    fn read_text(text: &[u8]) -> (Lock, Sink) {
        let source = Source::new("applications.lock.yml", text);
        let mut findings = Sink::new();
        let document = Document::load(FileId::LOCK, &source, &mut findings);
        (read(&document, &mut findings), findings)
    }

    #[test]
    fn what_is_written_is_read() {
        let lock = everything();
        let text = write(&lock);
        let (again, findings) = read_text(text.as_bytes());
        assert_eq!((&again, findings.len()), (&lock, 0));
        assert_eq!(write(&again), text);
        assert!(
            lock.application(&ApplicationCode::new("traefik")).is_some()
                && lock.application(&ApplicationCode::new("vault")).is_none()
                && lock.unknown(&ApplicationCode::new("vault")).is_some()
        );
        let empty = Lock { exists: true, ..Lock::default() };
        assert_eq!(read_text(write(&empty).as_bytes()).0, empty);
    }

    #[test]
    fn every_item_has_a_line_of_its_own() {
        let mut lock = everything();
        let old = write(&lock);
        lock.entries.remove("traefik");
        let new = write(&lock);
        let missing: Vec<_> = old
            .lines()
            .skip_while(|line| *line != "  traefik:")
            .take_while(|line| *line != "  vault:")
            .collect();
        assert_eq!(
            old.replacen(&format!("{}\n", missing.join("\n")), "", 1),
            new,
            "an entry is a block of lines"
        );
    }

    #[test]
    fn whatever_is_done_to_a_lock_it_is_read() {
        let text = write(&everything()).into_bytes();
        for cut in (0..text.len()).step_by(4001) {
            read_text(&text[..cut]);
            let mut broken = text.clone();
            broken[cut] = b"\n:-{'\xff #"[cut % 8];
            read_text(&broken);
        }
    }
}
