//! The annotations that tell argocd-image-updater before 1.0 what to update.

use crate::catalog::Image;
use crate::format::NonEmptyString;
use crate::kubernetes::Object;
use crate::model::{Application, ImageUpdater, Model};
use crate::value::{Key, Text};

/// Adds them, if this version of the updater reads them (argocd-image-updater 0.17, `common` constants).
pub(super) fn add(object: &mut Object, item: &Application, model: &Model) {
    let Some(updates) = &item.image_updates else { return };
    let Some(updater) = model.platform.image_updater.as_ref().filter(|updater| updater.reads_annotations())
    else {
        return;
    };
    let mut push = |key: &str, value: Text| {
        object
            .metadata_mut()
            .annotations
            .push(Key::derived(format!("argocd-image-updater.argoproj.io/{key}")), value);
    };
    let listed: Vec<_> =
        item.images.iter().map(|image| format!("{}={}", &*image.alias, &*image.image)).collect();
    push("image-list", listed.join(",").into());
    for image in &item.images {
        for (key, value) in of_image(image, model) {
            push(&format!("{}.{key}", &*image.alias), value);
        }
    }
    push("write-back-method", method(updater, model));
    push("git-branch", updates.branch.clone());
    let more = [("git-repository", &updates.repository), ("write-back-target", &updates.target)];
    for (key, value) in more.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))) {
        push(key, value);
    }
}

fn of_image(image: &Image, model: &Model) -> Vec<(&'static str, Text)> {
    let text = |text: &Option<NonEmptyString>| text.as_ref().map(Text::from);
    let helm = image.helm.as_ref();
    let all = [
        ("update-strategy", Some(image.strategy.name().into())),
        ("force-update", (image.force_update == Some(true)).then(|| "true".into())),
        ("allow-tags", allow_tags(image)),
        ("ignore-tags", joined(image.ignore_tags.iter().map(|glob| &**glob))),
        ("pull-secret", pull_secret(image, model)),
        ("platforms", joined(image.platforms.iter().map(|platform| &**platform))),
        ("helm.image-name", helm.and_then(|helm| text(&helm.name))),
        ("helm.image-tag", helm.and_then(|helm| text(&helm.tag))),
        ("helm.image-spec", helm.and_then(|helm| text(&helm.spec))),
        ("kustomize.image-name", image.kustomize.as_ref().map(|kustomize| (&kustomize.name).into())),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

fn joined<'t>(items: impl Iterator<Item = &'t str>) -> Option<Text> {
    let joined = items.collect::<Vec<_>>().join(",");
    (!joined.is_empty()).then(|| joined.into())
}

/// Without the prefix, the updater would match nothing (argocd-image-updater 1.3, `ParseMatchfunc`).
pub(super) fn allow_tags(image: &Image) -> Option<Text> {
    image.allow_tags.as_ref().map(|expression| format!("regexp:{}", &**expression).into())
}

/// A Secret of another namespace is rejected (argocd-image-updater 1.3), so it is always in Argo CD's
/// namespace.
pub(super) fn pull_secret(image: &Image, model: &Model) -> Option<Text> {
    image
        .pull_secret
        .as_ref()
        .map(|name| format!("pullsecret:{}/{}", model.platform.argocd.namespace, &**name).into())
}

/// How the updater writes back, and with which credentials.
pub(super) fn method(updater: &ImageUpdater, model: &Model) -> Text {
    match &updater.credentials {
        Some(secret) => format!("git:secret:{}/{secret}", model.platform.argocd.namespace).into(),
        None => "git".into(),
    }
}
