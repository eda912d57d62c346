//! Reads a lock exactly as `wharf lock` writes it, line by line and without a tree of values: the lock of a
//! large catalog is longer than the catalog. Whatever differs in any way is left to [`super::read()`], which
//! reports it; what is read here is what that would read, without a finding.

mod lines;

use std::sync::Arc;

use lines::{Lines, value};

use super::configuration::Need;
use super::pods::Pods;
use super::services::Service;
use super::{Digests, Entry, Interface, Lock, VERSION};
use crate::catalog::PodSecurity;
use crate::names::ApplicationCode;
use crate::value::Text;

/// The contents of a lock file, if `wharf lock` of this version wrote it.
pub fn read_canonical(text: &str) -> Option<Lock> {
    let mut lines = Lines::new(text);
    let version = lines.field(0, "version")?;
    if version.strip_prefix(' ').and_then(|version| version.parse().ok()) != Some(VERSION) {
        return None;
    }
    let applications = lines.field(0, "applications")?;
    let entries = lines.map::<Text, _>(applications, 0, entry)?;
    let entries = entries.into_iter().map(|(code, entry)| (ApplicationCode::new(code), entry));
    let read = Lock { exists: true, entries: entries.collect() };
    lines.is_complete().then_some(read)
}

fn entry(lines: &mut Lines<'_>, rest: &str, indent: usize) -> Option<Arc<Entry>> {
    let within = lines.nested(rest, indent)?;
    let mut digest = |key| Some(text(lines, within, key).ok()?.map(|digest| digest.to_string()));
    let digests = Digests {
        source: digest("source")?.unwrap_or_default(),
        files: digest("files")?,
        apis: digest("apis")?,
    };
    let content = match text(lines, within, "unknown").ok()? {
        Some(reason) => Err(reason),
        None => Ok(interface(lines, within)?),
    };
    Some(Arc::new(Entry { digests, content }))
}

/// The keys of an interface, in their order.
fn interface(lines: &mut Lines<'_>, indent: usize) -> Option<Interface> {
    Some(Interface {
        objects: lines.objects(indent, "objects")?.into(),
        definitions: lines.section(indent, "definitions", value)?,
        services: lines.section(indent, "services", service)?,
        pods: lines.section(indent, "pods", pods)?,
        webhooks: lines.list(indent, "webhooks")?,
        scrapes: lines.list(indent, "scrapes")?,
        calls: lines.section(indent, "calls", Lines::items)?,
        secrets: lines.section(indent, "secrets", Lines::items)?,
        needs: lines.section(indent, "needs", need)?,
        volumes: lines.section(indent, "volumes", value)?,
        routes: lines.list(indent, "routes")?,
    })
}

fn service(lines: &mut Lines<'_>, rest: &str, indent: usize) -> Option<Service> {
    if rest == " {}" {
        return Some(Service::default());
    }
    let within = lines.nested(rest, indent)?;
    Some(Service { ports: lines.list(within, "ports")?, pods: lines.list(within, "pods")? })
}

fn pods(lines: &mut Lines<'_>, rest: &str, indent: usize) -> Option<Pods> {
    let within = lines.nested(rest, indent)?;
    Some(Pods {
        labels: lines.section(within, "labels", value)?,
        ports: lines.list(within, "ports")?,
        host_network: lines.flag(within, "hostNetwork")?,
        service_account: text(lines, within, "serviceAccount").ok()?,
        pod_security: level(lines.field(within, "podSecurity")?)?,
        violations: lines.list(within, "violations")?,
        images: lines.list(within, "images")?,
    })
}

fn level(rest: &str) -> Option<PodSecurity> {
    match rest {
        " privileged" => Some(PodSecurity::Privileged),
        " baseline" => Some(PodSecurity::Baseline),
        " restricted" => Some(PodSecurity::Restricted),
        _ => None,
    }
}

fn need(lines: &mut Lines<'_>, rest: &str, indent: usize) -> Option<Need> {
    if rest == " {}" {
        return Some(Need::default());
    }
    let within = lines.nested(rest, indent)?;
    Some(Need {
        keys: lines.list(within, "keys")?,
        optional: lines.flag(within, "optional")?,
        by: lines.list(within, "by")?,
    })
}

