//! A group loses its role, or gets a weaker one.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::diff::judges::role_granted::{bindings, roles};

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (before, after) in comparison.kept_entries().chain(comparison.renames.entries()) {
        let new = roles(after);
        for (group, (role, location)) in roles(before) {
            let left = new.get(group).map(|(role, _)| *role);
            if left.is_some_and(|left| left >= role) {
                continue;
            }
            let consequence = left.map_or("its members may no longer access the namespace".into(), |left| {
                format!("its members may only do what the role `{}` permits", left.name())
            });
            report
                .add(
                    &after.namespace,
                    Place::before(location.clone()),
                    format!("the group `{group}` loses the role `{}` in `{}`", role.name(), after.namespace),
                    consequence,
                )
                .objects(bindings(comparison, after))
                .push();
        }
    }
}
