//! Yes, no, or what it depends on: a verdict never guesses.

use std::collections::BTreeSet;
use std::fmt;

use crate::value::Text;

/// A fact that manifests do not contain, and that a verdict depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// The labels of pods of a namespace.
    PodLabels {
        /// The namespace.
        namespace: Text,
        /// What has to be true of their labels.
        selector: Text,
    },
    /// The labels of a namespace.
    NamespaceLabels {
        /// The namespace.
        namespace: Text,
        /// What has to be true of its labels.
        selector: Text,
    },
    /// Which of several workloads it is: the verdict about each.
    Workload(Text),
    /// Which address it is; only these are allowed.
    Address(Text),
    /// Whether the CNI matches pods or nodes by their addresses.
    Cni,
    /// Which port has this name.
    PortName(Text),
    /// Which node it is.
    Node,
    /// Which addresses DNS returns for this name.
    DnsName(Text),
    /// Which address this name has inside of the cluster.
    HostAddress(Text),
    /// The request, which rules of layer 7 restrict.
    Request,
    /// A part of a policy that is not evaluated.
    Unevaluated(Text),
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PodLabels { namespace, selector } => {
                write!(out, "the labels of the pods in `{namespace}`: only those with `{selector}`")
            }
            Self::NamespaceLabels { namespace, selector } => {
                write!(out, "the labels of the namespace `{namespace}`: only with `{selector}`")
            }
            Self::Workload(verdicts) => write!(out, "the workload: {verdicts}"),
            Self::Address(range) => write!(out, "the address: only {range}"),
            Self::Cni => out.write_str("the CNI: whether it matches pods and nodes by their addresses"),
            Self::PortName(name) => write!(out, "the port: only the one with the name `{name}`"),
            Self::Node => out.write_str("the node that the pod runs on"),
            Self::DnsName(name) => write!(out, "the name: only addresses that DNS returned for `{name}`"),
            Self::HostAddress(name) => {
                write!(out, "the address of `{name}` in the cluster: the ingress controller or the internet")
            }
            Self::Request => out.write_str("the request, which is checked by rules of layer 7"),
            Self::Unevaluated(what) => write!(out, "`{what}`, which wharf does not evaluate"),
        }
    }
}

/// A verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// No.
    No,
    /// It depends on these conditions.
    Depends(BTreeSet<Condition>),
    /// Yes.
    Yes,
}

impl Truth {
    /// It depends on one condition.
    pub fn on(condition: Condition) -> Self {
        Self::Depends(BTreeSet::from([condition]))
    }

    /// Whether both are true.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, other) | (other, Self::Yes) => other,
            (Self::Depends(one), Self::Depends(two)) => Self::Depends(&one | &two),
        }
    }

    /// Whether one of both is true.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, other) | (other, Self::No) => other,
            (Self::Depends(one), Self::Depends(two)) => Self::Depends(&one | &two),
        }
    }

    /// The opposite; it depends on the same conditions.
    pub fn negated(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            depends @ Self::Depends(_) => depends,
        }
    }

    /// Whether it is certain.
    pub fn is_yes(&self) -> bool {
        *self == Self::Yes
    }

    /// Whether it is impossible.
    pub fn is_no(&self) -> bool {
        *self == Self::No
    }

    /// `yes`, `no` or `depends`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Depends(_) => "depends",
        }
    }

    /// What it depends on.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let conditions = if let Self::Depends(conditions) = self { Some(conditions) } else { None };
        conditions.into_iter().flatten()
    }
}

impl From<bool> for Truth {
    fn from(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }
}
