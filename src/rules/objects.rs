//! The checks of resources in a cluster, whether wharf rendered them or others wrote them.

mod delivery;
mod gateway;
mod identity;
mod ignored_difference;
mod ingress;
mod kind_name;
mod port;
mod project;
mod protection;
mod reference;
mod secret;
mod sync_option;

use crate::cluster::Survey;
use crate::diagnostics::Finding;

/// Runs all checks of what a repository deploys.
pub fn check(survey: &Survey) -> Vec<Finding> {
    let checks: [fn(&Survey) -> Vec<Finding>; 11] = [
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
    ];
    checks.iter().flat_map(|check| check(survey)).collect()
}
