//! The images that argocd-image-updater keeps up to date, from its own objects.

use std::collections::BTreeSet;

use super::entry::Scope;
use super::facts::sources;
use super::project::map_at;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{is_true, items_at, maps_at, text, text_at};
use crate::value::{Map, Text, Value};

/// The prefix of the annotations that versions before 1.0 read.
pub(super) const PREFIX: &str = "argocd-image-updater.argoproj.io/";

/// The `ImageUpdater` of an Application, which has the same name.
pub(super) fn updater<'c>(application: &Resource, scope: &Scope<'_, 'c>) -> Option<(usize, &'c Resource)> {
    let mut all = scope.objects.of_kind("argocd-image-updater.argoproj.io", "ImageUpdater");
    all.find(|(_, updater)| updater.name == application.name && updater.namespace == application.namespace)
}

/// `images` of an application, and the values file that new tags are committed to.
pub(super) fn keys(application: &Resource, updater: Option<&Resource>) -> Map {
    let annotated = |key: &str| application.annotation(&format!("{PREFIX}{key}"));
    let (images, target) = match updater {
        Some(updater) => {
            let references = maps_at(&updater.value, &["spec", "applicationRefs"]);
            let images = references.flat_map(|reference| maps_at(reference, &["images"])).map(of_object);
            let target =
                text_at(&updater.value, &["spec", "writeBackConfig", "gitConfig", "writeBackTarget"]);
            (images.collect(), target)
        }
        None => (of_annotations(annotated), annotated("write-back-target")),
    };
    let file = target.and_then(|target| values_file(target, application)).map(Text::copied);
    Map::new().with_filled("images", images).with_some("imageValuesFile", file)
}

/// What renders the images: what the updater changes shows it.
pub(super) fn tool(images: &Map) -> Option<&'static str> {
    let names = |key: &str| maps_at(images, &["images"]).any(|image| image.get(key).is_some());
    ["helm", "kustomize"].into_iter().find(|key| names(key))
}

/// The values file of an Application that a target of the updater names.
fn values_file<'a>(target: &str, application: &'a Resource) -> Option<&'a str> {
    let path = target.strip_prefix("helmvalues:")?;
    let files = sources(application).flat_map(|source| items_at(source, &["helm", "valueFiles"]));
    let plain = |file: &&str| {
        let name =
            file.strip_prefix('$').and_then(|file| file.split_once('/')).map_or(*file, |(_, file)| file);
        path.ends_with(&format!("/{}", name.trim_start_matches("../")))
    };
    files.filter_map(text).find(plain)
}

/// The Secrets of Argo CD's namespace that updaters read: they are not among the objects.
pub(super) fn secrets<'c>(scope: &Scope<'_, 'c>) -> BTreeSet<&'c str> {
    let updaters =
        scope.objects.of_kind("argocd-image-updater.argoproj.io", "ImageUpdater").map(|(_, found)| found);
    let named = updaters.flat_map(|updater| {
        let images = maps_at(&updater.value, &["spec", "applicationRefs"]);
        let images = images.flat_map(|reference| maps_at(reference, &["images"]));
        let method = text_at(&updater.value, &["spec", "writeBackConfig", "method"]);
        images.filter_map(|image| text_at(image, &["commonUpdateSettings", "pullSecret"])).chain(method)
    });
    let applications = scope.objects.of_kind("argoproj.io", "Application").map(|(_, found)| found);
    let annotated = applications.flat_map(|application| {
        let map = application.at(&["metadata", "annotations"]).and_then(Value::map);
        map.into_iter()
            .flat_map(Map::iter)
            .filter(|(key, _)| key.as_str().starts_with(PREFIX))
            .filter_map(|(_, value)| text(value))
    });
    named.chain(annotated).filter_map(|reference| secret(reference, scope)).collect()
}

/// The name in a reference to a Secret of Argo CD's namespace.
fn secret<'r>(reference: &'r str, scope: &Scope<'_, '_>) -> Option<&'r str> {
    let named = reference.strip_prefix("pullsecret:").or_else(|| reference.strip_prefix("git:secret:"))?;
    let (namespace, name) = named.split_once('/')?;
    (namespace == scope.known.platform.argocd.namespace.as_str()).then_some(name)
}

fn of_object(image: &Map) -> Map {
    let settings = map_at(image, "commonUpdateSettings").cloned().unwrap_or_default();
    let at = |key: &str| text_at(&settings, &[key]);
    let target = |key: &str| map_at(map_at(image, "manifestTargets")?, key).cloned();
    let pull = at("pullSecret").and_then(|secret| secret.rsplit_once('/')).map(|(_, name)| name);
    Map::new()
        .with_some("alias", text_at(image, &["alias"]).map(Text::copied))
        .with_some("image", text_at(image, &["imageName"]).map(Text::copied))
        .with_some("strategy", at("updateStrategy").map(Text::copied))
        .with_some("allowTags", at("allowTags").map(|tags| Text::copied(tags.trim_start_matches("regexp:"))))
        .with_some("ignoreTags", settings.get("ignoreTags").cloned())
        .with_some("platforms", settings.get("platforms").cloned())
        .with_some("pullSecret", pull.map(Text::copied))
        .with_true("forceUpdate", is_true(&settings, &["forceUpdate"]))
        .with_some("helm", target("helm"))
        .with_some("kustomize", target("kustomize"))
        .with_some("plugin", target("plugin"))
}

fn of_annotations<'v>(at: impl Fn(&str) -> Option<&'v str>) -> Vec<Map> {
    let listed = at("image-list").unwrap_or_default();
    let named = listed.split(',').filter_map(|item| item.trim().split_once('='));
    named.map(|(alias, image)| of_alias(alias, image, |key| at(&format!("{alias}.{key}")))).collect()
}

fn of_alias<'v>(alias: &str, image: &str, at: impl Fn(&str) -> Option<&'v str>) -> Map {
    let several = |key: &str| at(key).map(|list| list.split(',').map(Text::copied).collect::<Vec<_>>());
    let helm = [("name", "helm.image-name"), ("tag", "helm.image-tag"), ("spec", "helm.image-spec")];
    let helm: Map = helm.into_iter().filter_map(|(key, name)| Some((key, Text::copied(at(name)?)))).collect();
    let kustomize = at("kustomize.image-name").map(|name| Map::new().with("name", Text::copied(name)));
    let pull = at("pull-secret").and_then(|secret| secret.rsplit_once('/')).map(|(_, name)| name);
    Map::new()
        .with("alias", Text::copied(alias))
        .with("image", Text::copied(image))
        .with_some("strategy", at("update-strategy").map(Text::copied))
        .with_some("allowTags", at("allow-tags").map(|tags| Text::copied(tags.trim_start_matches("regexp:"))))
        .with_some("ignoreTags", several("ignore-tags"))
        .with_some("platforms", several("platforms"))
        .with_some("pullSecret", pull.map(Text::copied))
        .with_true("forceUpdate", at("force-update") == Some("true"))
        .with_filled("helm", helm)
        .with_some("kustomize", kustomize)
}
