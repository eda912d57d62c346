//! The checks of resources in a cluster, whether wharf rendered them or others wrote them.

use crate::cluster::Survey;
use crate::diagnostics::Finding;

/// Runs all checks of what a repository deploys.
pub fn check(_: &Survey) -> Vec<Finding> {
    Vec::new()
}
