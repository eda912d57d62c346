//! The controllers that the objects need, and the application that includes each.

use std::collections::BTreeMap;

use crate::kubernetes::Object;
use crate::kubernetes::groups::{Component, Provider, provider};
use crate::model::{Application, Entry, Model};

/// Whether the kinds of a group are always there: those of Kubernetes itself, and of Argo CD.
fn is_always_there(group: &str) -> bool {
    !group.contains('.')
        || matches!(provider(group), Some(Provider::Kubernetes | Provider::SomeKubernetes | Provider::ArgoCd))
}

/// The groups of the objects that a controller has to define, each with the controller, if it is known, and
/// the kinds that are needed.
pub(super) fn needed(objects: &[Object]) -> Vec<(&str, Option<Component>, Vec<&str>)> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for object in objects.iter().filter(|object| !is_always_there(&object.group_kind().group)) {
        let kinds = groups.entry(&object.group_kind().group).or_default();
        if !kinds.contains(&object.kind_name()) {
            kinds.push(object.kind_name());
        }
    }
    groups
        .into_iter()
        .map(|(group, kinds)| match provider(group) {
            Some(Provider::Component(component)) => (group, Some(component), kinds),
            _ => (group, None, kinds),
        })
        .collect()
}

/// The application that includes a controller.
pub(super) fn included_by<'p>(component: &Component, model: &'p Model) -> Option<&'p Application> {
    including(model, component.charts).map(|(_, application)| application)
}

/// The application that includes one of `names`, with its entry: the published chart of this name, or else
/// the first one with this name, as its own or as that of its chart or folder.
pub(super) fn including<'p>(model: &'p Model, names: &[&str]) -> Option<(&'p Entry, &'p Application)> {
    let all = || {
        model
            .entries
            .iter()
            .flat_map(|entry| entry.applications.iter().map(move |application| (entry, application)))
    };
    let is_published =
        |application: &Application| names.iter().any(|name| application.published_chart(name).is_some());
    let published = all().find(|(_, application)| is_published(application));
    published.or_else(|| all().find(|(_, application)| application.is_named(names)))
}
