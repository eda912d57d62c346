//! What the table knows about one kind.

use crate::kubernetes::GroupKind;
use crate::kubernetes::group;
use crate::value::Text;

/// Where the objects of a kind live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In a namespace.
    Namespace,
    /// In the cluster as a whole.
    Cluster,
}

/// Whether a template may make a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InTemplates {
    /// Always: a kind of Kubernetes itself whose objects have no effect outside of their namespace.
    Allowed,
    /// If the entry declares it.
    Declared,
    /// If the entry declares it; this note says how its effect reaches beyond its namespace.
    DeclaredBeyond(&'static str),
    /// Never: wharf makes it, or it would open what wharf closes.
    Never(Instead),
}

/// What the catalog has in place of a kind that no template makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// An entry.
    Entry,
    /// Applications of an entry.
    Applications,
    /// Network policies of an entry.
    Policies,
    /// Routes of an entry.
    Routes,
    /// Nothing: an application of the entry includes it.
    Application,
}

/// What is known about a kind: a row of the table.
#[derive(Debug)]
pub struct KindFacts {
    /// The group and the kind.
    pub kind: GroupKind,
    /// `apiVersion` of the objects that wharf renders; empty if it renders none.
    pub api_version: &'static str,
    /// The file of the objects that wharf renders, within the folder of their entry; empty if it renders
    /// none.
    pub file: &'static str,
    /// Where its objects live.
    pub scope: Scope,
    /// The sync wave of its objects, if it is the same for all of them.
    pub wave: Option<i32>,
    /// Whether Argo CD waits in a sync wave until a rendered object is healthy. This excludes Applications,
    /// which have a health only if the platform enables it (Argo CD 3.6, `gitops-engine/pkg/health` and the
    /// built-in Lua checks; there is none for an `ImageUpdater`).
    pub has_health: bool,
    /// Whether the platform denies it to applications whose entry does not permit it: the platform owns it,
    /// or its effect is not limited to the namespace.
    pub is_denied: bool,
    /// Whether a template may make it.
    pub in_templates: InTemplates,
    /// Whether a pod cannot start without it: it mounts it or runs as it, or its controller deletes the
    /// Secret that it made together with it (External Secrets 2.9, Sealed Secrets 0.36,
    /// sops-secrets-operator 0.21: owner references).
    pub is_needed_by_pods: bool,
}

/// A kind whose objects live in a namespace.
pub(super) const fn namespaced(group: &'static str, kind: &'static str) -> KindFacts {
    KindFacts {
        kind: GroupKind { group: Text::constant(group), kind: Text::constant(kind) },
        api_version: "",
        file: "",
        scope: Scope::Namespace,
        wave: None,
        has_health: false,
        is_denied: false,
        in_templates: InTemplates::Declared,
        is_needed_by_pods: false,
    }
}

/// A kind whose objects live in the cluster as a whole.
pub(super) const fn clustered(group: &'static str, kind: &'static str) -> KindFacts {
    let mut facts = namespaced(group, kind);
    facts.scope = Scope::Cluster;
    facts
}

/// A namespaced kind that wharf renders into a file.
pub(super) const fn rendered(api_version: &'static str, kind: &'static str, file: &'static str) -> KindFacts {
    let mut facts = namespaced(group(api_version), kind);
    facts.api_version = api_version;
    facts.file = file;
    facts
}

impl KindFacts {
    /// Whether its objects are network policies, of any API.
    pub fn is_network_policy(&self) -> bool {
        self.in_templates == InTemplates::Never(Instead::Policies)
    }
}

/// The rest of a row, by what differs from most kinds.
impl KindFacts {
    pub(super) const fn in_cluster(mut self) -> Self {
        self.scope = Scope::Cluster;
        self
    }

    pub(super) const fn at(mut self, wave: i32) -> Self {
        self.wave = Some(wave);
        self
    }

    pub(super) const fn with_health(mut self) -> Self {
        self.has_health = true;
        self
    }

    pub(super) const fn denied(mut self) -> Self {
        self.is_denied = true;
        self
    }

    pub(super) const fn allowed(mut self) -> Self {
        self.in_templates = InTemplates::Allowed;
        self
    }

    pub(super) const fn reaching(mut self, note: &'static str) -> Self {
        self.in_templates = InTemplates::DeclaredBeyond(note);
        self
    }

    pub(super) const fn never(mut self, instead: Instead) -> Self {
        self.in_templates = InTemplates::Never(instead);
        self
    }

    pub(super) const fn needed_by_pods(mut self) -> Self {
        self.is_needed_by_pods = true;
        self
    }
}
