//! Values of Argo CD's Helm chart that the catalog needs (argo-helm, chart `argo-cd` 10: `configs.cm` becomes
//! `argocd-cm`).

use crate::model::{Application, ArgoCd, Model};
use crate::value::{Key, Map, Text, Value};

/// The health check of Applications, which waves rely on; Argo CD has none built in since 1.8. The page of
/// `waves-without-health` shows the same lines.
const APPLICATION_HEALTH: &str = "\
local health = obj.status and obj.status.health
return {status = health and health.status or \"Progressing\", message = health and health.message or \"\"}
";

/// Its key in `argocd-cm`.
const HEALTH_KEY: &str = "resource.customizations.health.argoproj.io_Application";

/// The values that Argo CD is installed with: what the catalog needs, and the values of the application that
/// manages Argo CD afterwards, so that its first sync changes nothing.
pub(super) fn values(model: &Model) -> Map {
    let needed = Map::new().with_filled("configs", Map::new().with_filled("cm", config_map(model)));
    match model.own_argo_cd().and_then(inline_values) {
        Some(own) => needed.merged(own),
        None => needed,
    }
}

/// The keys of `argocd-cm` that the catalog relies on and that the application that manages Argo CD would
/// remove again: all its values are known, and do not include them.
pub(crate) fn taken_away(model: &Model) -> Vec<(Key, Value)> {
    let Some(own) = model.own_argo_cd().filter(|own| own.shows_all_values()) else { return Vec::new() };
    let kept = inline_values(own).and_then(|values| values.get("configs")?.map()?.get("cm")?.map());
    let relied_on = |key: &Key| key.as_str() != HEALTH_KEY || model.platform.argocd.application_health;
    let gone = |key: &Key| kept.is_none_or(|kept| kept.get(key).is_none());
    let keys = config_map(model);
    keys.iter()
        .filter(|(key, _)| relied_on(key) && gone(key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// The keys of `argocd-cm` that the catalog relies on.
fn config_map(model: &Model) -> Map {
    let schemes: Vec<_> = model.platform.argocd.values_file_schemes.iter().map(Text::as_str).collect();
    Map::new().with_some(HEALTH_KEY, model.has_order().then_some(APPLICATION_HEALTH)).with_some(
        "helm.valuesFileSchemes",
        (schemes != ArgoCd::VALUES_FILE_SCHEMES).then(|| schemes.join(", ")),
    )
}

fn inline_values(application: &Application) -> Option<&Map> {
    application
        .sources
        .iter()
        .find_map(|source| source.helm.as_ref()?.values.as_ref())
        .filter(|values| !values.is_empty())
}
