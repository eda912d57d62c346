//! Values that editors suggest for keys whose values are not a closed list, with their meanings; and closed
//! lists of names that are not part of the structure.
//!
//! `examples` would do too, but yaml-language-server 2.0 repeats each of them whenever the key is hovered
//! over. `defaultSnippets` is its extension, which other tools ignore.

use serde_json::{Map, Value, json};

use super::choices;
use crate::diagnostics::rules;
use crate::model::SYNC_OPTIONS;
use crate::profile::BUILT_IN;

/// A value and its meaning.
type Word = (String, String);

/// Makes the values that are suggested.
type Words = fn() -> Vec<Word>;

/// The values of a key that are suggested: its mapping, the key, the values.
static SUGGESTIONS: [(&str, &str, Words); 9] = [
    ("Entry", "tier", tiers),
    ("NetworkPolicies", "profile", profiles),
    ("Egress", "to", receivers),
    ("Ingress", "from", callers),
    ("EgressRule", "to", receivers),
    ("IngressRule", "from", callers),
    ("Sync", "options", sync_options),
    ("Application", "targetNamespace", no_namespace),
    ("Platform", "tiers", tiers),
];

/// The peers that wharf knows: name, meaning, and whether connections may go to it.
const PEERS: [(&str, &str, bool); 11] = [
    ("dns", "the DNS of the cluster", true),
    ("same-namespace", "the pods of the entry's own namespace", true),
    ("ingress-controller", "the pods of the ingress controller", true),
    ("monitoring", "the pods that read metrics", true),
    ("internet", "all addresses that are not private", true),
    ("lan", "the addresses of `network.lanCidrs`", true),
    ("cluster", "all pods of the cluster", true),
    ("nodes", "the nodes of the cluster", true),
    ("kube-apiserver", "the Kubernetes API server", true),
    ("webhook-caller", "where the Kubernetes API server calls webhooks from", false),
    ("anywhere", "everything", true),
];

/// Adds the suggestions, and the names of the rules.
pub(super) fn add(schema: &mut Value) {
    let root = schema["title"].as_str() == Some("wharf platform.yml");
    for (mapping, key, words) in &SUGGESTIONS {
        let way = match *mapping {
            "Platform" if root => format!("/properties/{key}"),
            _ => format!("/$defs/{mapping}/properties/{key}"),
        };
        let Some(Value::Object(value)) = schema.pointer_mut(&way) else { continue };
        suggest(value, words());
    }
    if let Some(Value::Object(rule)) = schema.pointer_mut("/$defs/Allowed/properties/rule") {
        choices::describe(rule, meanings(waivable()));
    }
    if let Some(Value::Object(names)) =
        schema.pointer_mut("/$defs/Findings/properties/severity/propertyNames")
    {
        choices::describe(names, meanings(waivable()));
    }
}

/// Suggests values: of the items, for a list.
fn suggest(value: &mut Map<String, Value>, words: Vec<Word>) {
    let target = match value.get_mut("items") {
        Some(Value::Object(items)) => items,
        _ => value,
    };
    let snippets: Vec<_> = words
        .into_iter()
        .map(|(word, meaning)| json!({ "label": word, "description": meaning, "body": word }))
        .collect();
    target.insert("defaultSnippets".into(), snippets.into());
}

fn meanings(words: Vec<Word>) -> Vec<(Value, Value)> {
    words.into_iter().map(|(word, meaning)| (word.into(), meaning.into())).collect()
}

fn word((word, meaning): (&str, &str)) -> Word {
    (word.to_owned(), meaning.to_owned())
}

fn tiers() -> Vec<Word> {
    let tiers = [
        ("infrastructure", "the first of the default tiers"),
        ("platform", "the second of the default tiers"),
        ("apps", "the last of the default tiers"),
    ];
    tiers.map(word).into()
}

fn profiles() -> Vec<Word> {
    let built_in = BUILT_IN.iter().map(|profile| word((profile.name, summary(profile.text))));
    built_in.chain([word(("none", "no network policies; requires a `reason`"))]).collect()
}

/// The summary of a built-in profile.
fn summary(text: &str) -> &str {
    let line = text.lines().find_map(|line| line.strip_prefix("summary:"));
    line.unwrap_or_default().trim().trim_matches('"')
}

fn receivers() -> Vec<Word> {
    let receivers = PEERS.iter().filter(|(_, _, receives)| *receives);
    receivers.map(|(name, meaning, _)| word((name, meaning))).collect()
}

fn callers() -> Vec<Word> {
    PEERS.iter().map(|(name, meaning, _)| word((name, meaning))).collect()
}

fn sync_options() -> Vec<Word> {
    SYNC_OPTIONS.iter().map(|option| word((option, effect(option)))).collect()
}

/// What a sync option does (Argo CD 3.5, `docs/user-guide/sync-options.md`).
fn effect(option: &str) -> &'static str {
    match option {
        "ApplyOutOfSyncOnly=true" => "applies only what differs from git",
        "ClientSideApplyMigration=false" => "keeps the fields of a former client-side apply as they are",
        "Delete=confirm" => "asks before objects are deleted with the application",
        "Delete=false" => "keeps the objects when the application is deleted",
        "FailOnSharedResource=true" => "fails if another application has an object already",
        "Prune=confirm" => "asks before objects that were removed from git are deleted",
        "Prune=false" => "keeps objects that were removed from git",
        "PruneLast=true" => "deletes what was removed from git after everything else is healthy",
        "PrunePropagationPolicy=background" => "deletes objects first, then what depends on them",
        "PrunePropagationPolicy=foreground" => "deletes what depends on objects first, then these",
        "PrunePropagationPolicy=orphan" => "deletes objects, and keeps what depends on them",
        "Replace=true" => "replaces or recreates objects instead of applying them",
        "RespectIgnoreDifferences=true" => "does not revert ignored differences with a sync",
        "ServerSideApply=true" => "applies on the server, which large objects need",
        "SkipDryRunOnMissingResource=true" => "skips the dry run of a kind that is not defined yet",
        "Validate=false" => "does not validate objects against the schemas of the cluster",
        _ => "",
    }
}

fn no_namespace() -> Vec<Word> {
    vec![word(("none", "every object names its namespace, or is cluster-scoped"))]
}

fn waivable() -> Vec<Word> {
    let waivable = rules::ALL.iter().filter(|rule| rule.waivable);
    waivable.map(|rule| (rule.name.to_owned(), rule.summary())).collect()
}

#[cfg(test)]
mod tests {
    use super::{PEERS, profiles, sync_options};
    use crate::model::Peer;

    #[test]
    fn every_suggested_peer_exists() {
        for (name, ..) in PEERS {
            assert!(Peer::built_in(name).is_some(), "there is no peer `{name}`");
        }
    }

    #[test]
    fn every_suggestion_has_a_meaning() {
        for (word, meaning) in profiles().into_iter().chain(sync_options()) {
            assert!(!meaning.is_empty(), "`{word}` has no meaning");
        }
    }
}
