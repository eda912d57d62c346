//! An object with data goes from an entry that stays.

use crate::diff::change::{Place, Report, Side};
use crate::diff::comparison::Comparison;
use crate::diff::objects::Pair;
use crate::kubernetes::Object;

pub(super) fn judge(comparison: &Comparison<'_>, report: &mut Report<'_>) {
    for (index, pair) in comparison.objects.pairs().iter().enumerate() {
        let Some((object, consequence)) = lost(pair) else { continue };
        let Some(entry) = comparison.after.model.entry(&object.folder) else { continue };
        let old = comparison.before.model.entry(&object.folder).unwrap_or(entry);
        let location = object.origins.first().map(|origin| origin.location.clone()).unwrap_or_default();
        report
            .add(
                &object.folder,
                Place::before(location),
                format!("the {} `{}` is removed, and was not protected", object.kind_name(), object.name),
                consequence,
            )
            .stated("toggleable", Comparison::toggleable(Side::Before, old))
            .objects([index])
            .push();
    }
}

fn lost<'o>(pair: &Pair<'o>) -> Option<(&'o Object, &'static str)> {
    let object = pair.before.filter(|_| pair.after.is_none() && !pair.is_kept())?;
    let kind = object.group_kind();
    let consequence = match (kind.group.as_str(), kind.kind.as_str()) {
        ("external-secrets.io", "ExternalSecret")
        | ("bitnami.com", "SealedSecret")
        | ("isindir.github.com", "SopsSecret") => {
            "its Secret is deleted with it, and pods that use the Secret do not start again"
        }
        ("", "Secret" | "ConfigMap") => "Argo CD deletes it, and pods that use it do not start again",
        ("", "PersistentVolumeClaim" | "PersistentVolume") => "Argo CD deletes the volume with its data",
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            "Kubernetes deletes all objects of the kind, in all namespaces"
        }
        _ => return None,
    };
    Some((object, consequence))
}
