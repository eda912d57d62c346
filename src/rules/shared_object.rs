//! Objects with two owners: two applications, or an application and wharf itself.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::deployed::Deployed;
use crate::derive::Known;
use crate::derive::permissions::{is_listed, is_owned};
use crate::diagnostics::rules::SHARED_OBJECT;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink};
use crate::kubernetes::{GroupKind, Object};
use crate::model::{Application, Entry};
use crate::names::Namespace;
use crate::value::{Index, Text};

/// Namespace and name of an object of a kind.
type Identity<'m> = (Option<&'m str>, &'m str);

/// Who deploys an object first.
#[derive(Clone, Copy)]
enum Owner<'m> {
    /// An application.
    Application(&'m Application),
    /// A line, for which wharf renders the object.
    Line(&'m Location),
}

impl Owner<'_> {
    fn is(self, application: &Application) -> bool {
        matches!(self, Self::Application(own) if std::ptr::eq(own, application))
    }

    fn line(self) -> Location {
        match self {
            Self::Application(own) => own.location.key("applicationCode"),
            Self::Line(line) => line.clone(),
        }
    }

    /// What a message calls the line.
    fn what(self) -> &'static str {
        match self {
            Self::Application(_) => "first deployed here",
            Self::Line(_) => "rendered by wharf for this line",
        }
    }
}

/// The owners of the objects of a kind that may have several.
#[derive(Default)]
struct OfKind<'m> {
    is_rendered: bool,
    /// Whether the kind is cluster-scoped, once it was looked up.
    is_cluster_scoped: OnceCell<bool>,
    owners: Index<Identity<'m>, Owner<'m>>,
}

/// The owners of all objects.
pub(super) struct Owners<'d, 'm> {
    deployed: &'d Deployed<'m>,
    owners: Index<&'m GroupKind, OfKind<'m>>,
    /// Two owners are reported once, however many objects they share.
    reported: BTreeSet<(Location, Location)>,
}

impl<'d, 'm> Owners<'d, 'm> {
    pub(super) fn new(deployed: &'d Deployed<'m>) -> Self {
        let mut owners = Index::<_, OfKind<'_>>::default();
        let by_kind = deployed.rendered.by_kind().iter();
        for (kind, objects) in by_kind.filter(|(kind, _)| deployed.model.scopes.is_deployed(kind)) {
            let of_kind = owners.entry(*kind);
            of_kind.is_rendered = true;
            for (identity, owner) in objects.iter().filter_map(rendered) {
                of_kind.owners.replace(identity, owner);
            }
        }
        Self { deployed, owners, reported: BTreeSet::new() }
    }

    pub(super) fn check(
        &mut self,
        entry: &Entry,
        application: &'m Application,
        known: Known<'m>,
        findings: &mut Sink,
    ) {
        // in a namespace that only one application deploys to, an object has one owner
        let Deployed { model, services, .. } = self.deployed;
        let is_contested = |namespace| services.deployers(namespace).len() > 1;
        let is_any_contested = is_contested(application.namespace_of(None))
            || known.interface.objects.namespaces().iter().any(|other| is_contested(other));
        for (kind, names) in &known.interface.objects {
            let of_kind = self.owners.entry(kind);
            let look_up = || model.scopes.is_cluster_scoped(kind) == Some(true);
            let is_cluster_scoped = *of_kind.is_cluster_scoped.get_or_init(look_up);
            // Reported as a kind that is not permitted.
            let is_refused = is_owned(kind) && !is_listed(entry, kind);
            if is_refused || !(is_cluster_scoped || of_kind.is_rendered || is_any_contested) {
                continue;
            }
            for name in names {
                let namespace = application.namespace_of(name.namespace.as_deref());
                let identity = ((!is_cluster_scoped).then_some(namespace), name.name.as_str());
                let first = of_kind.owners.add_first(identity, Owner::Application(application)).copied();
                let Some(first) = first.filter(|first| !first.is(application)) else { continue };
                let [line, location] = [first, Owner::Application(application)].map(Owner::line);
                if self.reported.insert((line.clone(), location.clone())) {
                    findings.push(refuse((application, &location), kind, &name.name, (&line, first.what())));
                }
            }
        }
    }
}

fn rendered(object: &Object) -> Option<(Identity<'_>, Owner<'_>)> {
    let identity = (object.namespace.as_ref().map(Namespace::as_str), object.name.as_str());
    Some((identity, Owner::Line(&object.origins.first()?.location)))
}

fn refuse(
    (application, location): (&Application, &Location),
    kind: &GroupKind,
    name: &Text,
    (first, what): (&Location, &str),
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
