//! Names that Kubernetes or Argo CD would refuse or cut.

use crate::finding::Finding;
use crate::format::{is_dns_label, is_dns_name};
use crate::object::{Kind, Object};
use crate::rules::BAD_NAME;
use crate::suggestion::shorten;

/// Argo CD keeps the name of an Application in a label, which holds 63 characters.
const LONGEST_APPLICATION: usize = 63;

/// Every other name in Kubernetes.
const LONGEST: usize = 253;

/// Judges the names of all objects.
pub(crate) fn check(objects: &[Object], findings: &mut Vec<Finding>) {
    for object in objects {
        let name = object.name.as_str();
        let (good, longest) = match object.kind {
            Kind::Namespace => (is_dns_label(name), LONGEST_APPLICATION),
            Kind::Application | Kind::AppProject => (is_dns_name(name), LONGEST_APPLICATION),
            _ => (is_dns_name(name), LONGEST),
        };
        if good && name.len() <= longest {
            continue;
        }
        let Some(origin) = object.origins.first() else { continue };
        let message = format!("the {} would be called `{}`, {} characters", object.kind.name(), shorten(name), name.len());
        let finding = BAD_NAME.at(origin.place.clone(), message).note(format!("the API server would refuse it: {longest} are allowed"));
        findings.push(finding.help("routes and their certificates are called after host and first path: shorten one of them"));
    }
}
