//! All rules, in one table. What they judge stands where it is found: the document reader, the plan, the objects.

mod assumed_ingress_controller;
pub(crate) mod bad_label;
mod bad_name;
pub(crate) mod cross_namespace_middleware;
mod duplicate_object;
mod duplicate_secret;
mod gated_by_health;
mod gated_wave;
mod image_pull_secret;
mod permission_without_effect;
mod root_name_taken;
mod self_managed_argocd;
mod shadowed_path;
mod traefik_name_collision;
mod unattached_route;
pub(crate) mod unknown_registry;
mod waves_without_health;

use std::num::NonZeroUsize;

use crate::finding::Finding;
use crate::object::Object;
use crate::parallel::{WORTH_A_THREAD, both};
use crate::plan::Plan;
use crate::rule::{Level, Rule};

macro_rules! rules {
    ($($level:ident $constant:ident $name:literal)*) => {
        $(
            #[doc = concat!("The rule `", $name, "`.")]
            pub static $constant: Rule = Rule { name: $name, level: level::$level, page: include_str!(concat!("rules/", $name, ".md")) };
        )*

        /// All rules, in the order of their names.
        pub static ALL: &[&Rule] = &[$(&$constant),*];
    };
}

mod level {
    use super::Level;

    pub(super) const ERROR: Level = Level::Error;
    pub(super) const WARNING: Level = Level::Warning;
}

