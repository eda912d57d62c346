//! The source of an application that argocd-image-updater updates, and where it commits to.

use std::collections::BTreeMap;

use super::image_tags;
use super::image_targets;
use super::paths::within;
use super::sources::{Source, SourceType};
use crate::catalog::{Application as Written, Helm, Image, Kustomize};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};
use crate::model::platform::{ImageUpdater, Platform};
use crate::value::Text;

/// Where new tags of an application's images are committed to.
#[derive(Debug, Default)]
pub struct ImageUpdates {
    /// The repository, if it is not that of the updated source.
    pub repository: Option<Text>,
    /// The branch; after a colon, the branch to push to instead.
    pub branch: Text,
    /// The values file; none for the file that Argo CD reads beside the chart.
    pub target: Option<Text>,
}

/// The prefix of all annotations of argocd-image-updater.
const ANNOTATIONS: &str = "argocd-image-updater.argoproj.io/";

pub(in crate::model) fn model(
    written: &Written,
    sources: &[Source],
    location: &Location,
    platform: &Platform,
    findings: &mut Sink,
) -> Option<ImageUpdates> {
    check_annotations(written, location, findings);
    if written.images.is_empty() {
        check_idle(written, location, findings);
        return None;
    }
    let images = location.key("images");
    let Some(updater) = &platform.image_updater else {
        let finding = rules::MISSING_PLATFORM_VALUE
            .at(images.itself(), "`images` needs `imageUpdater` in platform.yml");
        let finding = finding.note(
            "before 1.0 the updater reads annotations, and since 1.0 it ignores them: if its version is \
             unknown, nothing would be updated",
        );
        findings.push(finding.help("add it with its `version` and `writeBack: git`"));
        return None;
    };
    check_aliases(&written.images, &images, findings);
    for (index, image) in written.images.iter().enumerate() {
        image_tags::check(image, &images.index(index), findings);
    }
    let (source, kind) = updated(sources, updater, &images, findings)?;
    image_targets::check(&written.images, kind, &images, findings);
    check_helm_spec(&written.images, updater, &images, findings);
    write_back(written, sources, source, kind, location, platform, updater)
        .map_err(|finding| findings.push(finding))
        .ok()
}

/// Since 1.0 such an annotation has no effect; before, it would contradict `images`.
fn check_annotations(written: &Written, location: &Location, findings: &mut Sink) {
    for key in written.annotations.keys().filter(|key| key.starts_with(ANNOTATIONS)) {
        let location = location.key("annotations").key(key.clone()).itself();
        let finding =
            rules::IMAGE_ANNOTATION.at(location, format!("`{}` must not be set manually", shorten(key)));
        let finding = finding.note(
            "since 1.0 argocd-image-updater silently ignores annotations, and an older version would get two \
             contradicting settings",
        );
        findings.push(
            finding.help("list the image in `images` of the application, with its tag and a `strategy`"),
        );
    }
}

/// The API server would refuse the object, and with it the sync of the root application.
fn check_helm_spec(images: &[Image], updater: &ImageUpdater, location: &Location, findings: &mut Sink) {
    let Some(unsupported) = updater.too_old_for_helm_spec() else { return };
    let specs = images
        .iter()
        .enumerate()
        .filter(|(_, image)| image.helm.as_ref().is_some_and(|helm| helm.spec.is_some()));
    for (index, _) in specs {
        let finding = unsupported
            .refuse(location.index(index).key("helm").key("spec").itself(), "`helm.spec` of an image");
        findings.push(finding.help(format!(
            "write `name` and `tag` instead, or install {} {}",
            unsupported.part, unsupported.needed
        )));
    }
}

fn check_idle(written: &Written, location: &Location, findings: &mut Sink) {
    if written.image_values_file.is_some() {
        let finding = rules::IMAGE_WRITE_BACK
            .at(location.key("imageValuesFile").itself(), "`imageValuesFile` has no effect without `images`");
        findings.push(finding.help("list the images to write to this file, or remove the line"));
    }
}

fn check_aliases(images: &[Image], location: &Location, findings: &mut Sink) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, image) in images.iter().enumerate() {
        let known = *first.entry(&image.alias).or_insert(index);
        if known != index {
            let alias = location.index(index).key("alias");
            let finding = rules::DUPLICATE_IMAGE
                .at(alias, format!("two images have the name `{}`", shorten(&image.alias)));
            let finding = finding.with_secondary_label(location.index(known).key("alias"), "first used here");
            let finding =
                finding.note("the updater uses the settings of one of them for both, or rejects the object");
            findings.push(finding.help("give one of them another alias"));
        }
    }
}

