//! Values of Argo CD's Helm chart that the catalog needs (argo-helm, chart `argo-cd` 10: `configs.cm` becomes `argocd-cm`).

use crate::plan::{Application, Plan};
use crate::value::Map;

/// The health of Applications, by which waves wait; Argo CD has had none of its own since 1.8. The page of `waves-without-health` shows the
/// same lines.
const APPLICATION_HEALTH: &str = "\
local health = obj.status and obj.status.health
return {status = health and health.status or \"Progressing\", message = health and health.message or \"\"}
";

/// What Argo CD takes values files by if nobody says otherwise (Argo CD 3.5, `argocd-cm`).
const DEFAULT_SCHEMES: [&str; 2] = ["http", "https"];

/// The values with which Argo CD is installed: what the catalog needs, and beyond that what the application has by which it manages itself
/// later on, so that the first sync finds nothing to change.
pub(super) fn values(plan: &Plan) -> Map {
    let needed = Map::new().with_filled("configs", Map::new().with_filled("cm", config_map(plan)));
    match plan.own_argo_cd().and_then(inline_values) {
        Some(own) => needed.merged(own),
        None => needed,
    }
}

/// The keys of `argocd-cm` that the catalog relies on.
fn config_map(plan: &Plan) -> Map {
    let schemes: Vec<_> = plan.platform.argocd.values_file_schemes.iter().map(crate::value::Text::as_str).collect();
    Map::new()
        .with_some("resource.customizations.health.argoproj.io_Application", plan.has_order().then_some(APPLICATION_HEALTH))
        .with_some("helm.valuesFileSchemes", (schemes != DEFAULT_SCHEMES).then(|| schemes.join(", ")))
}

fn inline_values(application: &Application) -> Option<&Map> {
    application.sources.iter().find_map(|source| source.written.helm.as_ref()?.values.as_ref()).filter(|values| !values.is_empty())
}
