//! An entry no longer has network policies.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::model::Policies;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.kept_entries() {
        let is_open = matches!(after.policies, Policies::None);
        if matches!(before.policies, Policies::None) || !is_open {
            continue;
        }
        let location = after.location.key("networkPolicies");
        // Argo CD goes by the annotation of the live policy
        let consequence = if before.protected {
            "`default-deny` stays in the cluster, because the entry is protected, and all connections are \
             cut off; once somebody deletes it, everything is allowed"
        } else {
            "every pod of the cluster may connect to its pods, and they may connect to everything"
        };
        let policies: Vec<_> = comparison.objects.policies(after.namespace.as_str()).collect();
        report
            .add(
                &after.namespace,
                Place::after(location.key("profile")),
                format!("the entry `{}` no longer has network policies", after.namespace),
                consequence,
            )
            .stated("reason", Some(Place::after(location.key("reason"))))
            .help_some(deletion(comparison, &policies))
            .objects(policies)
            .push();
    }
}

/// The command that deletes the policies that Argo CD keeps.
fn deletion(comparison: &Comparison<'_>, policies: &[usize]) -> Option<String> {
    let kept =
        policies.iter().filter_map(|index| comparison.objects.get(*index)).find(|pair| pair.is_kept())?;
    let policy = kept.before?;
    let kind = policy.kind_name().to_lowercase();
    Some(format!("after the sync, run `kubectl -n {} delete {kind} {}`", policy.folder, policy.name))
}
