//! What renders the folders of a checkout.

use std::collections::BTreeSet;

use crate::inputs::Tree;

/// The charts and the kustomizations of a checkout, by their folders.
#[derive(Clone, Debug, Default)]
pub struct Folders {
    charts: BTreeSet<String>,
    kustomizations: BTreeSet<String>,
}

impl Folders {
    /// The folders of a tree.
    pub fn of_tree(tree: &Tree) -> Self {
        let mut folders = Self::default();
        for path in tree.files.keys() {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            match name {
                "Chart.yaml" => drop(folders.charts.insert(folder.to_owned())),
                "kustomization.yaml" | "kustomization.yml" | "Kustomization" => {
                    folders.kustomizations.insert(folder.to_owned());
                }
                _ => {}
            }
        }
        folders
    }

    /// The tool that Argo CD chooses for a folder, as the key of the catalog; none for plain manifests. The
    /// checkout may be a part of the repository: the end of the path counts.
    pub(super) fn tool(&self, path: &str) -> Option<&'static str> {
        let path = path.trim_matches('/');
        let starts = [0].into_iter().chain(path.match_indices('/').map(|(index, _)| index + 1));
        starts.filter_map(|start| path.get(start..)).find_map(|folder| {
            if self.charts.contains(folder) {
                Some("helm")
            } else {
                self.kustomizations.contains(folder).then_some("kustomize")
            }
        })
    }
}
