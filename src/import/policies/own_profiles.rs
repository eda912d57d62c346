//! Profiles for what several namespaces have in common.

use std::collections::{BTreeMap, BTreeSet};

use super::atom::Atom;
use super::{Reading, list, of_lines};
use crate::inputs::Source;
use crate::kubernetes::yaml;
use crate::model::Direction;
use crate::value::{Map, Text};

/// The profile that only denies by default; others have a number after it.
pub(super) const CLOSED: &str = "imported";

/// What a profile allows: lines without a namespace.
pub(in crate::import) type OwnProfile = BTreeSet<Atom>;

/// The sets of lines that several entries have in common, the most frequent one first.
pub(super) fn common<'l>(lines: impl Iterator<Item = &'l Atom>) -> Vec<OwnProfile> {
    let mut entries = BTreeMap::<&Text, OwnProfile>::new();
    for line in lines.filter(|line| is_possible(line)) {
        let anywhere = Atom { namespace: Text::default(), ..line.clone() };
        entries.entry(&line.namespace).or_default().insert(anywhere);
    }
    let mut counts = BTreeMap::<OwnProfile, usize>::new();
    for profile in entries.into_values() {
        *counts.entry(profile).or_default() += 1;
    }
    let mut common: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
    common.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    common.into_iter().map(|(profile, _)| profile).collect()
}

/// Profiles name peers by their names only.
fn is_possible(line: &Atom) -> bool {
    let is_named = line.target.is_none() && !line.peer.starts_with("namespace-");
    is_named && matches!(list(line), "egress" | "ingress")
}

/// The profiles of an import, by their names.
pub(in crate::import) fn texts(reading: Reading, own: &[OwnProfile]) -> Vec<(String, Source)> {
    if reading == Reading::Names {
        return Vec::new();
    }
    let numbered = own.iter().enumerate();
    let numbered = numbered.map(|(index, profile)| (format!("{CLOSED}-{}", index + 1), text(profile)));
    let closed = (CLOSED.to_owned(), text(&OwnProfile::new()));
    let all = [closed].into_iter().chain(numbered);
    all.map(|(name, text)| (name.clone(), Source::new(format!("profiles/{name}.yml"), text))).collect()
}

fn text(profile: &OwnProfile) -> String {
    let peers: BTreeSet<_> = profile.iter().map(words).collect();
    let peers: Vec<_> = peers.into_iter().collect();
    let summary = if peers.is_empty() {
        "what an entry lists, and nothing else".to_owned()
    } else {
        format!("{}, and what an entry lists", peers.join(", "))
    };
    let lines = of_lines(profile.iter());
    let map = Map::new()
        .with("summary", summary)
        .with_filled("ingress", lines.ingress.into_maps())
        .with_filled("egress", lines.egress.into_maps());
    let mut text = String::from("# yaml-language-server: $schema=../schema/profile.schema.json\n");
    yaml::write_value(&mut text, &map.into());
    text
}

/// `to dns`
fn words(line: &Atom) -> String {
    let peer = line.peer.strip_prefix("peer-").unwrap_or(&line.peer);
    match line.direction {
        Direction::Egress => format!("to {peer}"),
        Direction::Ingress => format!("from {peer}"),
    }
}
