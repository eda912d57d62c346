//! Answers for programs: JSON with a version.

use serde_json::{Value as Json, json};

use super::{Answer, Caller, Callers, Fix, Line, PolicyLine, Step};
use crate::cluster::{Condition, Truth};

/// The version of the format; it is incremented when a reader of the old format would misread the new one.
const VERSION: u32 = 1;

impl Answer {
    /// The answer for programs.
    pub fn json(&self) -> Json {
        json!({
            "version": VERSION,
            "from": self.from,
            "to": self.to,
            "ports": self.ports.words(),
            "verdict": self.truth.name(),
            "dependsOn": conditions(&self.truth),
            "steps": self.steps.iter().map(step).collect::<Vec<_>>(),
            "notes": self.notes,
            "fix": self.fix.as_ref().map(fix),
        })
    }
}

impl Callers {
    /// The list for programs.
    pub fn json(&self) -> Json {
        json!({
            "version": VERSION,
            "to": self.to,
            "callers": self.callers.iter().map(caller).collect::<Vec<_>>(),
            "others": self.others,
        })
    }
}

fn conditions(truth: &Truth) -> Vec<String> {
    truth.conditions().map(Condition::to_string).collect()
}

fn caller(caller: &Caller) -> Json {
    json!({
        "from": caller.name,
        "host": caller.host.as_ref().map(|(host, _)| host.as_str()),
        "auth": caller.host.as_ref().map(|(_, is_protected)| *is_protected),
        "ports": caller.ports.words(),
        "verdict": caller.truth.name(),
        "dependsOn": conditions(&caller.truth),
        "lines": caller.lines.iter().map(line).collect::<Vec<_>>(),
    })
}

fn step(step: &Step) -> Json {
    json!({
        "subject": step.subject,
        "verdict": step.truth.name(),
        "reason": step.reason,
        "policies": step.policies.iter().map(policy).collect::<Vec<_>>(),
        "line": step.line.as_ref().map(line),
    })
}

fn policy(policy: &PolicyLine) -> Json {
    json!({
        "kind": policy.kind,
        "namespace": policy.namespace,
        "name": policy.name,
        "lines": policy.lines.iter().map(line).collect::<Vec<_>>(),
    })
}

fn line(line: &Line) -> Json {
    json!({
        "file": line.file,
        "line": line.line,
        "profile": line.profile.as_deref(),
        "template": line.template.as_deref(),
    })
}

fn fix(fix: &Fix) -> Json {
    json!({ "where": fix.place, "line": fix.line.as_ref().map(line), "text": fix.text })
}
