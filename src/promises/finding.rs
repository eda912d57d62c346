//! The findings of promises: at the promise, and at the line that breaks it.

use crate::cluster::Truth;
use crate::diagnostics::{Finding, Location, count, rules};
use crate::reach::{Answer, Line, UnknownPlace};

/// How many findings of one promise are shown.
pub(super) const MAX_SHOWN: usize = 20;

/// A promise that is not exactly one.
pub(super) fn form(location: &Location, help: &str) -> Finding {
    let message = "a promise is exactly one of `deny`, `allow`, `only` and `auth`";
    rules::PROMISE_FORM.at(location.clone(), message).help(help)
}

/// The last finding of a promise, if there are more.
pub(super) fn more(last: Finding, hidden: usize) -> Finding {
    last.with_label(format!("and {} of this promise", count(hidden, "more finding")))
}

/// A name that nothing has.
pub(super) fn unknown(location: &Location, unknown: &UnknownPlace) -> Finding {
    let known = unknown.known.iter().map(String::as_str);
    let help = crate::diagnostics::suggestion::did_you_mean(&unknown.name, known);
    let name = crate::diagnostics::suggestion::shorten(&unknown.name);
    rules::PROMISE_NAME
        .at(location.clone(), format!("there is no entry, peer or host `{name}`"))
        .note("the promise would be kept whatever the policies are")
        .help(help.unwrap_or_else(|| "write the namespace of an entry, or a peer such as `internet`".into()))
}

/// A connection that is possible and must not be.
pub(super) fn possible(location: &Location, answer: &Answer) -> Finding {
    let message = match &answer.truth {
        Truth::Depends(_) => {
            let conditions: Vec<_> = answer.conditions().into_iter().map(ToString::to_string).collect();
            format!(
                "`{}` may reach `{}`{}; this depends on {}",
                answer.from,
                answer.to,
                on(answer),
                conditions.join("; ")
            )
        }
        _ => format!("`{}` can reach `{}`{}", answer.from, answer.to, on(answer)),
    };
    let finding = rules::BROKEN_PROMISE.at(location.clone(), message);
    let finding = lines(finding, answer, "allowed here");
    finding
        .note("the policies in the cluster let it through")
        .help("remove the line that allows it, or change the promise if the connection is intended")
}

/// A connection that is not possible and must be.
pub(super) fn impossible(location: &Location, answer: &Answer) -> Finding {
    let message = match &answer.truth {
        Truth::Depends(_) => {
            let conditions: Vec<_> = answer.conditions().into_iter().map(ToString::to_string).collect();
            format!(
                "whether `{}` can reach `{}` depends on {}",
                answer.from,
                answer.to,
                conditions.join("; ")
            )
        }
        _ => format!("`{}` cannot reach `{}`{}", answer.from, answer.to, on(answer)),
    };
    let finding = rules::BROKEN_PROMISE.at(location.clone(), message);
    let finding = lines(finding, answer, "decided here").note("connections would time out");
    let help = answer.fix.as_ref().map(|fix| {
        let text: Vec<_> = fix.text.iter().map(|line| line.trim()).collect();
        let text = text.join(", ");
        let text = text.strip_prefix("- ").map_or(text.clone(), |edge| format!("- {{{edge}}}"));
        format!("{}: `{text}`", fix.place)
    });
    finding.help(help.unwrap_or_else(|| "run `wharf why` with both ends for the details".into()))
}

fn on(answer: &Answer) -> String {
    if answer.ports.is_all() {
        " on all ports".into()
    } else if answer.ports.is_empty() {
        String::new()
    } else {
        format!(" on port {}", answer.ports)
    }
}

/// The lines of the policies that decide, each once.
fn lines(finding: Finding, answer: &Answer, text: &str) -> Finding {
    let policies = answer.steps.iter().flat_map(|step| &step.policies);
    let mut lines: Vec<&Line> = policies.flat_map(|policy| &policy.lines).collect();
    lines.sort();
    lines.dedup_by_key(|line| &line.location);
    lines.into_iter().fold(finding, |finding, line| {
        let by = line.profile.as_ref().map(|profile| format!(" (profile {profile})")).unwrap_or_default();
        finding.with_secondary_label(line.location.clone(), format!("{text}{by}"))
    })
}
