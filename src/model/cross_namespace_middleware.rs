//! A Middleware of another namespace where Traefik does not allow that.

use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules::CROSS_NAMESPACE_MIDDLEWARE;

/// Refuses the reference to the Middleware `name` at `place`; `instead` is what else could be written.
pub(crate) fn refuse(location: Location, name: &str, instead: &str) -> Finding {
    let finding =
        CROSS_NAMESPACE_MIDDLEWARE.at(location, format!("the Middleware `{name}` is in another namespace"));
    let finding = finding.note("Traefik drops the whole route unless `providers.kubernetesCRD.allowCrossNamespace` is on: the app answers 404");
    finding.help(format!(
        "{instead}, or switch it on and say `routing.traefik.allowCrossNamespace: true` in platform.yml"
    ))
}
