//! The variables of a template: a small, stable part of the model.

use crate::model::{Application, Entry, Platform, Source};
use crate::template::Value;
use crate::value::{Map, Text};

/// The values of `entry` and `platform`, which all uses of an entry share.
pub(super) struct Variables {
    entry: Value,
    platform: Value,
}

impl Variables {
    pub(super) fn new(entry: &Entry, platform: &Platform) -> Self {
        Self { entry: of_entry(entry, platform), platform: of_platform(platform) }
    }

    /// `entry`, `application` if one uses the template, `platform` and `values`, and the size of `values`.
    /// What the catalog omits is `none`, so that a template can test for it; an unknown variable is a fault.
    pub(super) fn of(
        &self,
        application: Option<&Application>,
        values: Option<&Map>,
    ) -> (Vec<(&'static str, Value)>, u64) {
        let (values, size) = values.map_or_else(|| (Value::map([]), 1), Value::of_catalog_map);
        let mut variables =
            vec![("entry", self.entry.clone()), ("platform", self.platform.clone()), ("values", values)];
        variables.extend(application.map(|application| ("application", of_application(application))));
        (variables, size)
    }
}

fn of_entry(entry: &Entry, platform: &Platform) -> Value {
    Value::map([
        ("namespace", Value::text(entry.namespace.as_str())),
        ("description", entry.description.as_ref().map_or(Value::None, text)),
        ("tier", platform.tiers.get(entry.tier).map_or(Value::None, text)),
        ("toggleable", Value::Bool(!entry.protected)),
        ("podSecurity", Value::text(entry.pod_security.name())),
        ("profile", text(&entry.profile)),
        ("project", Value::text(entry.project_name.as_str())),
        ("labels", Value::map(entry.labels.iter().map(|(key, value)| (key.as_str(), Value::text(value))))),
        (
            "annotations",
            Value::map(entry.annotations.iter().map(|(key, value)| (key.as_str(), Value::text(value)))),
        ),
    ])
}

fn of_application(application: &Application) -> Value {
    let source = application.rendered();
    let word = |of: fn(&Source) -> Option<&Text>| source.and_then(of).map_or(Value::None, text);
    Value::map([
        ("applicationCode", Value::text(application.code.as_str())),
        ("name", Value::text(application.name.as_str())),
        ("repoURL", word(|source| Some(&source.repository))),
        ("targetRevision", word(|source| Some(&source.revision))),
        ("path", word(|source| source.path.as_ref().map(|path| &path.0))),
        ("chart", word(|source| source.chart.as_ref().map(|chart| &chart.0))),
        ("targetNamespace", Value::text(application.namespace_of(None))),
    ])
}

fn of_platform(platform: &Platform) -> Value {
    Value::map([
        ("domain", text(&platform.domain)),
        (
            "repository",
            Value::map([("url", text(&platform.repository)), ("revision", text(&platform.revision))]),
        ),
        (
            "argocd",
            Value::map([
                ("namespace", Value::text(platform.argocd.namespace.as_str())),
                ("server", text(&platform.argocd.server)),
            ]),
        ),
    ])
}

fn text(text: &Text) -> Value {
    Value::text(text)
}
