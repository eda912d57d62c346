//! Images of a registry that the platform does not allow.

use std::collections::BTreeMap;

use crate::derive;
use crate::diagnostics::rules::UNKNOWN_REGISTRY;
use crate::diagnostics::suggestion::{did_you_mean, either, shorten};
use crate::diagnostics::{Finding, Location, Sink};
use crate::lock::location as location_in_lock;
use crate::model::{Application, Model};
use crate::value::Text;

/// The registry of images without one, and the folder of those without a folder (distribution,
/// `ParseDockerRef`).
const DEFAULT: (&str, &str) = ("docker.io", "library");

/// Checks the images of the catalog, and those that applications deploy.
pub(crate) fn check(model: &Model, findings: &mut Sink) {
    let known = &model.platform.registries;
    if known.is_empty() {
        return;
    }
    for application in model.entries.iter().flat_map(|entry| &entry.applications) {
        for (index, image) in application.images.iter().enumerate() {
            findings.extend(check_image(
                &image.image,
                known,
                application.location.key("images").index(index).key("image"),
            ));
        }
        findings.extend(locked_images(application, model, known));
        for source in &application.sources {
            let images = source.kustomize.iter().flat_map(|kustomize| kustomize.images.iter().enumerate());
            for (index, image) in images {
                let name = image.split_once('=').map_or(&**image, |(_, new)| new);
                let location = source.location.key("kustomize").key("images").index(index);
                findings.extend(check_image(name, known, location));
            }
        }
    }
}

/// The images that the application really deploys, once for each registry.
fn locked_images(application: &Application, model: &Model, registries: &[Text]) -> Vec<Finding> {
    let mut found = BTreeMap::new();
    let pods = derive::locked(application, model).map(|known| &known.interface.pods);
    for (title, pods) in pods.into_iter().flatten() {
        for image in &pods.images {
            let location = application.location.key("applicationCode");
            let Some(finding) = check_image(image, registries, location) else { continue };
            let locked = location_in_lock(&application.code).key("pods").key(title.clone()).key("images");
            let label = format!("the image `{}`", shorten(image));
            found
                .entry(finding.message.clone())
                .or_insert_with(|| finding.with_secondary_label(locked.itself(), label));
        }
    }
    found.into_values().collect()
}

fn check_image(image: &str, known: &[Text], location: Location) -> Option<Finding> {
    let image = full(image);
    let listed = |registry: &str| {
        image.strip_prefix(registry.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
    };
    if known.iter().any(|registry| listed(registry)) {
        return None;
    }
    let registry = image.split('/').next().unwrap_or_default();
    let known = || known.iter().map(|registry| &**registry);
    let finding = UNKNOWN_REGISTRY
        .at(location, format!("`{}` is not one of the platform's registries", shorten(registry)));
    let finding = finding.note(
        "it is pulled anyway: an old registry may have an old image, and a misspelt one somebody else's",
    );
    let help = did_you_mean(registry, known()).unwrap_or_else(|| {
        format!("use an image of {}, or add the registry to `registries` in platform.yml", either(known()))
    });
    Some(finding.help(help))
}

/// The full name of an image, as container runtimes resolve it.
fn full(image: &str) -> String {
    let (registry, folder) = DEFAULT;
    match image.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => image.to_owned(),
        Some(_) => format!("{registry}/{image}"),
        None => format!("{registry}/{folder}/{image}"),
    }
}