/// A value that is not what `wharf lock` writes.
struct Malformed;

/// The text of a key, if it is the next one.
fn text(lines: &mut Lines<'_>, indent: usize, key: &str) -> Result<Option<Text>, Malformed> {
    match lines.field(indent, key) {
        None => Ok(None),
        Some(rest) => value(lines, rest, indent).map(Some).ok_or(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Entry, Lock, builtin, read, write};
    use super::read_canonical;
    use crate::diagnostics::{FileId, Sink};
    use crate::inputs::Source;
    use crate::names::ApplicationCode;
    use crate::syntax::Document;

    /// A lock with all charts of the built-in facts.
    fn everything() -> Lock {
        let entry = |chart: &builtin::Chart| {
            let digests = crate::lock::Digests { source: "a".into(), ..Default::default() };
            let entry = Entry { digests, content: Ok(chart.interface.clone()) };
            (ApplicationCode::new(chart.name.clone()), entry.into())
        };
        Lock { exists: true, entries: builtin::charts().map(entry).collect() }
    }

    /// Reads a text without the parser; if that succeeds, it is what the parser reads.
    fn is_canonical(text: &[u8]) -> bool {
        let canonical = std::str::from_utf8(text).ok().and_then(read_canonical);
        if let Some(canonical) = &canonical {
            let source = Source::new("applications.lock.yml", text);
            let mut findings = Sink::new();
            let lock = read(&Document::load(FileId::LOCK, &source, &mut findings), &mut findings);
            let text = String::from_utf8_lossy(text);
            assert_eq!((canonical, findings.len()), (&lock, 0), "{text}: {findings:?}");
        }
        canonical.is_some()
    }

    #[test]
    fn what_is_written_is_read_without_the_parser() {
        assert!(is_canonical(write(&everything()).as_bytes()));
        assert!(is_canonical(write(&Lock { exists: true, ..Lock::default() }).as_bytes()));
        for text in ["", "version: 1", "version: 1\n", "version: 2\napplications: {}\n", "applications: {}\n"]
        {
            assert!(!is_canonical(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_wrong_line_is_never_read_without_the_parser() {
        const LOCK: &str = r"# made
version: 1
applications:
  a:
    source: f-1
    files: f-2
    objects:
      Service:
        - web
      apps/Deployment: []
    definitions:
      a.b/C: Cluster v1
    services:
      web:
        ports:
          - 80/TCP http to 8080
        pods:
          - Deployment/web
      x/y: {}
    pods:
      Deployment/web:
        labels:
          app: 'it''s'
        hostNetwork: true
        podSecurity: baseline
    needs:
      Secret/a:
        keys:
          - k
        optional: true
      Secret/b: {}
    volumes:
      P/a: protected
  b:
    source: f-3
    unknown: it is sealed
";
        let mut taken = 0;
        let lines: Vec<_> = LOCK.split_inclusive('\n').collect();
        let indices = || 0..lines.len();
        for (first, second) in indices().flat_map(|one| indices().map(move |other| (one, other))) {
            let mut changed = lines.clone();
            changed.swap(first, second);
            taken += usize::from(is_canonical(changed.concat().as_bytes()));
            let twice = [&lines[..first], &lines[second..]].concat();
            taken += usize::from(is_canonical(twice.concat().as_bytes()));
        }
        for at in 0..LOCK.len() {
            for byte in b"\n :-'#x8{[&*|/\t\xc3" {
                let mut typo = LOCK.as_bytes().to_vec();
                typo[at] = *byte;
                taken += usize::from(is_canonical(&typo));
                typo.insert(at, *byte);
                taken += usize::from(is_canonical(&typo));
            }
        }
        assert!(taken > 1000, "{taken} changes are still canonical");
    }

    #[test]
    fn whatever_is_done_to_a_lock_nothing_else_is_read() {
        let text = write(&everything()).into_bytes();
        for cut in (0..text.len()).step_by(4001) {
            is_canonical(&text[..cut]);
            let mut broken = text.clone();
            broken[cut] = b"\n:-{'\xff #"[cut % 8];
            is_canonical(&broken);
        }
    }
}
