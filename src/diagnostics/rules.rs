//! All rules, in one table: name, severity and page.

use super::{Rule, Severity};

macro_rules! rules {
    ($($class:ident $constant:ident $name:literal)*) => {
        $(
            #[doc = concat!("The rule `", $name, "`.")]
            pub static $constant: Rule = Rule {
                name: $name,
                severity: class::$class.0,
                waivable: class::$class.1,
                page: include_str!(concat!("../rules/", $name, ".md")),
            };
        )*

        /// All rules, in the order of their names.
        pub static ALL: &[&Rule] = &[$(&$constant),*];
    };
}

/// The severity of a rule, and whether its findings may be accepted with a reason.
mod class {
    use super::Severity;

    pub(super) const ERROR: (Severity, bool) = (Severity::Error, false);
    /// An error that may be wrong about a catalog that works: it relies on what a lock or a version of
    /// another program says, or on a usual practice.
    pub(super) const WAIVABLE: (Severity, bool) = (Severity::Error, true);
    pub(super) const WARNING: (Severity, bool) = (Severity::Warning, true);
    pub(super) const NOTE: (Severity, bool) = (Severity::Note, true);
    /// A warning about the report itself.
    pub(super) const NOTICE: (Severity, bool) = (Severity::Warning, false);
}

rules! {
    ERROR ALIAS_CYCLE "alias-cycle"
    ERROR AMBIGUOUS_SCALAR "ambiguous-scalar"
    ERROR AMBIGUOUS_WHITESPACE "ambiguous-whitespace"
    ERROR ANOTHER_CLUSTER "another-cluster"
    ERROR APPLICATION_SOURCE "application-source"
    WARNING ASSUMED_INGRESS_CONTROLLER "assumed-ingress-controller"
    ERROR AUTH_NONE_WITHOUT_REASON "auth-none-without-reason"
    ERROR BROKEN_PROMISE "broken-promise"
    WARNING CLOSED_INGRESS_CONTROLLER "closed-ingress-controller"
    WARNING CLOSED_METRICS "closed-metrics"
    ERROR CROSS_NAMESPACE_MIDDLEWARE "cross-namespace-middleware"
    ERROR DEPENDENCY_CYCLE "dependency-cycle"
    ERROR DEPENDENCY_ON_LATER_TIER "dependency-on-later-tier"
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
    ERROR DUPLICATE_TRAEFIK_DEFAULT "duplicate-traefik-default"
    ERROR EDGE_TARGET "edge-target"
    ERROR EMPTY_CATALOG "empty-catalog"
    WARNING GATED_BY_HEALTH "gated-by-health"
    WAIVABLE GATED_WAVE "gated-wave"
    WARNING HOST_NETWORK_EDGE "host-network-edge"
    ERROR HOST_OUTSIDE_WILDCARD "host-outside-wildcard"
    WAIVABLE IGNORED_VALUES_FILES "ignored-values-files"
    ERROR IMAGE_ANNOTATION "image-annotation"
    ERROR IMAGE_BRANCH "image-branch"
    ERROR IMAGE_PULL_SECRET "image-pull-secret"
    ERROR IMAGE_SOURCE "image-source"
    ERROR IMAGE_TAG_FILTER "image-tag-filter"
    ERROR IMAGE_TARGET "image-target"
    ERROR IMAGE_WRITE_BACK "image-write-back"
    WAIVABLE INCOMPLETE_GENERATE_PATHS "incomplete-generate-paths"
    WARNING INEFFECTIVE_ANNOTATION "ineffective-annotation"
    ERROR INEFFECTIVE_CERTIFICATE_MODE "ineffective-certificate-mode"
    ERROR INEFFECTIVE_IGNORE_DIFFERENCE "ineffective-ignore-difference"
    WAIVABLE INEFFECTIVE_INCLUDE "ineffective-include"
    ERROR INEFFECTIVE_PERMISSION "ineffective-permission"
    WAIVABLE INEFFECTIVE_POLICY_TYPE "ineffective-policy-type"
    WARNING INEFFECTIVE_SYNC_OPTION "ineffective-sync-option"
    ERROR INVALID_CIDR "invalid-cidr"
    ERROR INVALID_LABEL "invalid-label"
    ERROR INVALID_NAME "invalid-name"
    ERROR INVALID_PATTERN "invalid-pattern"
    WARNING INVALID_POD_SECURITY_LABEL "invalid-pod-security-label"
    ERROR INVALID_PORT "invalid-port"
    WARNING INVALID_SYNC_WAVE "invalid-sync-wave"
    ERROR INVALID_TEMPLATE "invalid-template"
    ERROR INVALID_UTF8 "invalid-utf8"
    ERROR INVALID_VALUE "invalid-value"
    ERROR INVALID_WAIVER "invalid-waiver"
    ERROR ISOLATED_ARGOCD "isolated-argocd"
    ERROR LATE_DEFINITION "late-definition"
    WARNING LATE_SECRET "late-secret"
    ERROR LOCK_CONFLICT "lock-conflict"
    ERROR LOCK_VERSION "lock-version"
    ERROR MERGE_KEY "merge-key"
    ERROR METADATA_TYPE "metadata-type"
    ERROR MISSING_AUTH "missing-auth"
    WARNING MISSING_EDGE "missing-edge"
    ERROR MISSING_ENTRY_POINT "missing-entry-point"
    ERROR MISSING_KEY "missing-key"
    WARNING MISSING_NODE_TUNNELS "missing-node-tunnels"
    WAIVABLE MISSING_PATH "missing-path"
    ERROR MISSING_PLATFORM "missing-platform"
    ERROR MISSING_PLATFORM_VALUE "missing-platform-value"
    ERROR MISSING_REFERENCE "missing-reference"
    NOTICE MISSING_SCHEMA "missing-schema"
    WAIVABLE MISSING_SECRET "missing-secret"
    WARNING MISSING_TEMPLATE_KEY "missing-template-key"
    ERROR MISSPELT_FINALIZER "misspelt-finalizer"
    ERROR MULTIPLE_DOCUMENTS "multiple-documents"
    ERROR NON_STRING_KEY "non-string-key"
    ERROR OUTDATED_WHARF "outdated-wharf"
    ERROR OUTSIDE_ROOT_PROJECT "outside-root-project"
    ERROR POD_LABELS "pod-labels"
    ERROR POLICIES_NOT_ENFORCED "policies-not-enforced"
    WARNING POLICY_INCLUDES_LAN "policy-includes-lan"
    ERROR PROFILE_WITHOUT_REASON "profile-without-reason"
    ERROR PROMISE_FORM "promise-form"
    ERROR PROMISE_NAME "promise-name"
    WARNING PRUNE_CONFIRM "prune-confirm"
    WARNING PRUNE_WITHOUT_DELETE "prune-without-delete"
    ERROR PUBLIC_AUTH_ADDRESS "public-auth-address"
    ERROR REDIRECT_TARGET "redirect-target"
    WARNING REGENERATED_SECRET "regenerated-secret"
    ERROR RESERVED_METADATA "reserved-metadata"
    ERROR RESERVED_NAMESPACE "reserved-namespace"
    WARNING REVERTED_DIFFERENCE "reverted-difference"
    WARNING ROLE_WITHOUT_LOGS "role-without-logs"
    WAIVABLE ROLLING_TAG "rolling-tag"
    ERROR ROOT_NAME_CONFLICT "root-name-conflict"
    ERROR ROOT_TIERS "root-tiers"
    WARNING ROUTE_ON_PLAIN_LISTENER "route-on-plain-listener"
    WARNING ROUTE_WITHOUT_BACKEND "route-without-backend"
    WARNING ROUTE_WITHOUT_ENTRY_POINTS "route-without-entry-points"
    ERROR SCHEMA_VIOLATION "schema-violation"
    ERROR SECRET_IN_GIT "secret-in-git"
    ERROR SECRET_SOURCE "secret-source"
    WAIVABLE SECRET_TEMPLATE "secret-template"
    WARNING SECRETS_NEVER_REFRESHED "secrets-never-refreshed"
    ERROR SELF_EDGE "self-edge"
    WAIVABLE SELF_MANAGED_ARGOCD "self-managed-argocd"
    ERROR SEMVER_CONSTRAINT "semver-constraint"
    ERROR SERVICE_PORT "service-port"
    ERROR SHADOWED_PATH "shadowed-path"
    WAIVABLE SHARED_OBJECT "shared-object"
    WAIVABLE SOURCE_MISMATCH "source-mismatch"
    WARNING STALE_LOCK "stale-lock"
    ERROR STALE_RENDERED "stale-rendered"
    NOTICE STALE_SCHEMA "stale-schema"
    ERROR SYNC_WINDOW "sync-window"
    ERROR SYNC_WITHOUT_AUTO_SYNC "sync-without-auto-sync"
    ERROR TEMPLATE_OBJECT "template-object"
    ERROR TOO_LARGE "too-large"
    NOTICE TOO_MANY_FINDINGS "too-many-findings"
    ERROR TRAEFIK_NAME_COLLISION "traefik-name-collision"
    WAIVABLE UNADMITTED_PODS "unadmitted-pods"
    WAIVABLE UNATTACHED_ROUTE "unattached-route"
    WARNING UNCOVERED_TLS_HOST "uncovered-tls-host"
    ERROR UNKNOWN_DEPENDENCY "unknown-dependency"
    ERROR UNKNOWN_HOST "unknown-host"
    ERROR UNKNOWN_KEY "unknown-key"
    ERROR UNKNOWN_NAMESPACE "unknown-namespace"
    ERROR UNKNOWN_PEER "unknown-peer"
    ERROR UNKNOWN_PODS "unknown-pods"
    ERROR UNKNOWN_PORT_NAME "unknown-port-name"
    ERROR UNKNOWN_PROFILE "unknown-profile"
    WAIVABLE UNKNOWN_REGISTRY "unknown-registry"
    WAIVABLE UNKNOWN_SERVICE "unknown-service"
    WAIVABLE UNKNOWN_SYNC_OPTION "unknown-sync-option"
    ERROR UNKNOWN_TEMPLATE "unknown-template"
    ERROR UNKNOWN_TIER "unknown-tier"
    ERROR UNKNOWN_VALUE "unknown-value"
    ERROR UNKNOWN_VARIABLE "unknown-variable"
    WARNING UNKNOWN_WEBHOOK "unknown-webhook"
    WARNING UNLISTED_MANIFEST "unlisted-manifest"
    ERROR UNOWNED_NAMESPACE "unowned-namespace"
    ERROR UNPERMITTED_APPLICATION "unpermitted-application"
    WAIVABLE UNPERMITTED_KIND "unpermitted-kind"
    WAIVABLE UNPERMITTED_NAMESPACE "unpermitted-namespace"
    WARNING UNPROTECTED_NAMESPACE "unprotected-namespace"
    WARNING UNPROTECTED_VOLUME "unprotected-volume"
    WAIVABLE UNRENDERED_APPLICATION "unrendered-application"
    ERROR UNSUPPORTED_AUTH "unsupported-auth"
    ERROR UNSUPPORTED_PEER "unsupported-peer"
    ERROR UNSUPPORTED_ROUTE "unsupported-route"
    ERROR UNSUPPORTED_VERSION "unsupported-version"
    NOTE UNUSED_EDGE "unused-edge"
    WARNING UNUSED_LOCK_ENTRY "unused-lock-entry"
    WARNING UNUSED_TEMPLATE "unused-template"
    WARNING UNUSED_VALUES_FILE "unused-values-file"
    NOTICE UNUSED_WAIVER "unused-waiver"
    ERROR UNVERIFIED_BACKEND "unverified-backend"
    WARNING VALUES_FILE_OUTSIDE_CHART "values-file-outside-chart"
    ERROR VALUES_FILE_SCHEME "values-file-scheme"
    ERROR VALUES_REFERENCE "values-reference"
    WARNING WAVES_WITHOUT_HEALTH "waves-without-health"
    ERROR WRONG_TYPE "wrong-type"
    ERROR YAML_SYNTAX "yaml-syntax"
    ERROR YAML_TAG "yaml-tag"
}

/// The rule with this name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    ALL.binary_search_by(|rule| rule.name.cmp(name)).ok().and_then(|index| ALL.get(index).copied())
}
