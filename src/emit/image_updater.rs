//! The `ImageUpdater` of an application, which argocd-image-updater reads since 1.0. There is one per
//! application, so that a change of one affects no other.

use super::image_annotations::{allow_tags, method, pull_secret};
use super::{CRD_COMES_LATER, line};
use crate::catalog::Image;
use crate::kubernetes::{Kind, Object};
use crate::model::{Application, Entry, ImageUpdater, ImageUpdates, Model};
use crate::value::{Map, Text};

/// It is in the namespace of the Applications: the updater looks for them nowhere else.
pub(super) fn image_updater(item: &Application, entry: &Entry, model: &Model) -> Option<Object> {
    let updates = item.image_updates.as_ref()?;
    let updater = model.platform.image_updater.as_ref().filter(|updater| !updater.reads_annotations())?;
    let namespace = &model.platform.argocd.namespace;
    let images: Vec<_> = item.images.iter().map(|written| image(written, model)).collect();
    let spec = Map::new()
        .with_some("namespace", updater.names_namespace().then_some(namespace))
        .with("writeBackConfig", write_back(updates, updater, model))
        .with("applicationRefs", vec![Map::new().with("namePattern", &item.name).with("images", images)]);
    let origins = line(item.location.key("images").itself());
    let object = Object::new(
        Kind::ImageUpdater,
        item.name.to_text(),
        model.platform.route_wave(),
        &entry.namespace,
        &origins,
    );
    Some(object.within(namespace).sync_options(CRD_COMES_LATER).spec(spec))
}

fn write_back(updates: &ImageUpdates, updater: &ImageUpdater, model: &Model) -> Map {
    let git = Map::new()
        .with_some("repository", updates.repository.as_ref())
        .with("branch", &updates.branch)
        .with_some("writeBackTarget", updates.target.as_ref());
    Map::new().with("method", method(updater, model)).with("gitConfig", git)
}

/// `forceUpdate` is written even if it is `false`: the API server fills it in, and Argo CD compares lists as
/// a whole, so that the root application would be permanently out of sync without it (argocd-image-updater
/// 1.3, custom resource definition).
fn image(image: &Image, model: &Model) -> Map {
    let settings = Map::new()
        .with("updateStrategy", image.strategy.name())
        .with("forceUpdate", image.force_update == Some(true))
        .with_some("allowTags", allow_tags(image))
        .with_filled("ignoreTags", image.ignore_tags.iter().map(Text::from).collect::<Vec<_>>())
        .with_some("pullSecret", pull_secret(image, model))
        .with_filled("platforms", image.platforms.iter().map(Text::from).collect::<Vec<_>>());
    Map::new()
        .with("alias", &image.alias)
        .with("imageName", &image.image)
        .with("commonUpdateSettings", settings)
        .with_filled("manifestTargets", targets(image))
}

fn targets(image: &Image) -> Map {
    let helm = image.helm.as_ref().map(|helm| {
        let map = Map::new().with_some("name", helm.name.as_ref()).with_some("tag", helm.tag.as_ref());
        map.with_some("spec", helm.spec.as_ref())
    });
    let plugin = image.plugin.as_ref().map(|plugin| {
        let map = Map::new().with_some("name", plugin.name.as_ref()).with_some("tag", plugin.tag.as_ref());
        map.with_some("spec", plugin.spec.as_ref())
    });
    let kustomize = image.kustomize.as_ref().map(|kustomize| Map::new().with("name", &kustomize.name));
    Map::new().with_some("helm", helm).with_some("kustomize", kustomize).with_some("plugin", plugin)
}
