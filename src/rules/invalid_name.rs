//! Names that Kubernetes or Argo CD would refuse or cut.

use crate::diagnostics::Finding;
use crate::diagnostics::rules::INVALID_NAME;
use crate::diagnostics::suggestion::shorten;
use crate::format::{is_dns_label, is_dns_name};
use crate::kubernetes::{Kind, Object};

/// Argo CD keeps the name of an Application in a label, which holds 63 characters.
const MAX_APPLICATION_NAME: usize = 63;

/// Every other name in Kubernetes.
const MAX_LENGTH: usize = 253;

/// The project of applications that name none (Argo CD 3.5, `DefaultAppProjectName`).
const BUILT_IN_PROJECT: &str = "default";

/// Judges the names of all objects.
pub(crate) fn check(objects: &[Object], findings: &mut Vec<Finding>) {
    for object in objects {
        let name = object.name.as_str();
        let (good, longest) = match object.kind {
            // Helm calls a release after its Application, and charts their Services after the release.
            Kind::Namespace | Kind::Application | Kind::AppProject => {
                (is_dns_label(name), MAX_APPLICATION_NAME)
            }
            _ => (is_dns_name(name), MAX_LENGTH),
        };
        let Some(origin) = object.origins.first() else { continue };
        if object.kind == Kind::AppProject && name == BUILT_IN_PROJECT {
            let finding =
                INVALID_NAME.at(origin.location.clone(), format!("the AppProject would be called `{name}`"));
            let finding = finding
                .note("Argo CD has a project of this name: its permissions would be taken over, and applications that name no project lose theirs");
            findings.push(finding.help("let `patterns.appProject` in platform.yml make another name"));
        }
        if good && name.len() <= longest {
            continue;
        }
        let message = format!(
            "the {} would be called `{}`, {} characters",
            object.kind_name(),
            shorten(name),
            name.len()
        );
        let finding = INVALID_NAME.at(origin.location.clone(), message).note(refusal(name, longest));
        findings.push(finding.help(help(object.kind)));
    }
}

fn refusal(name: &str, longest: usize) -> String {
    if name.len() > longest {
        return format!("the API server would refuse it: {longest} are allowed");
    }
    "the API server would refuse it: a name is made of lower-case letters, digits and dashes".into()
}

fn help(kind: Kind) -> &'static str {
    match kind {
        Kind::Application => "shorten `applicationCode`, or change `patterns.application` in platform.yml",
        Kind::AppProject => "shorten `namespace`, or change `patterns.appProject` in platform.yml",
        _ => "routes and their certificates are called after host and first path: shorten one of them",
    }
}
