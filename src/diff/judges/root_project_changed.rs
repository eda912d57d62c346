//! The project of the root Application changes, which it cannot apply itself.

use crate::bootstrap::root_objects;
use crate::diagnostics::{FileId, Location};
use crate::diff::change::{Place, Report};
use crate::diff::comparison::{Comparison, Version};
use crate::diff::same::same_object;
use crate::kubernetes::Object;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    let objects = |version: &Version<'_>| root_objects(version.model, version.objects);
    let (before, after) = (objects(&comparison.before), objects(&comparison.after));
    let changed: Vec<_> = after.iter().filter(|object| !is_in(&before, object)).collect();
    if changed.is_empty() {
        return;
    }
    let names: Vec<_> =
        changed.iter().map(|object| format!("{} `{}`", object.kind_name(), object.name)).collect();
    report
        .add_global(
            Place::after(Location::root(FileId::PLATFORM).key("argocd").key("root")),
            format!("the objects of `wharf bootstrap` change: {}", names.join(", ")),
            "Argo CD checks all objects of a sync against the root project in the cluster before it applies \
             the first one: if that does not permit one of them, none is applied",
        )
        .help("apply the output of `wharf bootstrap` before this is merged")
        .push();
}

fn is_in(objects: &[Object], object: &Object) -> bool {
    objects.iter().any(|known| known.identity() == object.identity() && same_object(known, object))
}