rules! {
    ERROR AMBIGUOUS_SCALAR "ambiguous-scalar"
    ERROR APPLICATION_SOURCE "application-source"
    WARNING ASSUMED_INGRESS_CONTROLLER "assumed-ingress-controller"
    ERROR AUTH_NONE_WITHOUT_REASON "auth-none-without-reason"
    ERROR BAD_CIDR "bad-cidr"
    ERROR BAD_LABEL "bad-label"
    ERROR BAD_NAME "bad-name"
    ERROR BAD_PATTERN "bad-pattern"
    ERROR BAD_PORT "bad-port"
    ERROR BAD_TEMPLATE "bad-template"
    ERROR CROSS_NAMESPACE_MIDDLEWARE "cross-namespace-middleware"
    ERROR DEPENDENCY_CYCLE "dependency-cycle"
    ERROR DIGEST_WITHOUT_TAG "digest-without-tag"
    ERROR DISABLED_WITHOUT_TOGGLEABLE "disabled-without-toggleable"
    ERROR DUPLICATE_ACCESS "duplicate-access"
    ERROR DUPLICATE_APPLICATION_CODE "duplicate-application-code"
    ERROR DUPLICATE_EDGE "duplicate-edge"
    ERROR DUPLICATE_IMAGE "duplicate-image"
    ERROR DUPLICATE_KEY "duplicate-key"
    ERROR DUPLICATE_NAMESPACE "duplicate-namespace"
    ERROR DUPLICATE_OBJECT "duplicate-object"
    ERROR DUPLICATE_ROUTE "duplicate-route"
    ERROR DUPLICATE_SECRET "duplicate-secret"
    ERROR DUPLICATE_SECRET_KEY "duplicate-secret-key"
    ERROR EDGE_TARGET "edge-target"
    ERROR EMPTY_CATALOG "empty-catalog"
    ERROR ENDLESS_ALIAS "endless-alias"
    WARNING GATED_BY_HEALTH "gated-by-health"
    ERROR GATED_WAVE "gated-wave"
    ERROR HOST_OUTSIDE_WILDCARD "host-outside-wildcard"
    ERROR IDLE_CERTIFICATE_MODE "idle-certificate-mode"
    ERROR IDLE_IGNORE_DIFFERENCE "idle-ignore-difference"
    ERROR IDLE_INCLUDE "idle-include"
    ERROR IGNORED_VALUES_FILES "ignored-values-files"
    ERROR IMAGE_ANNOTATION "image-annotation"
    ERROR IMAGE_BRANCH "image-branch"
    ERROR IMAGE_PULL_SECRET "image-pull-secret"
    ERROR IMAGE_SOURCE "image-source"
    ERROR IMAGE_TAG_FILTER "image-tag-filter"
    ERROR IMAGE_TARGET "image-target"
    ERROR IMAGE_WRITE_BACK "image-write-back"
    ERROR LATE_DEPENDENCY "late-dependency"
    WARNING LATE_SECRET "late-secret"
    ERROR LOST_AUTH "lost-auth"
    ERROR MALFORMED_VALUE "malformed-value"
    ERROR MERGE_KEY "merge-key"
    ERROR MISSING_FACT "missing-fact"
    ERROR MISSING_KEY "missing-key"
    ERROR MISSING_PATH "missing-path"
    ERROR MISSING_PLATFORM "missing-platform"
    ERROR NARROW_GENERATE_PATHS "narrow-generate-paths"
    ERROR NEEDS_NEWER_VERSION "needs-newer-version"
    ERROR NO_AUTH_DECISION "no-auth-decision"
    ERROR NO_ENTRY_POINT "no-entry-point"
    ERROR NON_TEXT_KEY "non-text-key"
    ERROR NOT_TEXT "not-text"
    ERROR OLD_WHARF "old-wharf"
    ERROR PERMISSION_WITHOUT_EFFECT "permission-without-effect"
    ERROR POLICIES_NOT_ENFORCED "policies-not-enforced"
    ERROR PROFILE_WITHOUT_REASON "profile-without-reason"
    WARNING PRUNE_CONFIRM "prune-confirm"
    WARNING PRUNE_WITHOUT_DELETE "prune-without-delete"
    ERROR PUBLIC_AUTH_ADDRESS "public-auth-address"
    ERROR RESERVED_METADATA "reserved-metadata"
    ERROR RESERVED_NAMESPACE "reserved-namespace"
    ERROR ROLLING_TAG "rolling-tag"
    ERROR ROOT_NAME_TAKEN "root-name-taken"
    ERROR SCHEMA_VIOLATION "schema-violation"
    ERROR SECRET_IN_GIT "secret-in-git"
    ERROR SECRET_SOURCE "secret-source"
    WARNING SECRETS_NEVER_REFRESHED "secrets-never-refreshed"
    ERROR SELF_EDGE "self-edge"
    ERROR SELF_MANAGED_ARGOCD "self-managed-argocd"
    ERROR SEMVER_CONSTRAINT "semver-constraint"
    ERROR SEVERAL_DOCUMENTS "several-documents"
    ERROR SHADOWED_PATH "shadowed-path"
    ERROR SOURCE_MISMATCH "source-mismatch"
    ERROR STALE_RENDERED "stale-rendered"
    ERROR SYNC_WITHOUT_AUTO_SYNC "sync-without-auto-sync"
    ERROR TEMPLATE_OBJECT "template-object"
    ERROR TRAEFIK_NAME_COLLISION "traefik-name-collision"
    ERROR UNATTACHED_ROUTE "unattached-route"
    WARNING UNCHECKED_KIND "unchecked-kind"
    ERROR UNENFORCEABLE_PEER "unenforceable-peer"
    ERROR UNKNOWN_DEPENDENCY "unknown-dependency"
    ERROR UNKNOWN_KEY "unknown-key"
    ERROR UNKNOWN_NAMESPACE "unknown-namespace"
    ERROR UNKNOWN_PEER "unknown-peer"
    ERROR UNKNOWN_PROFILE "unknown-profile"
    ERROR UNKNOWN_REGISTRY "unknown-registry"
    ERROR UNKNOWN_SYNC_OPTION "unknown-sync-option"
    ERROR UNKNOWN_TEMPLATE "unknown-template"
    ERROR UNKNOWN_TIER "unknown-tier"
    ERROR UNKNOWN_VALUE "unknown-value"
    ERROR UNSAYABLE_ROUTE "unsayable-route"
    WARNING UNUSED_TEMPLATE "unused-template"
    WARNING UNUSED_VALUES_FILE "unused-values-file"
    WARNING VALUES_FILE_OF_CHART "values-file-of-chart"
    ERROR VALUES_FILE_SCHEME "values-file-scheme"
    ERROR VALUES_REFERENCE "values-reference"
    WARNING WAVES_WITHOUT_HEALTH "waves-without-health"
    ERROR WRONG_TYPE "wrong-type"
    ERROR YAML_SYNTAX "yaml-syntax"
    ERROR YAML_TAG "yaml-tag"
}

/// The rules that judge what was made, each over all objects.
pub fn judge(plan: &Plan, objects: &[Object], threads: NonZeroUsize, findings: &mut Vec<Finding>) {
    permission_without_effect::check(plan, findings);
    image_pull_secret::check(plan, findings);
    assumed_ingress_controller::check(plan, findings);
    gated_wave::check(plan, findings);
    gated_by_health::check(plan, objects, findings);
    waves_without_health::check(plan, findings);
    root_name_taken::check(plan, findings);
    self_managed_argocd::check(plan, findings);
    unattached_route::check(plan, findings);
    unknown_registry::check(plan, findings);
    let side_by_side = if objects.len() < WORTH_A_THREAD { NonZeroUsize::MIN } else { threads };
    let twins = || {
        let mut findings = Vec::new();
        duplicate_object::check(objects, &mut findings);
        duplicate_secret::check(plan, objects, &mut findings);
        findings
    };
    let (mut twins, ()) = both(side_by_side, twins, || {
        bad_name::check(objects, findings);
        bad_label::check(objects, findings);
        shadowed_path::check(plan, findings);
        traefik_name_collision::check(plan, findings);
    });
    findings.append(&mut twins);
}
