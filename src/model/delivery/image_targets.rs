//! Whether each image states what to update in the manifests, in terms of the tool that renders them.

use std::collections::BTreeMap;

use super::sources::SourceType;
use crate::catalog::Image;
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Location, Sink, rules};
use crate::format::NonEmptyString;

pub(in crate::model) fn check(images: &[Image], kind: SourceType, location: &Location, findings: &mut Sink) {
    for (index, image) in images.iter().enumerate() {
        let location = location.index(index);
        check_kind(image, kind, &location, findings);
        if let Some((key, name, tag, spec)) = fields(image) {
            check_fields(key, [name, tag, spec], &location.key(key), findings);
        }
    }
    check_shared(images, location, findings);
}

type Field<'i> = Option<&'i NonEmptyString>;

/// The block of Helm or of a plugin, with its `name`, `tag` and `spec`.
fn fields(image: &Image) -> Option<(&'static str, Field<'_>, Field<'_>, Field<'_>)> {
    let helm =
        image.helm.as_ref().map(|helm| ("helm", helm.name.as_ref(), helm.tag.as_ref(), helm.spec.as_ref()));
    let plugin = image
        .plugin
        .as_ref()
        .map(|plugin| ("plugin", plugin.name.as_ref(), plugin.tag.as_ref(), plugin.spec.as_ref()));
    helm.or(plugin)
}

fn check_kind(image: &Image, kind: SourceType, location: &Location, findings: &mut Sink) {
    let blocks = [
        ("helm", image.helm.is_some(), SourceType::Helm),
        ("kustomize", image.kustomize.is_some(), SourceType::Kustomize),
        ("plugin", image.plugin.is_some(), SourceType::Plugin),
    ];
    for (key, _, _) in blocks.iter().filter(|(_, is_set, of)| *is_set && *of != kind) {
        let finding = rules::IMAGE_TARGET
            .at(location.key(*key).itself(), format!("`{key}` does not render this application"));
        let finding = finding.note("the updater would set a value that nothing reads");
        findings.push(finding.help(format!("write {} instead", example(kind))));
    }
    let needed =
        blocks.iter().find(|(_, is_set, of)| !is_set && *of == kind && kind != SourceType::Kustomize);
    if needed.is_some() {
        let finding = rules::IMAGE_TARGET.at(
            location.key("alias"),
            format!("the target of the image `{}` is not set", shorten(&image.alias)),
        );
        let finding = finding.note(
            "the updater would set `image.name` and `image.tag`, which most charts do not read: it would \
             push commits, but no new image would be deployed",
        );
        findings.push(finding.help(format!("add {}", example(kind))));
    }
}

/// How an image states where the manifests take it from.
fn example(kind: SourceType) -> &'static str {
    match kind {
        SourceType::Helm => {
            "`helm: {name: image.repository, tag: image.tag}`, or `helm: {spec: image}` if one value holds \
             both"
        }
        SourceType::Plugin => {
            "`plugin: {name: IMAGE_NAME, tag: IMAGE_TAG}`, or `plugin: {spec: IMAGE}` if one variable holds \
             both"
        }
        SourceType::Kustomize | SourceType::Directory | SourceType::Reference => {
            "`kustomize: {name: …}` if the image has another name in the manifests, or nothing"
        }
    }
}

fn check_fields(key: &str, [name, tag, spec]: [Field<'_>; 3], location: &Location, findings: &mut Sink) {
    let message = match (name, tag, spec) {
        (Some(_), Some(_), None) | (None, None, Some(_)) => return,
        (None, None, None) => format!("`{key}` is empty"),
        (_, _, Some(_)) => format!("`{key}` has both `spec` and `name` or `tag`"),
        _ => format!("`{key}` needs both `name` and `tag`"),
    };
    let finding = rules::IMAGE_TARGET.at(location.clone().itself(), message);
    let finding =
        finding.note("the updater would use `image.name` or `image.tag` instead, or set only one of the two");
    findings.push(finding.help("write `name` and `tag`, or `spec` if one value holds the whole image"));
}

/// Reports two images that are written to the same value, where they would overwrite each other.
fn check_shared(images: &[Image], location: &Location, findings: &mut Sink) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, image) in images.iter().enumerate() {
        let Some((key, name, tag, spec)) = fields(image) else { continue };
        for (field, target) in [("name", name), ("tag", tag), ("spec", spec)] {
            let Some(target) = target else { continue };
            let known = *first.entry(target).or_insert(index);
            if known != index {
                let finding = rules::IMAGE_TARGET.at(
                    location.index(index).key(key).key(field),
                    format!("two images are written to `{}`", shorten(target)),
                );
                let finding = finding.with_secondary_label(location.index(known), "the other image");
                findings.push(
                    finding
                        .note("each update of one image would overwrite the other")
                        .help("use a separate value for each image"),
                );
            }
        }
    }
}
