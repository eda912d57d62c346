//! An image that is kept up to date.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::format::{DnsName, ImageAlias, ImageName, ImagePlatform, NonEmptyString, TagGlob};

/// An image that argocd-image-updater keeps up to date.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Image {
    /// A short name for the image, unique in the application: `app`.
    pub alias: ImageAlias,
    /// The image, with its registry, as the pods use it. With `digest`, its tag is the one to follow:
    /// `ghcr.io/acme/app:stable`. With `semver`, the tag is a constraint: `ghcr.io/acme/app:~1.26`. The other
    /// strategies take no tag.
    pub image: ImageName,
    /// How the newest tag is chosen: `digest` follows one tag, `newest-build` (formerly `latest`) takes the
    /// latest build, `alphabetical` (formerly `name`) the last name, `semver` the highest version.
    pub strategy: ImageStrategy,
    /// A regular expression that tags must match, without the prefix `regexp:`. Default: all tags.
    pub allow_tags: Option<NonEmptyString>,
    /// Globs of tags to ignore. Default: none.
    #[serde(default)]
    pub ignore_tags: Vec<TagGlob>,
    /// Platforms that the image must support, such as `linux/amd64`. Default: the platform that the updater
    /// itself runs on.
    #[serde(default)]
    pub platforms: Vec<ImagePlatform>,
    /// A Secret of type `kubernetes.io/dockerconfigjson` in the namespace of Argo CD, used to list tags.
    /// Default: the credentials that the updater has for the registry.
    pub pull_secret: Option<DnsName>,
    /// Whether to update the image even if no pod of the application runs it, for example an image that only
    /// a custom resource or a Job uses. Default: `false`.
    pub force_update: Option<bool>,
    /// The chart values that hold the image. Required where Helm renders. Default: none.
    pub helm: Option<ImageHelm>,
    /// The name of the image in the manifests, where Kustomize renders. Default: the image's own name.
    pub kustomize: Option<ImageKustomize>,
    /// The plugin variables that hold the image. Required where a plugin renders; needs argocd-image-updater
    /// 1.3. Default: none.
    pub plugin: Option<ImagePlugin>,
}

/// How the newest tag is chosen (argocd-image-updater 1.3, `ParseUpdateStrategy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ImageStrategy {
    /// The current digest of one tag.
    Digest,
    /// The highest version that satisfies the constraint.
    Semver,
    /// The most recently built image.
    NewestBuild,
    /// The last tag in alphabetical order.
    Alphabetical,
}

impl ImageStrategy {
    /// The name in the catalog.
    pub fn name(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Semver => "semver",
            Self::NewestBuild => "newest-build",
            Self::Alphabetical => "alphabetical",
        }
    }
}

/// The chart values that hold an image: `name` and `tag`, or `spec`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageHelm {
    /// The value that holds the name: `image.repository`. Default: none.
    pub name: Option<NonEmptyString>,
    /// The value that holds the tag: `image.tag`. Default: none.
    pub tag: Option<NonEmptyString>,
    /// The value that holds both, joined by a colon: `image`. Default: none.
    pub spec: Option<NonEmptyString>,
}

/// The name of an image in the manifests.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageKustomize {
    /// The name that Kustomize finds and replaces.
    pub name: ImageName,
}

/// The plugin variables that hold an image: `name` and `tag`, or `spec`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImagePlugin {
    /// The variable that holds the name: `IMAGE_NAME`. Default: none.
    pub name: Option<NonEmptyString>,
    /// The variable that holds the tag: `IMAGE_TAG`. Default: none.
    pub tag: Option<NonEmptyString>,
    /// The variable that holds both, joined by a colon: `IMAGE`. Default: none.
    pub spec: Option<NonEmptyString>,
}
