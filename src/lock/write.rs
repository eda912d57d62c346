//! The lock as text: sorted, with one item per line, so that git can merge two branches that lock different
//! applications.

use std::fmt::Display;

use super::configuration::Need;
use super::pods::Pods;
use super::services::Service;
use super::{Digests, Entry, HEADER, Interface, Lock, VERSION};
use crate::catalog::PodSecurity;
use crate::kubernetes::yaml;
use crate::value::{Map, SortedMap, SortedSet, Text, Value};

/// The text of the lock file.
pub fn write(lock: &Lock) -> String {
    let mut text = format!("{HEADER}version: {VERSION}\n");
    if lock.entries.is_empty() {
        text.push_str("applications: {}\n");
        return text;
    }
    text.push_str("applications:\n");
    for (code, entry) in &lock.entries {
        let mut lines = String::new();
        yaml::write_lines(&mut lines, &Map::new().with(code.to_text(), self::entry(entry)));
        for line in lines.lines() {
            text.push_str("  ");
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

fn entry(entry: &Entry) -> Map {
    let Digests { source, files, apis } = &entry.digests;
    let map = Map::new()
        .with("source", source.clone())
        .with_some("files", files.clone())
        .with_some("apis", apis.clone());
    match &entry.content {
        Ok(known) => {
            interface(known).iter().fold(map, |map, (key, value)| map.with(key.clone(), value.clone()))
        }
        Err(reason) => map.with("unknown", reason),
    }
}

/// The keys of an interface in an entry.
pub(super) fn interface(interface: &Interface) -> Map {
    Map::new()
        .with_filled("objects", sets(&interface.objects))
        .with_filled("definitions", scalars(&interface.definitions))
        .with_filled(
            "services",
            interface.services.iter().map(|(name, made)| (name.to_string(), service(made))).collect::<Map>(),
        )
        .with_filled(
            "pods",
            interface.pods.iter().map(|(title, made)| (title.clone(), pods(made))).collect::<Map>(),
        )
        .with_filled("webhooks", list(&interface.webhooks))
        .with_filled("scrapes", list(&interface.scrapes))
        .with_filled("calls", sets(&interface.calls))
        .with_filled("secrets", sets(&interface.secrets))
        .with_filled(
            "needs",
            interface.needs.iter().map(|(title, needed)| (title.clone(), need(needed))).collect::<Map>(),
        )
        .with_filled("volumes", scalars(&interface.volumes))
        .with_filled("routes", list(&interface.routes))
}

fn list<T: Display>(items: &SortedSet<T>) -> Vec<Text> {
    items.iter().map(|item| item.to_string().into()).collect()
}

fn sets<K: Display, T: Display>(map: &SortedMap<K, SortedSet<T>>) -> Map {
    map.iter().map(|(key, items)| (key.to_string(), Value::from(list(items)))).collect()
}

fn scalars<K: Display, T: Display>(map: &SortedMap<K, T>) -> Map {
    map.iter().map(|(key, value)| (key.to_string(), Value::from(value.to_string()))).collect()
}

fn service(service: &Service) -> Map {
    Map::new().with_filled("ports", list(&service.ports)).with_filled("pods", list(&service.pods))
}

fn pods(pods: &Pods) -> Map {
    Map::new()
        .with_filled("labels", scalars(&pods.labels))
        .with_filled("ports", list(&pods.ports))
        .with_true("hostNetwork", pods.host_network)
        .with_some("serviceAccount", pods.service_account.as_ref())
        .with("podSecurity", level(pods.pod_security))
        .with_filled("violations", list(&pods.violations))
        .with_filled("images", list(&pods.images))
}

fn level(level: PodSecurity) -> &'static str {
    match level {
        PodSecurity::Privileged => "privileged",
        PodSecurity::Baseline => "baseline",
        PodSecurity::Restricted => "restricted",
    }
}

fn need(need: &Need) -> Map {
    Map::new()
        .with_filled("keys", list(&need.keys))
        .with_true("optional", need.optional)
        .with_filled("by", list(&need.by))
}
