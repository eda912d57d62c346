//! The checks of resources in a cluster, whether wharf rendered them or others wrote them.

mod address_range;
mod admission;
mod annotation;
mod attachment;
mod backend_port;
mod certificate;
mod delivery;
mod duplicate_route;
mod external_secret;
mod gateway;
mod http_route;
mod identity;
mod ignored_difference;
mod image_updater;
mod include;
mod ingress;
mod ingress_auth;
mod policy_port;
mod policy_types;
mod port;
mod project;
mod protection;
mod reference;
mod role;
mod route_reference;
mod secret;
mod shared_object;
mod sync_option;
mod traefik_default;

use crate::cluster::Survey;
use crate::diagnostics::Finding;

/// Checks one thing in everything that is deployed.
type Check = fn(&Survey) -> Vec<Finding>;

/// Runs all checks of what a repository deploys.
pub fn check(survey: &Survey) -> Vec<Finding> {
    let checks: [Check; 27] = [
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
        annotation::check,
        backend_port::check,
        external_secret::check,
        image_updater::check,
        include::check,
        ingress_auth::check,
        policy_port::check,
        policy_types::check,
        shared_object::check,
        traefik_default::check,
    ];
    checks.iter().flat_map(|check| check(survey)).collect()
}
