//! Objects with two owners: two applications, or an application and wharf itself.

use std::collections::BTreeSet;

use crate::derive::known;
use crate::derive::permissions::{is_listed, is_owned};
use crate::diagnostics::rules::SHARED_OBJECT;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink};
use crate::kubernetes::{GroupKind, Object, group};
use crate::lock::Scopes;
use crate::model::{Application, Model};
use crate::names::Namespace;
use crate::value::{Index, Text};

/// What a message calls the line of another application.
const DEPLOYED: &str = "first deployed here";

/// Group, kind, namespace and name.
type Identity<'m> = (&'m str, &'m str, Option<&'m str>, &'m str);

/// Who deploys an object first: the line, and what it is called in a message.
type Owner<'m> = (&'m Location, &'static str);

pub(super) fn check(model: &Model, objects: &[Object], findings: &mut Sink) {
    if model.lock.entries.is_empty() {
        return;
    }
    let scopes = Scopes::new(&model.lock);
    let kinds: BTreeSet<_> = model.lock.applications().flat_map(|(_, known)| known.objects.keys()).collect();
    let mut owners = Index::with_capacity(objects.len());
    for of_kind in objects.chunk_by(|one, other| one.group_kind() == other.group_kind()) {
        let may_be_shared = of_kind.first().is_some_and(|object| kinds.contains(object.group_kind()));
        for (identity, owner) in of_kind.iter().filter(|_| may_be_shared).filter_map(rendered) {
            owners.replace(identity, owner);
        }
    }
    let mut locations = Vec::new();
    for entry in &model.entries {
        for application in &entry.applications {
            locations.push((entry, application, application.location.key("applicationCode")));
        }
    }
    let mut reported = BTreeSet::new();
    for (entry, application, location) in &locations {
        for known in known(application, model).into_iter().filter(|known| known.basis.is_lock()) {
            for (kind, names) in &known.interface.objects {
                // Reported as a kind that is not permitted.
                if is_owned(kind) && !is_listed(entry, kind) {
                    continue;
                }
                let is_cluster_scoped = scopes.is_cluster_scoped(kind) == Some(true);
                for name in names {
                    let namespace = application.namespace_of(name.namespace.as_deref());
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
