//! The controllers that the objects need, and the application that includes each.

use std::collections::BTreeMap;

use crate::derive::Definitions;
use crate::kubernetes::groups::{Component, Provider, provider};
use crate::kubernetes::{GroupKind, Object};
use crate::model::{Application, Entry, Model};

/// A group of kinds that a controller has to define.
pub(super) struct Needed<'m> {
    /// The controller, or the group if it is not known.
    pub(super) name: &'m str,
    /// The kinds that are needed.
    pub(super) kinds: Vec<&'m GroupKind>,
    /// The application that includes the controller.
    pub(super) application: Option<&'m Application>,
}

/// Whether the kinds of a group are always there: those of Kubernetes itself, and of Argo CD.
fn is_always_there(group: &str) -> bool {
    !group.contains('.')
        || matches!(provider(group), Some(Provider::Kubernetes | Provider::SomeKubernetes | Provider::ArgoCd))
}

/// The groups of the objects that a controller has to define.
pub(super) fn needed<'m>(model: &'m Model, objects: &'m [Object]) -> Vec<Needed<'m>> {
    let mut groups: BTreeMap<&str, Vec<&GroupKind>> = BTreeMap::new();
    for object in objects.iter().filter(|object| !is_always_there(&object.group_kind().group)) {
        let kinds = groups.entry(&object.group_kind().group).or_default();
        if !kinds.contains(&object.group_kind()) {
            kinds.push(object.group_kind());
        }
    }
    let definitions = Definitions::new(model);
    let needed = groups.into_iter().map(|(group, kinds)| {
        let component = match provider(group) {
            Some(Provider::Component(component)) => Some(component),
            _ => None,
        };
        let name = component.as_ref().map_or(group, |component| component.name);
        Needed { name, application: includes(component, &kinds, &definitions, model), kinds }
    });
    needed.collect()
}

/// The application that defines one of the kinds, or else is the component.
fn includes<'m>(
    component: Option<Component>,
    kinds: &[&GroupKind],
    definitions: &Definitions<'m>,
    model: &'m Model,
) -> Option<&'m Application> {
    let defining = kinds.iter().find_map(|kind| definitions.provider(kind));
    let named = || including(model, component?.charts).map(|(_, application)| application);
    defining.map(|provider| provider.application).or_else(named)
}

/// The application that includes one of `names`, with its entry: the published chart of this name, or one
/// that runs an image of this name according to the lock, or else the first one that is not locked and has
/// this name, as its own or as that of its chart or folder.
pub(super) fn including<'p>(model: &'p Model, names: &[&str]) -> Option<(&'p Entry, &'p Application)> {
    let all = || {
        model
            .entries
            .iter()
            .flat_map(|entry| entry.applications.iter().map(move |application| (entry, application)))
    };
    let is_published =
        |application: &Application| names.iter().any(|name| application.published_chart(name).is_some());
    let is_likely = |application: &Application| match application.interface() {
        Some(known) => names.iter().any(|name| known.runs(name) || known.runs(&format!("{name}/controller"))),
        None => application.is_named(names),
    };
    let published = all().find(|(_, application)| is_published(application));
    published.or_else(|| all().find(|(_, application)| is_likely(application)))
}
