//! Objects with two owners: two applications, or an application and wharf itself.

use std::collections::BTreeSet;

use crate::derive::known;
use crate::derive::permissions::{is_listed, is_owned};
use crate::diagnostics::rules::SHARED_OBJECT;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink};
use crate::kubernetes::{GroupKind, Object, group};
use crate::lock::{Interface, Scopes};
use crate::model::{Application, Model};
use crate::names::Namespace;
use crate::value::{Index, Text};

/// What a message calls the line of another application.
const DEPLOYED: &str = "first deployed here";

/// Group, kind, namespace and name.
type Identity<'m> = (&'m str, &'m str, Option<&'m str>, &'m str);

/// Who deploys an object first: the line, and what it is called in a message.
type Owner<'m> = (&'m Location, &'static str);

pub(super) fn check(model: &Model, scopes: &Scopes<'_>, objects: &[Object], findings: &mut Sink) {
    if model.lock.entries.is_empty() {
        return;
    }
    let mut kinds = Index::with_capacity(0);
    for kind in model.lock.applications().flat_map(|(_, known)| known.objects.keys()) {
        kinds.add_first(kind, ());
    }
    let mut owners = Index::with_capacity(model.lock.entries.len());
    let mut rendered_kinds = BTreeSet::new();
    for of_kind in objects.chunk_by(|one, next| one.kind == next.kind && one.other == next.other) {
        let kind = of_kind.first().map(Object::group_kind).filter(|kind| kinds.get(kind).is_some());
        rendered_kinds.extend(kind);
        for (identity, owner) in of_kind.iter().filter(|_| kind.is_some()).filter_map(rendered) {
            owners.replace(identity, owner);
        }
    }
    let mut locations = Vec::new();
    for entry in &model.entries {
        for application in &entry.applications {
            locations.push((entry, application, application.location.key("applicationCode")));
        }
    }
    let contested = Contested::new(model);
    let mut reported = BTreeSet::new();
    for (entry, application, location) in &locations {
        for known in known(application, model).into_iter().filter(|known| known.basis.is_lock()) {
            for (kind, names) in &known.interface.objects {
                // Reported as a kind that is not permitted.
                if is_owned(kind) && !is_listed(entry, kind) {
                    continue;
                }
                let is_cluster_scoped = scopes.is_cluster_scoped(kind) == Some(true);
                let may_be_shared = is_cluster_scoped || rendered_kinds.contains(kind);
                for name in names {
                    let namespace = application.namespace_of(name.namespace.as_deref());
                    if !may_be_shared && !contested.has(namespace) {
                        continue;
                    }
                    let namespace = (!is_cluster_scoped).then_some(namespace);
                    let identity = (kind.group.as_str(), kind.kind.as_str(), namespace, name.name.as_str());
                    let Some((first, what)) = owners.add_first(identity, (location, DEPLOYED)).copied()
                    else {
                        continue;
                    };
                    // Two owners are reported once, however many objects they share.
                    if (first, what) != (location, DEPLOYED) && reported.insert((first, location)) {
                        findings.push(refuse((application, location), kind, &name.name, (first, what)));
                    }
                }
            }
        }
    }
}

/// The namespaces that several applications deploy to: in all others, an object has one owner.
struct Contested<'m> {
    counts: Index<&'m str, usize>,
}

impl<'m> Contested<'m> {
    fn new(model: &'m Model) -> Self {
        let mut counts = Index::with_capacity(model.entries.len());
        for application in model.applications() {
            let interface = application.locked.as_deref();
            let others = interface.map(Interface::other_namespaces).unwrap_or_default();
            for namespace in others.into_iter().map(Text::as_str).chain([application.namespace_of(None)]) {
                *counts.entry(namespace) += 1;
            }
        }
        Self { counts }
    }

    fn has(&self, namespace: &str) -> bool {
        self.counts.get(namespace).is_some_and(|count| *count > 1)
    }
}

fn rendered(object: &Object) -> Option<(Identity<'_>, Owner<'_>)> {
    let identity = (
        group(object.api_version()),
        object.kind_name(),
        object.namespace.as_ref().map(Namespace::as_str),
        object.name.as_str(),
    );
    Some((identity, (&object.origins.first()?.location, "rendered by wharf for this line")))
}

fn refuse(
    (application, location): (&Application, &Location),
    kind: &GroupKind,
    name: &Text,
    (first, what): Owner<'_>,
) -> Finding {
    let own = application.location.key("serviceAccount");
    let is_own = first == location && application.service_account.is_some();
    let finding = SHARED_OBJECT.at(
        if is_own { own } else { location.clone() },
        format!(
            "`{}` deploys the {} `{}`, which has another owner",
            shorten(application.code.as_str()),
            kind.kind,
            shorten(name)
        ),
    );
    let finding = if is_own { finding } else { finding.with_secondary_label(first.clone(), what) };
    finding
        .note(
            "Argo CD would apply both versions in turn, and delete the object of both when one of them is \
             removed",
        )
        .help(if is_own {
            "remove the line: no ServiceAccount is rendered for an application that makes its own"
        } else {
            "disable it in one of them, or give it another name"
        })
}
