//! The entry points of the ingress controller.

use super::at_most::at_most;
use crate::catalog::Exposure;
use crate::diagnostics::suggestion::did_you_mean;
use crate::diagnostics::{FileId, Location, Sink, rules};
use crate::format::{DnsLabel, PortNumber};
use crate::platform::{EntryPoint, Routing as Written};

/// The maximum number of entry points, or of listeners.
pub(super) const MAX_ENTRY_POINTS: usize = 16;

/// The entry points of the ingress controller.
pub(super) fn entry_points(routing: &Written, findings: &mut Sink) -> Vec<EntryPoint> {
    let Some(points) = &routing.entry_points else {
        return vec![EntryPoint {
            name: DnsLabel("websecure".into()),
            exposure: Exposure::Internal,
            port: PortNumber(443),
            tls: true,
            protocol: None,
            redirect_to: None,
        }];
    };
    let location = location_of();
    if points.is_empty() {
        let finding = rules::MISSING_ENTRY_POINT.at(location.clone(), "the list of entry points is empty");
        findings.push(finding.note(
            "an IngressRoute without entry points is attached to every default one, including those that \
             face the internet",
        ));
    }
    let points = at_most(MAX_ENTRY_POINTS, points, "entry points", &location, findings);
    for (index, point) in points.iter().enumerate() {
        if let Some(first) = points[..index].iter().position(|other| other.name == point.name) {
            let finding = rules::MISSING_ENTRY_POINT.at(
                location.index(index).key("name"),
                format!("the entry point `{}` is listed twice", &*point.name),
            );
            findings
                .push(finding.with_secondary_label(location.index(first).key("name"), "first listed here"));
        }
    }
    check_redirects(points, &location, findings);
    points.to_vec()
}

/// Checks that a redirect leads to where its clients are answered.
fn check_redirects(points: &[EntryPoint], location: &Location, findings: &mut Sink) {
    for (index, point) in points.iter().enumerate() {
        let Some(name) = &point.redirect_to else { continue };
        let location = location.index(index).key("redirectTo");
        let Some(target) = points.iter().position(|other| other.name == *name) else {
            let finding =
                rules::REDIRECT_TARGET.at(location, format!("there is no entry point `{}`", &**name));
            let help = did_you_mean(name, points.iter().map(|point| &*point.name));
            findings
                .push(finding.note(NO_ANSWER).help(help.unwrap_or_else(|| "name one of the list".into())));
            continue;
        };
        let Some(other) = points.get(target) else { continue };
        let problem = if !other.serves() {
            "redirects as well"
        } else if !other.tls {
            "has no TLS"
        } else if other.exposure != point.exposure {
            "faces the other side"
        } else {
            continue;
        };
        let finding = rules::REDIRECT_TARGET
            .at(location, format!("the entry point `{}` {problem}", &**name))
            .with_secondary_label(location_of().index(target).key("name"), "this entry point");
        findings.push(finding.note(NO_ANSWER).help("name an entry point of the same side with TLS"));
    }
}

/// What happens to a client that is redirected to nowhere.
pub(super) const NO_ANSWER: &str = "clients would be redirected to where nothing answers, or in a loop";

fn location_of() -> Location {
    Location::root(FileId::PLATFORM).key("routing").key("entryPoints")
}
