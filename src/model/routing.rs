//! Routes: without a rule, a length or a priority of a controller.

pub(super) mod callbacks;
pub(super) mod routes;
pub(super) mod specificity;