/// The source that the updater writes to. Of several sources, it uses the type of the first that is rendered
/// by Helm, Kustomize or a plugin, and then the first source with settings for that type. If there is none,
/// it uses the very first source, whatever it is (argocd-image-updater 1.3, `getApplicationSource`).
fn updated<'s>(
    sources: &'s [Source],
    updater: &ImageUpdater,
    location: &Location,
    findings: &mut Sink,
) -> Option<(&'s Source, SourceType)> {
    let updates = |kind: SourceType| match kind {
        SourceType::Helm | SourceType::Kustomize => true,
        SourceType::Plugin => updater.too_old_for_plugins().is_none(),
        SourceType::Directory | SourceType::Reference => false,
    };
    let Some((source, kind)) =
        sources.iter().map(|source| (source, source.source_type())).find(|(_, kind)| updates(*kind))
    else {
        findings.push(nothing_to_update(sources, updater, location));
        return None;
    };
    let has_settings = |source: &&Source| has_settings(source, kind);
    let fallback = || {
        sources.iter().find(|source| {
            self::has_settings(source, SourceType::Helm) || self::has_settings(source, SourceType::Kustomize)
        })
    };
    let updated_source = sources.iter().find(has_settings).or_else(fallback).or(sources.first());
    if sources.len() > 1
        && updated_source.is_none_or(|updated_source| updated_source.location != source.location)
    {
        findings.push(another_source(source, updated_source, kind));
        return None;
    }
    Some((source, kind))
}

fn nothing_to_update(sources: &[Source], updater: &ImageUpdater, location: &Location) -> Finding {
    let plugin = sources.iter().find(|source| source.source_type() == SourceType::Plugin);
    if let Some((plugin, unsupported)) = plugin.zip(updater.too_old_for_plugins()) {
        return unsupported
            .refuse(location.clone().itself(), "an image of a plugin")
            .with_secondary_label(plugin.location.key("plugin").itself(), "this plugin");
    }
    let finding =
        rules::IMAGE_SOURCE.at(location.clone().itself(), "the images of plain manifests cannot be updated");
    let finding = finding.note(
        "argocd-image-updater skips an application that is rendered by neither Helm nor Kustomize, which it \
         only logs",
    );
    finding.help("turn the folder into a chart or a Kustomize overlay, or remove `images`")
}

fn another_source(source: &Source, updated_source: Option<&Source>, kind: SourceType) -> Finding {
    let key = if kind == SourceType::Kustomize { "kustomize" } else { "helm" };
    let finding =
        rules::IMAGE_SOURCE.at(source.location.clone(), "the updater would write to another source");
    let finding = match updated_source {
        Some(updated_source) => finding.with_secondary_label(updated_source.location.clone(), "to this one"),
        None => finding,
    };
    let finding = finding.note(
        "of several sources, the updater uses the first with settings for the renderer, and this one has \
         none",
    );
    finding.help(format!("move it to the front, or set something below `{key}`"))
}

/// Whether the Application has a block for this type: an empty block is not emitted.
fn has_settings(source: &Source, kind: SourceType) -> bool {
    match kind {
        SourceType::Helm => {
            !source.value_files.is_empty()
                || source.helm.as_deref().is_some_and(|helm| *helm != Helm::default())
        }
        SourceType::Kustomize => {
            source.kustomize.as_deref().is_some_and(|kustomize| *kustomize != Kustomize::default())
        }
        SourceType::Plugin | SourceType::Directory | SourceType::Reference => false,
    }
}

fn write_back(
    written: &Written,
    sources: &[Source],
    source: &Source,
    kind: SourceType,
    location: &Location,
    platform: &Platform,
    updater: &ImageUpdater,
) -> Result<ImageUpdates, Finding> {
    let Some(file) = &written.image_values_file else {
        check_folder(source, location)?;
        return Ok(ImageUpdates {
            branch: branch(source, location, platform, updater)?,
            ..ImageUpdates::default()
        });
    };
    let file_location = location.key("imageValuesFile");
    if kind != SourceType::Helm || !source.value_files.iter().any(|listed| listed.as_str() == &**file) {
        return Err(unused_values_file(file, source, file_location));
    }
    let (ref_source, path) = match file.strip_prefix('$').and_then(|rest| rest.split_once('/')) {
        Some((name, path)) => {
            (sources.iter().find(|source| source.reference.as_deref() == Some(name)), within("", path))
        }
        None if file.contains("://") || !source.is_git() => (None, None),
        None => (Some(source), within(source.path.as_deref().unwrap_or_default(), file)),
    };
    let (ref_source, path) =
        ref_source.zip(path).ok_or_else(|| unsupported_values_file(file, file_location))?;
    let elsewhere = ref_source.repository != source.repository || !source.is_git();
    Ok(ImageUpdates {
        repository: elsewhere.then(|| ref_source.repository.clone()),
        branch: branch(ref_source, location, platform, updater)?,
        target: Some(format!("helmvalues:/{path}").into()),
    })
}

