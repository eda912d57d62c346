//! Reads a lock exactly as `wharf lock` writes it, line by line and without a tree of values: the lock of a
//! large catalog is longer than the catalog. Whatever differs in any way is left to [`super::read()`], which
//! reports it; what is read here is what that would read, without a finding.

mod lines;

use lines::Lines;

use super::configuration::Need;
use super::pods::Pods;
use super::services::Service;
use super::{Entry, Interface, Lock, VERSION};
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

fn entry(lines: &mut Lines<'_>, rest: &str, indent: usize) -> Option<Entry> {
    let within = lines.nested(rest, indent)?;
    let source = text(lines, within, "source")?.map_or(String::new(), |source| source.to_string());
    let files = text(lines, within, "files")?.map(|files| files.to_string());
    let content = match text(lines, within, "unknown")? {
        Some(reason) => Err(reason),
        None => Ok(interface(lines, within)?),
    };
    Some(Entry { source, files, content })
}

/// The keys of an interface, in their order.
fn interface(lines: &mut Lines<'_>, indent: usize) -> Option<Interface> {
    Some(Interface {
        objects: lines.section(indent, "objects", Lines::items)?,
        definitions: lines.section(indent, "definitions", Lines::value)?,
        services: lines.section(indent, "services", service)?,
        pods: lines.section(indent, "pods", pods)?,
        webhooks: lines.list(indent, "webhooks")?,
        scrapes: lines.list(indent, "scrapes")?,
        calls: lines.section(indent, "calls", Lines::items)?,
        secrets: lines.section(indent, "secrets", Lines::items)?,
        needs: lines.section(indent, "needs", need)?,
        volumes: lines.section(indent, "volumes", Lines::value)?,
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
        labels: lines.section(within, "labels", Lines::value)?,
        ports: lines.list(within, "ports")?,
        host_network: lines.flag(within, "hostNetwork")?,
        service_account: text(lines, within, "serviceAccount")?,
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

/// The text of a key, if it is the next one.
fn text(lines: &mut Lines<'_>, indent: usize, key: &str) -> Option<Option<Text>> {
    match lines.field(indent, key) {
        None => Some(None),
        Some(rest) => lines.value(rest, indent).map(Some),
    }
}
