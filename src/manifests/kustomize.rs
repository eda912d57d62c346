//! Kustomizations, built by `kustomize` or by `kubectl`.

use std::path::{Component, Path};

use super::directory::join;
use super::process::{Program, run};
use super::scratch::Scratch;
use super::{Environment, Failure, Limits, OwnFolder};
use crate::catalog::{Kustomize, KustomizePatch, KustomizeReplicas, KustomizeTarget};
use crate::format::NonEmptyString;
use crate::inputs::{Repository, Source as Input};
use crate::kubernetes::yaml;
use crate::model::{Source, within};
use crate::value::{Map, Text, Value};

/// The manifests of a kustomization.
pub(super) fn render(
    folder: &OwnFolder<'_>,
    source: &Source,
    environment: &Environment<'_>,
) -> Result<Input, Failure> {
    let scratch = Scratch::new()?;
    let path = folder
        .repository
        .path(&folder.path)
        .ok_or_else(|| Failure::Failed(format!("`{}` cannot be read", folder.path), None))?;
    let default = Kustomize::default();
    let options = source.kustomize.as_deref().unwrap_or(&default);
    let target = if *options == default {
        path
    } else {
        let overlay = scratch.folder("overlay")?;
        let overlay = overlay.canonicalize().unwrap_or(overlay);
        let mut text = String::new();
        yaml::write_lines(&mut text, &self::overlay(options, folder, &relative(&overlay, &path))?);
        scratch.write("overlay/kustomization.yaml", &text)?;
        overlay
    };
    build(&target, &scratch, environment.limits)
}

/// The manifests of a kustomization in a folder of the repository, without options.
///
/// # Errors
/// If neither Kustomize nor kubectl is installed, or if it cannot be built.
pub fn build_folder(folder: &str, repository: &Repository, limits: Limits) -> Result<Input, Failure> {
    let path = repository.path(folder);
    let path = path.ok_or_else(|| Failure::Failed(format!("`{folder}` cannot be read"), None))?;
    build(&path, &Scratch::new()?, limits)
}

fn build(target: &Path, scratch: &Scratch, limits: Limits) -> Result<Input, Failure> {
    let program = |name, verb: &str| Program {
        name,
        arguments: vec![verb.into(), target.into()],
        folder: scratch.path(),
    };
    let printed = match run(&program("kustomize", "build"), scratch.path(), limits) {
        Err(Failure::MissingProgram(_)) => {
            match run(&program("kubectl", "kustomize"), scratch.path(), limits) {
                Err(Failure::MissingProgram(_)) => Err(Failure::MissingProgram("kustomize")),
                printed => printed,
            }
        }
        printed => printed,
    };
    Ok(Input { name: "the output of kustomize".into(), bytes: printed? })
}

/// The options of the catalog, as an overlay over the folder. Argo CD edits the folder's own kustomization
/// (Argo CD 3.5, `util/kustomize`): it replaces a prefix or a suffix of that kustomization, which an overlay
/// would add to, so such an application is unknown.
fn overlay(options: &Kustomize, folder: &OwnFolder<'_>, base: &str) -> Result<Map, Failure> {
    if let Some(key) = own_affix(options, folder) {
        return Err(Failure::Unknown(format!("its kustomization has its own {key}, which Argo CD replaces")));
    }
    let component = |component: &NonEmptyString| {
        if component.contains("://") {
            Text::from(component)
        } else {
            Text::from(format!("{base}/{}", &**component))
        }
    };
    let components: Vec<_> = options.components.iter().map(component).collect();
    let patches: Vec<_> =
        options.patches.iter().map(|patch| self::patch(patch, folder)).collect::<Result<_, _>>()?;
    let labels = Map::new()
        .with_filled("pairs", strings(&options.common_labels))
        .with("includeSelectors", options.label_without_selector != Some(true))
        .with_true("includeTemplates", options.label_include_templates == Some(true));
    let labels: Vec<_> = (!options.common_labels.is_empty()).then_some(labels).into_iter().collect();
    Ok(Map::new()
        .with("apiVersion", "kustomize.config.k8s.io/v1beta1")
        .with("kind", "Kustomization")
        .with("resources", vec![Text::from(base.to_owned())])
        .with_some("namePrefix", options.name_prefix.as_ref())
        .with_some("nameSuffix", options.name_suffix.as_ref())
        .with_some("namespace", options.namespace.as_ref())
        .with_filled("images", options.images.iter().map(|image| self::image(image)).collect::<Vec<_>>())
        .with_filled("replicas", options.replicas.iter().map(KustomizeReplicas::to_map).collect::<Vec<_>>())
        .with_filled("patches", patches)
        .with_filled("labels", labels)
        .with_filled("commonAnnotations", strings(&options.common_annotations))
        .with_filled("components", components))
}

