//! Another service decides who may log in.

use crate::diagnostics::{FileId, Location, count};
use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::kubernetes::Kind;
use crate::model::{Auth, Model};

/// The kinds that tell the ingress controller about auth.
const KINDS: [Kind; 4] = [Kind::Middleware, Kind::IngressRoute, Kind::Ingress, Kind::HttpRoute];

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    let (Some(before), Some(after)) = (decider(comparison.before.model), decider(comparison.after.model))
    else {
        return;
    };
    let routes = comparison.after.model.entries.iter().flat_map(|entry| &entry.routes);
    let hosts: usize = routes.filter(|route| route.is_protected()).map(|route| route.hosts.len()).sum();
    if before == after || hosts == 0 {
        return;
    }
    let pairs = comparison.objects.pairs().iter().enumerate();
    let routed = pairs.filter(|(_, pair)| pair.either().is_some_and(|object| KINDS.contains(&object.kind)));
    report
        .add_global(
            Place::after(Location::root(FileId::PLATFORM).key("routing").key("auth")),
            format!("the auth of {} is decided by `{after}` instead of `{before}`", count(hosts, "host")),
            "whoever the new service permits may use them: wharf does not know whom it permits",
        )
        .objects(routed.map(|(index, _)| index))
        .push();
}

/// What decides who may log in.
fn decider(model: &Model) -> Option<String> {
    match &model.platform.routing.auth {
        Auth::Undecided => None,
        Auth::Forward(service) => Some(service.address.to_string()),
        Auth::Shared(middleware) => Some(format!("{}/{}", &*middleware.namespace, &*middleware.name)),
    }
}
