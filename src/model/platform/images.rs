//! argocd-image-updater's settings, with their defaults.

use super::root;
use crate::diagnostics::{Sink, rules};
use crate::model::version::{UnsupportedVersion, Version};
use crate::platform::{ImageUpdater as Written, WriteBack};
use crate::value::Text;

/// argocd-image-updater.
#[derive(Debug)]
pub struct ImageUpdater {
    /// Its version.
    pub version: Version,
    /// The branch that it commits to where an application follows `HEAD`.
    pub branch: Option<Text>,
    /// The branch that it pushes to instead, as a Go template.
    pub review_branch: Option<Text>,
    /// The Secret with which it pushes.
    pub credentials: Option<Text>,
}

/// The first version that reads objects instead of annotations.
const OBJECTS: Version = Version(1, 0, 0);
/// The first version whose objects can set one Helm value for the whole image: the custom resource definition
/// of earlier versions requires `name` and `tag` (argocd-image-updater 1.0.4 and 1.1.0, custom resource
/// definitions).
const HELM_SPEC: Version = Version(1, 1, 0);
/// The first version whose objects do not have the namespace of the Applications, which 1.0 requires
/// (argocd-image-updater, pull request 1590).
const NO_NAMESPACE: Version = Version(1, 2, 0);
/// The first version that updates what a plugin renders.
const PLUGINS: Version = Version(1, 3, 0);

impl ImageUpdater {
    /// Whether it reads annotations of Applications.
    pub fn reads_annotations(&self) -> bool {
        self.version < OBJECTS
    }

    /// Whether its objects have the namespace of the Applications.
    pub fn names_namespace(&self) -> bool {
        self.version < NO_NAMESPACE
    }

    /// The updater, if it reads objects and is too old to write the whole image to one value of Helm.
    pub(in crate::model) fn too_old_for_helm_spec(&self) -> Option<UnsupportedVersion> {
        UnsupportedVersion::check("argocd-image-updater", Some(self.version), HELM_SPEC)
            .filter(|_| !self.reads_annotations())
    }

    /// The updater, if it is too old to update what a plugin renders.
    pub(in crate::model) fn too_old_for_plugins(&self) -> Option<UnsupportedVersion> {
        UnsupportedVersion::check("argocd-image-updater", Some(self.version), PLUGINS)
    }
}

pub(super) fn updater(written: &Written, findings: &mut Sink) -> ImageUpdater {
    if written.write_back == WriteBack::Argocd {
        let location = root().key("imageUpdater").key("writeBack");
        let finding =
            rules::IMAGE_WRITE_BACK.at(location, "changes of an Application of this catalog are reverted");
        let finding = finding.note(
            "the root application heals itself: it would revert each new tag, the updater would set it \
             again, and so on",
        );
        findings.push(finding.help("write `git`, so that the updater pushes to the repository"));
    }
    ImageUpdater {
        version: Version::from(&written.version),
        branch: written.branch.as_ref().map(Text::from),
        review_branch: written.review_branch.as_ref().map(Text::from),
        credentials: written.credentials.as_ref().map(Text::from),
    }
}