/// The file that Argo CD reads beside a chart must be in a folder of a git repository.
fn check_folder(source: &Source, location: &Location) -> Result<(), Finding> {
    if source.is_git() {
        return Ok(());
    }
    let finding = rules::IMAGE_WRITE_BACK
        .at(location.key("images").itself(), "there is no repository to commit new tags of this chart to");
    let finding = finding.with_secondary_label(
        source.location.key(if source.chart.is_some() { "chart" } else { "repoURL" }).itself(),
        "it comes from a registry",
    );
    let finding =
        finding.note("the updater would try to clone the registry with git and fail, which it only logs");
    Err(finding.help(
        "list a git repository among the `sources` with `ref: values`, and write `imageValuesFile: \
         $values/path/to/values.yml`",
    ))
}

fn unused_values_file(file: &str, source: &Source, location: Location) -> Finding {
    let finding = rules::IMAGE_WRITE_BACK
        .at(location, format!("`{}` is not a values file of this application", shorten(file)));
    let finding = finding.note("new tags would be committed to it, and no manifest would change");
    let help = did_you_mean(file, source.value_files.iter().map(Text::as_str));
    finding.help(help.unwrap_or_else(|| "write it as in `helm.valueFiles` of the chart".into()))
}

fn unsupported_values_file(file: &str, location: Location) -> Finding {
    let finding =
        rules::IMAGE_WRITE_BACK.at(location, format!("the updater cannot write to `{}`", shorten(file)));
    let finding =
        finding.note("it is not a plain file of a git repository: new tags would never be committed");
    finding.help("use a values file beside the chart, or `$name/…` of another source")
}

/// The branch that new tags are committed to: the one that Argo CD reads, because otherwise they would not be
/// deployed.
fn branch(
    source: &Source,
    location: &Location,
    platform: &Platform,
    updater: &ImageUpdater,
) -> Result<Text, Finding> {
    let followed = source.revision.as_str();
    let own = source.repository == platform.repository;
    let branch = match followed {
        "HEAD" => {
            updater.branch.as_ref().filter(|_| own).ok_or_else(|| missing_branch(source, location, own))?
        }
        fixed if is_fixed(fixed) => return Err(fixed_revision(source, location)),
        _ => &source.revision,
    };
    Ok(match &updater.review_branch {
        Some(review) => format!("{branch}:{review}").into(),
        None => branch.clone(),
    })
}

fn missing_branch(source: &Source, location: &Location, own: bool) -> Finding {
    let finding = rules::IMAGE_BRANCH
        .at(revision_location(source, location), "the branch that new tags are committed to is not set");
    let finding = finding.note(
        "the application follows `HEAD`, which the updater cannot push to: each push would fail, which it \
         only logs",
    );
    let own_help = "write `repository.revision` in platform.yml, or `imageUpdater.branch`";
    finding.help(if own { own_help } else { "write the branch as `targetRevision`" })
}

fn fixed_revision(source: &Source, location: &Location) -> Finding {
    let revision = shorten(&source.revision);
    let finding = rules::IMAGE_BRANCH.at(
        revision_location(source, location),
        format!("`{revision}` is a tag or a commit, and new tags need a branch"),
    );
    let finding = finding.note(
        "the updater cannot push to a tag or commit, and Argo CD would not read what it pushes elsewhere",
    );
    finding.help("use a branch for the application: `targetRevision: main`")
}

fn revision_location(source: &Source, location: &Location) -> Location {
    if source.sets_revision { source.location.key("targetRevision") } else { location.key("images").itself() }
}

/// Whether a revision is a tag, a range of tags or a commit, as Argo CD 3.5 distinguishes them
/// (`IsCommitSHA`, `IsTruncatedCommitSHA`, tag constraints).
fn is_fixed(revision: &str) -> bool {
    let commit = revision.len() >= 7 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    let range = revision.starts_with(['~', '^', '<', '>', '=', '*']) || revision.contains('*');
    let number = revision.strip_prefix('v').unwrap_or(revision);
    let version = number.starts_with(|char: char| char.is_ascii_digit())
        && number.contains('.')
        && !number.contains('/');
    commit || range || version || revision.starts_with("refs/tags/")
}
