//! The checks of resources in a cluster, whether wharf rendered them or others wrote them.

mod address_range;
mod admission;
mod attachment;
mod certificate;
mod delivery;
mod duplicate_route;
mod gateway;
mod http_route;
mod identity;
mod ignored_difference;
mod ingress;
pub(super) mod port;
mod project;
mod protection;
pub(super) mod reference;
mod role;
mod route_reference;
mod secret;
mod sync_option;

use crate::cluster::Survey;
use crate::diagnostics::Finding;

/// Checks one thing in everything that is deployed.
pub(super) type Check = fn(&Survey) -> Vec<Finding>;

/// Runs all checks of what a repository deploys.
pub fn check(survey: &Survey) -> Vec<Finding> {
    let checks: [Check; 17] = [
        protection::check,
        sync_option::check,
        ignored_difference::check,
        project::check,
        delivery::check,
        gateway::check,
        reference::check,
        port::check,
        ingress::check,
        secret::check,
        identity::check,
        role::check,
        address_range::check,
        certificate::check,
        attachment::check,
        admission::check,
        duplicate_route::check,
    ];
    checks.iter().flat_map(|check| check(survey)).collect()
}
