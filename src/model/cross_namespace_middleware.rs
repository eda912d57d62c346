//! A Middleware of another namespace, which Traefik does not allow by default.

use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules::CROSS_NAMESPACE_MIDDLEWARE;

/// Refuses the reference to the Middleware `name` at `location`; `instead` is the alternative.
pub(crate) fn refuse(location: Location, name: &str, instead: &str) -> Finding {
    let finding =
        CROSS_NAMESPACE_MIDDLEWARE.at(location, format!("the Middleware `{name}` is in another namespace"));
    let finding = finding.note(
        "Traefik drops the whole route unless `providers.kubernetesCRD.allowCrossNamespace` is enabled: the \
         app answers 404",
    );
    finding.help(format!(
        "{instead}, or enable the option and set `routing.traefik.allowCrossNamespace: true` in platform.yml"
    ))
}
