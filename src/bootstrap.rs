//! What has to exist before Argo CD can apply the rest: the root application with its project, settings of
//! Argo CD and of Traefik, and a checklist of the manual steps that are left. A function of the model and the
//! objects alone.

mod argocd_values;
mod checklist;
mod component;
mod release;
mod root_application;
mod root_project;
mod traefik_values;

pub(crate) use argocd_values::taken_away;
pub use checklist::Step;
pub(crate) use root_project::{permits_cluster_kind, permits_namespace};

use crate::kubernetes::Object;
use crate::kubernetes::yaml;
use crate::model::Model;
use crate::tree::{self, Tree};
use crate::value::{Map, Value};

/// The first line of every file that `wharf bootstrap` writes. It differs from that of rendered files, so
/// that neither verb removes the files of the other.
pub const HEADER: &str =
    "# rendered by wharf, do not edit: change applications.yml and run wharf bootstrap\n";

/// The files of the root objects, of the Helm values of Argo CD and Traefik, and of the checklist.
const ROOT: &str = "root.yaml";
const ARGOCD_VALUES: &str = "argocd-values.yaml";
const TRAEFIK_VALUES: &str = "traefik-values.yaml";
const CHECKLIST: &str = "checklist.txt";

/// What has to exist before the first sync.
#[derive(Debug)]
pub struct Bootstrap {
    /// The AppProject, and the root applications: one, unless several share the catalog.
    pub objects: Vec<Object>,
    /// Values of Argo CD's Helm chart; empty if its defaults are sufficient.
    pub argocd: Map,
    /// Values of Traefik's Helm chart; empty if no route is rendered for it.
    pub traefik: Map,
    /// The manual steps, in order.
    pub steps: Vec<Step>,
}

impl Bootstrap {
    /// What the catalog of `model` with its `objects` needs.
    pub fn new(model: &Model, objects: &[Object]) -> Self {
        let (argocd, traefik) = (argocd_values::values(model), traefik_values::values(model, objects));
        let steps = checklist::steps(model, objects, !argocd.is_empty(), !traefik.is_empty());
        Self { objects: root_objects(model, objects), argocd, traefik, steps }
    }

    /// All of it as files.
    pub fn tree(&self) -> Tree {
        let root = tree::text(&self.objects);
        let mut files = vec![(ROOT, root), (CHECKLIST, self.checklist())];
        let values = [(ARGOCD_VALUES, &self.argocd), (TRAEFIK_VALUES, &self.traefik)];
        files.extend(
            values
                .into_iter()
                .filter(|(_, values)| !values.is_empty())
                .map(|(path, values)| (path, lines(values))),
        );
        files.into_iter().map(|(path, text)| (path.into(), format!("{HEADER}{text}"))).collect()
    }

    /// The checklist as text.
    pub fn checklist(&self) -> String {
        self.steps.iter().enumerate().map(|(index, step)| step.draw(index + 1)).collect::<Vec<_>>().join("\n")
    }
}

/// The objects of [`Bootstrap`] that have to be applied manually: the AppProject and the root applications.
pub(crate) fn root_objects(model: &Model, objects: &[Object]) -> Vec<Object> {
    let project = root_project::root_project(model, objects);
    [project].into_iter().chain(root_application::root_applications(model)).collect()
}

fn lines(values: &Map) -> String {
    let mut text = String::new();
    yaml::write_value(&mut text, &Value::Map(values.clone()));
    text
}
