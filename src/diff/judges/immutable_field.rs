//! A field changes that Kubernetes does not change.

use crate::diff::change::{Place, Report};
use crate::diff::comparison::Comparison;
use crate::diff::immutable::changed_field;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (index, pair) in comparison.objects.pairs().iter().enumerate() {
        let (Some(before), Some(after)) = (pair.before, pair.after) else { continue };
        let Some(field) = changed_field(before, after) else { continue };
        let location = after.origins.first().map(|origin| origin.location.clone()).unwrap_or_default();
        report
            .add(
                &after.folder,
                Place::after(location),
                format!("`{field}` of the {} `{}` is immutable", after.kind_name(), after.name),
                "the API server refuses the change, and the sync fails until the object is replaced",
            )
            .help("give the object another name, or delete the old one first")
            .objects([index])
            .push();
    }
}