/// A prefix or suffix that the folder's kustomization has and the catalog replaces.
fn own_affix(options: &Kustomize, folder: &OwnFolder<'_>) -> Option<&'static str> {
    let texts = ["kustomization.yaml", "kustomization.yml", "Kustomization"]
        .map(|name| folder.repository.read(&join(&folder.path, name)));
    let text = texts.into_iter().flatten().next()?;
    let has = |key: &str| {
        String::from_utf8_lossy(&text)
            .lines()
            .any(|line| line.starts_with(key) && line[key.len()..].starts_with(':'))
    };
    let replaced =
        [("namePrefix", options.name_prefix.is_some()), ("nameSuffix", options.name_suffix.is_some())];
    replaced.into_iter().find(|(key, is_set)| *is_set && has(key)).map(|(key, _)| key)
}

fn strings(map: &std::collections::BTreeMap<String, String>) -> Map {
    map.iter().map(|(key, value)| (key.clone(), Value::from(value.clone()))).collect()
}

/// `[old=]new[:tag|@digest]`
fn image(written: &str) -> Map {
    let (old, new) = written.split_once('=').map_or((None, written), |(old, new)| (Some(old), new));
    let (new, digest) = new.split_once('@').map_or((new, None), |(new, digest)| (new, Some(digest)));
    let (new, tag) = match new.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (new, None),
    };
    let text = |text: &str| Text::from(text.to_owned());
    Map::new()
        .with("name", text(old.unwrap_or(new)))
        .with_some("newName", old.map(|_| text(new)))
        .with_some("newTag", tag.map(text))
        .with_some("digest", digest.map(text))
}

/// A patch with the contents of its file, since the overlay is not in the folder.
fn patch(patch: &KustomizePatch, folder: &OwnFolder<'_>) -> Result<Map, Failure> {
    let text = match (&patch.patch, &patch.path) {
        (Some(text), _) => text.to_string(),
        (None, path) => {
            let path = path.as_ref().map_or("", |path| path);
            let bytes = within(&folder.path, path).and_then(|path| folder.repository.read(&path));
            let bytes = bytes.ok_or_else(|| {
                Failure::Failed(format!("there is no patch `{path}` in the repository"), None)
            })?;
            String::from_utf8_lossy(&bytes).into_owned()
        }
    };
    let options: Map = patch.options.iter().map(|(key, value)| (key.clone(), Value::from(*value))).collect();
    Ok(Map::new()
        .with("patch", text)
        .with_filled("target", patch.target.as_ref().map(KustomizeTarget::to_map).unwrap_or_default())
        .with_filled("options", options))
}

/// The relative path from one folder to another: a kustomization does not support absolute paths.
fn relative(from: &Path, to: &Path) -> String {
    let up = from.components().filter(|component| matches!(component, Component::Normal(_))).map(|_| "..");
    let down = to.components().filter_map(|component| match component {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    up.chain(down).collect::<Vec<_>>().join("/")
}
