//! Answers: the verdict, the steps that lead to it, and the line that would change it.

use std::collections::BTreeSet;

use super::{Line, Reach};
use crate::cluster::{Condition, PortSet, Truth};

/// The answer to a question.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The name of the end that connects.
    pub from: String,
    /// The name of the end that is connected to.
    pub to: String,
    /// The ports that the answer is about: those of pods.
    pub ports: PortSet,
    /// The verdict.
    pub truth: Truth,
    /// What decides, in the order of the connection.
    pub steps: Vec<Step>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// What to write to allow the connection, if it is denied.
    pub fix: Option<Fix>,
}

/// One part of an answer.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is about: `egress of web-notes`.
    pub subject: String,
    /// Whether the connection passes.
    pub truth: Truth,
    /// Why, if no policy decides.
    pub reason: Option<String>,
    /// The policies that decide.
    pub policies: Vec<PolicyLine>,
    /// The line that this step comes from, if no policy decides.
    pub line: Option<Line>,
}

/// A policy that decides, with the lines that request it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLine {
    /// `NetworkPolicy` or another kind.
    pub kind: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// What to write to allow a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Where, as a phrase: ``add to `networkPolicies.egress` of `web-notes` ``.
    pub place: String,
    /// The line of the entry.
    pub line: Option<Line>,
    /// The lines to write.
    pub text: Vec<String>,
}

impl Answer {
    /// What the answer depends on.
    pub fn conditions(&self) -> BTreeSet<&Condition> {
        self.truth.conditions().collect()
    }
}

impl Reach<'_> {
    /// The policies with these indices among the objects.
    pub(super) fn policies(&self, indices: &[usize]) -> Vec<PolicyLine> {
        let objects = indices.iter().filter_map(|index| self.objects.get(*index));
        let policy = |object: &&crate::kubernetes::Object| PolicyLine {
            kind: object.kind_name().to_owned(),
            namespace: object.namespace.as_ref().map(ToString::to_string).unwrap_or_default(),
            name: object.name.to_string(),
            lines: object.origins.iter().filter_map(|origin| self.line_of(origin)).collect(),
        };
        objects.map(policy).collect()
    }
}
