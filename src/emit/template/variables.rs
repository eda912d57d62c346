//! What a template may use: a small part of the plan that stays the same.

use minijinja::Value as Word;

use crate::model::{Application, Entry, Platform, Source};
use crate::value::{Map, Text, Value};

/// `entry`, `application` if one uses the template, `platform` and `values`. What the catalog leaves out is
/// `none`, so that a template can ask for it; a word that does not exist is a fault.
pub(super) fn of(
    entry: &Entry,
    application: Option<&Application>,
    values: Option<&Map>,
    platform: &Platform,
) -> Word {
    let mut words = vec![
        ("entry", of_entry(entry, platform)),
        ("platform", of_platform(platform)),
        ("values", values.map_or_else(|| Word::from_pairs([("", ""); 0]), of_map)),
    ];
    words.extend(application.map(|application| ("application", of_application(application))));
    Word::from_pairs(words)
}

fn of_entry(entry: &Entry, platform: &Platform) -> Word {
    Word::from_pairs([
        ("namespace", text(&entry.namespace)),
        ("description", entry.description.as_ref().map_or(Word::from(()), text)),
        ("tier", platform.tiers.get(entry.tier).map_or(Word::from(()), text)),
        ("toggleable", Word::from(!entry.protected)),
        ("podSecurity", Word::from(entry.pod_security.name())),
        ("profile", text(&entry.profile)),
        ("project", text(&entry.project_name)),
        ("labels", Word::from_pairs(entry.labels.iter().map(|(key, value)| (key.as_str(), value.as_str())))),
        (
            "annotations",
            Word::from_pairs(entry.annotations.iter().map(|(key, value)| (key.as_str(), value.as_str()))),
        ),
    ])
}

fn of_application(application: &Application) -> Word {
    let source = application.rendered();
    let word = |of: fn(&Source) -> Option<&Text>| source.and_then(of).map_or(Word::from(()), text);
    Word::from_pairs([
        ("applicationCode", text(&application.code)),
        ("name", text(&application.name)),
        ("repoURL", word(|source| Some(&source.repository))),
        ("targetRevision", word(|source| Some(&source.revision))),
        ("path", word(|source| source.written.path.as_ref().map(|path| &path.0))),
        ("chart", word(|source| source.written.chart.as_ref().map(|chart| &chart.0))),
        ("targetNamespace", text(&application.target_namespace)),
    ])
}

fn of_platform(platform: &Platform) -> Word {
    Word::from_pairs([
        ("domain", text(&platform.domain)),
        (
            "repository",
            Word::from_pairs([("url", text(&platform.repository)), ("revision", text(&platform.revision))]),
        ),
        (
            "argocd",
            Word::from_pairs([
                ("namespace", text(&platform.argocd.namespace)),
                ("server", text(&platform.argocd.server)),
            ]),
        ),
    ])
}

fn text(text: &Text) -> Word {
    Word::from(text.as_str())
}

fn of_map(map: &Map) -> Word {
    Word::from_pairs(map.iter().map(|(key, value)| (key.as_str(), of_value(value))))
}

fn of_value(value: &Value) -> Word {
    match value {
        Value::Null => Word::from(()),
        Value::Bool(value) => Word::from(*value),
        Value::Int(number) => Word::from(*number),
        Value::Float(number) => Word::from(*number),
        Value::Text(value) => text(value),
        Value::List(items) => Word::from(items.iter().map(of_value).collect::<Vec<_>>()),
        Value::Map(map) => of_map(map),
        Value::Shared(value) => of_value(value),
    }
}
