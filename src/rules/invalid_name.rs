//! Names that Kubernetes or Argo CD would reject or truncate.

use crate::diagnostics::Sink;
use crate::diagnostics::rules::INVALID_NAME;
use crate::diagnostics::suggestion::shorten;
use crate::format::{is_dns_label, is_dns_name};
use crate::kubernetes::{Kind, Object};

/// Argo CD sets the name of an Application as the value of a label, which is limited to 63 characters.
const MAX_APPLICATION_NAME: usize = 63;

/// The maximum length of every other name in Kubernetes.
const MAX_LENGTH: usize = 253;

/// The project of applications that set none (Argo CD 3.5, `DefaultAppProjectName`).
const BUILT_IN_PROJECT: &str = "default";

/// Checks the names of all objects.
pub(crate) fn check(objects: &[Object], findings: &mut Sink) {
    for object in objects {
        let name = object.name.as_str();
        let (is_valid, max_length) = match object.kind {
            Kind::Application => (is_dns_name(name), MAX_APPLICATION_NAME),
            Kind::Namespace | Kind::AppProject => (is_dns_label(name), MAX_APPLICATION_NAME),
            _ => (is_dns_name(name), MAX_LENGTH),
        };
        let is_built_in = object.kind == Kind::AppProject && name == BUILT_IN_PROJECT;
        let is_accepted = is_valid && name.len() <= max_length;
        if is_accepted && !is_built_in {
            continue;
        }
        let Some(origin) = object.origins.first() else { continue };
        if is_built_in {
            let finding =
                INVALID_NAME.at(origin.location.clone(), format!("the AppProject would be named `{name}`"));
            let finding = finding.note(
                "Argo CD has a built-in project of this name: its permissions would be overwritten, and \
                 applications without a project would lose theirs",
            );
            findings.push(finding.help(
                "write another one in `project.name` of the entry, or in `patterns.appProject` of \
                 platform.yml",
            ));
        }
        if is_accepted {
            continue;
        }
        let message = format!(
            "the {} would be named `{}`, {} characters",
            object.kind_name(),
            shorten(name),
            name.len()
        );
        let finding = INVALID_NAME.at(origin.location.clone(), message).note(refusal(name, max_length));
        findings.push(finding.help(help(object.kind)));
    }
}

fn refusal(name: &str, max_length: usize) -> String {
    if name.len() > max_length {
        return format!("the API server would reject it: at most {max_length} are allowed");
    }
    "the API server would reject it: only lower-case letters, digits and dashes are allowed".into()
}

fn help(kind: Kind) -> &'static str {
    match kind {
        Kind::Application => "shorten `applicationCode`, or change `patterns.application` in platform.yml",
        Kind::AppProject => "shorten `namespace`, or change `patterns.appProject` in platform.yml",
        _ => "shorten the host or the first path: routes and their certificates are named after both",
    }
}
