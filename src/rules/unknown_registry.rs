//! Images of a registry that the platform does not list.

use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules::UNKNOWN_REGISTRY;
use crate::diagnostics::suggestion::{did_you_mean, either, shorten};
use crate::model::Model;
use crate::value::Text;

/// Where images come from that name no registry, and the folder of those that name no folder either
/// (distribution, `ParseDockerRef`).
const DEFAULT: (&str, &str) = ("docker.io", "library");

/// Judges the images that the catalog names.
pub(crate) fn check(model: &Model, findings: &mut Vec<Finding>) {
    let known = &model.platform.registries;
    if known.is_empty() {
        return;
    }
    for application in model.entries.iter().flat_map(|entry| &entry.applications) {
        for (index, image) in application.written.images.iter().enumerate() {
            findings.extend(judge(
                &image.image,
                known,
                application.location.key("images").index(index).key("image"),
            ));
        }
        for source in &application.sources {
            let images =
                source.written.kustomize.iter().flat_map(|kustomize| kustomize.images.iter().enumerate());
            for (index, image) in images {
                let name = image.split_once('=').map_or(&**image, |(_, new)| new);
                let location = source.location.key("kustomize").key("images").index(index);
                findings.extend(judge(name, known, location));
            }
        }
    }
}

fn judge(image: &str, known: &[Text], location: Location) -> Option<Finding> {
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
        .at(location, format!("`{}` is none of the platform's registries", shorten(registry)));
    let finding = finding.note("it is pulled from there all the same: an old registry has an old image, a misspelt one somebody else's");
    let help = did_you_mean(registry, known()).unwrap_or_else(|| {
        format!("take it from {}, or add the registry to `registries` in platform.yml", either(known()))
    });
    Some(finding.help(help))
}

/// The image with its registry, as container runtimes read it.
fn full(image: &str) -> String {
    let (registry, folder) = DEFAULT;
    match image.split_once('/') {
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => image.to_owned(),
        Some(_) => format!("{registry}/{image}"),
        None => format!("{registry}/{folder}/{image}"),
    }
}
