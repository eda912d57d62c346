//! Names that Kubernetes or Argo CD would refuse or cut.

use crate::finding::Finding;
use crate::format::{is_dns_label, is_dns_name};
use crate::object::{Kind, Object};
use crate::rules::BAD_NAME;

/// Argo CD keeps the name of an Application in a label, which holds 63 characters.
const LONGEST_APPLICATION: usize = 63;

/// Judges the names of all objects.
pub(crate) fn check(objects: &[Object], findings: &mut Vec<Finding>) {
    for object in objects {
        let name = object.name.as_str();
        let good = match object.kind {
            Kind::Namespace => is_dns_label(name),
            Kind::Application | Kind::AppProject => name.len() <= LONGEST_APPLICATION && is_dns_name(name),
            _ => is_dns_name(name),
        };
        if !good && let Some(origin) = object.origins.first() {
            let message = format!("the {} would be called `{name}`, which is no name for one", object.kind.name());
            findings.push(BAD_NAME.at(origin.place.clone(), message).note("the API server would refuse it"));
        }
    }
}
