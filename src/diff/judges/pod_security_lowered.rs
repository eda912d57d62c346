//! The Pod Security level of a namespace is lowered.

use crate::catalog::PodSecurity;
use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.kept_entries() {
        let (old, new) = (before.pod_security, after.pod_security);
        if rank(new) >= rank(old) {
            continue;
        }
        let consequence = match new {
            PodSecurity::Privileged => {
                "its pods may use the host: its files, its network and all of its devices"
            }
            _ => "its pods may run as root and with more capabilities",
        };
        report
            .add(
                &after.namespace,
                Place::after(after.location.key("podSecurity")),
                format!(
                    "the Pod Security level of `{}` is lowered from `{}` to `{}`",
                    after.namespace,
                    old.name(),
                    new.name()
                ),
                consequence,
            )
            .objects(comparison.named(&after.namespace, "Namespace", after.namespace.as_str()))
            .push();
    }
}

fn rank(level: PodSecurity) -> u8 {
    match level {
        PodSecurity::Privileged => 0,
        PodSecurity::Baseline => 1,
        PodSecurity::Restricted => 2,
    }
}
