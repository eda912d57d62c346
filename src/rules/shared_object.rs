//! Objects with two owners: two applications, or an application and wharf itself.

use std::collections::BTreeSet;

use super::deployed::Deployed;
use crate::derive::Known;
use crate::derive::permissions::{is_listed, is_owned};
use crate::diagnostics::rules::SHARED_OBJECT;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink};
use crate::kubernetes::{GroupKind, Object, group};
use crate::model::{Application, Entry};
use crate::names::Namespace;
use crate::value::Index;

/// Group, kind, namespace and name.
type Identity<'m> = (&'m str, &'m str, Option<&'m str>, &'m str);

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

    /// The line, and what it is called in a message.
    fn line(self) -> (Location, &'static str) {
        match self {
            Self::Application(own) => (own.location.key("applicationCode"), "first deployed here"),
            Self::Line(line) => (line.clone(), "rendered by wharf for this line"),
        }
    }
}

/// The owners of the objects that may have several.
pub(super) struct Owners<'d, 'm> {
    deployed: &'d Deployed<'m>,
    /// How many applications of other namespaces deploy to a namespace.
    visitors: Index<&'m str, usize>,
    /// The rendered kinds that applications deploy too.
    rendered_kinds: Index<&'m GroupKind, ()>,
    owners: Index<Identity<'m>, Owner<'m>>,
    /// Two owners are reported once, however many objects they share.
    reported: BTreeSet<(Location, Location)>,
}

impl<'d, 'm> Owners<'d, 'm> {
    pub(super) fn new(deployed: &'d Deployed<'m>) -> Self {
        let model = deployed.model;
        let mut owners = Index::with_capacity(model.lock.entries.len());
        let mut rendered_kinds = Index::default();
        for (kind, objects) in deployed.rendered.by_kind() {
            if model.scopes.is_deployed(kind) {
                rendered_kinds.add_first(*kind, ());
                for (identity, owner) in objects.iter().filter_map(rendered) {
                    owners.replace(identity, owner);
                }
            }
        }
        let mut visitors = Index::default();
        for interface in model.applications().filter_map(|application| application.locked.as_deref()) {
            for namespace in interface.other_namespaces() {
                *visitors.entry(namespace.as_str()) += 1;
            }
        }
        Self { deployed, visitors, rendered_kinds, owners, reported: BTreeSet::new() }
    }

    pub(super) fn check(
        &mut self,
        entry: &Entry,
        application: &'m Application,
        known: Known<'m>,
        findings: &mut Sink,
    ) {
        for (kind, names) in &known.interface.objects {
            // Reported as a kind that is not permitted.
            if is_owned(kind) && !is_listed(entry, kind) {
                continue;
            }
            let is_cluster_scoped = self.deployed.model.scopes.is_cluster_scoped(kind) == Some(true);
            let may_be_shared = is_cluster_scoped || self.rendered_kinds.get(kind).is_some();
            for name in names {
                let namespace = application.namespace_of(name.namespace.as_deref());
                if may_be_shared || self.is_contested(namespace) {
                    let namespace = (!is_cluster_scoped).then_some(namespace);
                    let identity = (kind.group.as_str(), kind.kind.as_str(), namespace, name.name.as_str());
                    findings.extend(self.add(identity, application, kind));
                }
            }
        }
    }

    /// Whether several applications deploy to a namespace: in all others, an object has one owner.
    fn is_contested(&self, namespace: &str) -> bool {
        let visitors = self.visitors.get(namespace).copied().unwrap_or_default();
        self.deployed.to(namespace).len() + visitors > 1
    }

    fn add(
        &mut self,
        identity: Identity<'m>,
        application: &'m Application,
        kind: &GroupKind,
    ) -> Option<Finding> {
        let first = *self.owners.add_first(identity, Owner::Application(application))?;
        if first.is(application) {
            return None;
        }
        let (location, (line, what)) = (Owner::Application(application).line().0, first.line());
        let is_new = self.reported.insert((line.clone(), location.clone()));
        is_new.then(|| refuse((application, &location), kind, identity.3, (&line, what)))
    }
}

fn rendered(object: &Object) -> Option<(Identity<'_>, Owner<'_>)> {
    let identity = (
        group(object.api_version()),
        object.kind_name(),
        object.namespace.as_ref().map(Namespace::as_str),
        object.name.as_str(),
    );
    Some((identity, Owner::Line(&object.origins.first()?.location)))
}

fn refuse(
    (application, location): (&Application, &Location),
    kind: &GroupKind,
    name: &str,
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
