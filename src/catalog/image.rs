//! An image that is kept up to date.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsName, ImageAlias, ImageName, ImagePlatform, NonEmptyString, TagGlob};

/// An image that argocd-image-updater keeps up to date.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Image {
    /// A short name for it, unique in the application: `app`.
    pub alias: ImageAlias,
    /// The image, with its registry as the pods have it. `digest` follows the tag behind it, `semver` takes
    /// it for a constraint (`~1.26`), and the others take none.
    pub image: ImageName,
    /// Which tag is the newest: `digest` follows one tag, `newest-build` (once called `latest`) goes by date,
    /// `alphabetical` (once called `name`) by name, `semver` by version.
    pub strategy: ImageStrategy,
    /// A regular expression of the tags that count, without `regexp:` in front; all of them if it is not
    /// said.
    pub allow_tags: Option<NonEmptyString>,
    /// Globs of tags that do not count.
    #[serde(default)]
    pub ignore_tags: Vec<TagGlob>,
    /// Platforms that the image has to be there for, as `linux/amd64`; the one that the updater itself runs
    /// on if it is not said.
    #[serde(default)]
    pub platforms: Vec<ImagePlatform>,
    /// A Secret in the namespace of Argo CD, of what `docker login` writes, with which tags are listed; what
    /// the updater knows about the registry if it is not said.
    pub pull_secret: Option<DnsName>,
    /// Whether it is updated even if no pod of the application runs it: one that only a custom resource or a
    /// Job names; `false` if it is not said.
    pub force_update: Option<bool>,
    /// Which values of the chart hold it; required where Helm renders.
    pub helm: Option<ImageHelm>,
    /// What the manifests call it, where Kustomize renders; by its own name if it is not said.
    pub kustomize: Option<ImageKustomize>,
    /// Which variables of the plugin hold it; required where a plugin renders, since argocd-image-updater
    /// 1.3.
    pub plugin: Option<ImagePlugin>,
}

/// Which tag is the newest (argocd-image-updater 1.3, `ParseUpdateStrategy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageStrategy {
    /// What one tag points at now.
    Digest,
    /// The highest version that the constraint allows.
    Semver,
    /// What was built last.
    NewestBuild,
    /// The last one by name.
    Alphabetical,
}

impl ImageStrategy {
    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Semver => "semver",
            Self::NewestBuild => "newest-build",
            Self::Alphabetical => "alphabetical",
        }
    }
}

/// Which values of a chart hold an image: `name` and `tag`, or `spec`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageHelm {
    /// The value with the name: `image.repository`.
    pub name: Option<NonEmptyString>,
    /// The value with the tag: `image.tag`.
    pub tag: Option<NonEmptyString>,
    /// The value with both, joined by a colon: `image`.
    pub spec: Option<NonEmptyString>,
}

/// What manifests call an image.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageKustomize {
    /// The name that Kustomize finds and replaces.
    pub name: ImageName,
}

/// Which variables of a plugin hold an image: `name` and `tag`, or `spec`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImagePlugin {
    /// The variable with the name: `IMAGE_NAME`.
    pub name: Option<NonEmptyString>,
    /// The variable with the tag: `IMAGE_TAG`.
    pub tag: Option<NonEmptyString>,
    /// The variable with both, joined by a colon: `IMAGE`.
    pub spec: Option<NonEmptyString>,
}
