//! The Applications and ApplicationSets that are written in files, and which of them deploys which.

use std::collections::{BTreeMap, BTreeSet};

use super::application_set;
use super::contents::{Found, Reader};
use super::files::Files;
use super::generator::Generators;
use super::home::{Home, Named, folders};
use crate::cluster::Application;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, maps_at, text_at};
use crate::value::Map;

/// An Application or an ApplicationSet of a file.
pub(super) struct Unit<'t> {
    pub(super) file: &'t str,
    /// Whether it is an ApplicationSet.
    pub(super) is_set: bool,
    /// The units that it deploys.
    pub(super) children: BTreeSet<usize>,
}

/// The group of Argo CD, which every file with an Application contains.
const GROUP: &[u8] = b"argoproj.io";

/// All units of the files, without those of charts, whose files become manifests when they are rendered.
pub(super) fn all<'t>(files: &Files<'t>) -> Vec<(&'t str, usize)> {
    let mut found = Vec::new();
    for path in files.paths().filter(|path| !is_in_chart(files, path)) {
        let bytes = files.bytes(path);
        if !bytes.windows(GROUP.len()).any(|window| window == GROUP) {
            continue;
        }
        let Some(content) = files.content(path) else { continue };
        let units = content.resources.iter().enumerate().filter(|(_, resource)| is_unit(resource));
        found.extend(units.map(|(index, _)| (path, index)));
    }
    found
}

/// Whether a resource makes Argo CD deploy something.
pub(super) fn is_unit(resource: &Resource) -> bool {
    resource.kind.group.as_str() == "argoproj.io"
        && matches!(resource.kind.kind.as_str(), "Application" | "ApplicationSet")
}

/// Whether a file is a template of a chart.
fn is_in_chart(files: &Files<'_>, path: &str) -> bool {
    let Some((chart, _)) = path.split_once("/templates/") else {
        return path.starts_with("templates/") && files.tree.files.contains_key("Chart.yaml");
    };
    files.tree.files.contains_key(&format!("{chart}/Chart.yaml"))
}

/// The folders of repositories that units name, to find out which of them is this one.
pub(super) fn named(files: &Files<'_>, units: &[(&str, usize)]) -> Vec<Named> {
    let mut found = Vec::new();
    for resource in units.iter().filter_map(|(file, index)| files.resource(file, *index)) {
        for spec in [at(&resource.value, &["spec"]), at(&resource.value, &["spec", "template", "spec"])] {
            let Some(spec) = spec.and_then(|spec| spec.map()) else { continue };
            let one = at(spec, &["source"]).and_then(|source| source.map());
            found.extend(one.into_iter().chain(maps_at(spec, &["sources"])).filter_map(of_source));
        }
        for generator in maps_at(&resource.value, &["spec", "generators"]) {
            let git = at(generator, &["git"]).and_then(|git| git.map());
            let url = git.and_then(|git| text_at(git, &["repoURL"]));
            found.extend(url.map(|url| Named { url: url.to_owned(), path: String::new() }));
        }
    }
    found.retain(|named| !named.path.contains("{{"));
    found
}

fn of_source(source: &Map) -> Option<Named> {
    let (url, path) = (text_at(source, &["repoURL"])?, text_at(source, &["path"])?);
    let path = crate::model::within("", path)?.to_string();
    source.get("chart").is_none().then(|| Named { url: url.to_owned(), path })
}

/// The Applications of a unit, or why they are not known.
pub(super) fn applications(
    resource: &Resource,
    files: &Files<'_>,
    home: &Home,
    all_folders: &BTreeSet<String>,
) -> Result<Vec<Application>, String> {
    if resource.kind.kind.as_str() == "Application" {
        return Ok(vec![Application::new(resource.clone())]);
    }
    let is_go = application_set::is_go(resource);
    let generators = Generators { files, home, folders: all_folders, is_go };
    let is_patched = at(&resource.value, &["spec", "templatePatch"]).is_some();
    let generated = |resource| Application { is_generated: true, is_patched, ..Application::new(resource) };
    let found = application_set::applications(resource, generators)?;
    Ok(found.into_iter().map(generated).collect())
}

/// The units with their children, without what charts contain.
pub(super) fn graph<'t>(files: &Files<'t>, home: &Home, units: &[(&'t str, usize)]) -> Vec<Unit<'t>> {
    let numbers: BTreeMap<_, _> = units.iter().copied().zip(0..).collect();
    let all_folders = folders(files.tree);
    let reader = Reader { files, home };
    let unit = |(file, index): &(&'t str, usize)| {
        let resource = files.resource(file, *index);
        let applications =
            resource.and_then(|resource| applications(resource, files, home, &all_folders).ok());
        let mut children = BTreeSet::new();
        for application in applications.iter().flatten() {
            for source in application.sources() {
                if let Found::Contents(contents) = reader.source(application, &source) {
                    children.extend(
                        contents.items.iter().filter_map(|item| numbers.get(&(item.file, item.index))),
                    );
                }
            }
        }
        let is_set = resource.is_some_and(|resource| resource.kind.kind.as_str() == "ApplicationSet");
        Unit { file, is_set, children }
    };
    units.iter().map(unit).collect()
}

/// The units that are applied manually: those that no other unit deploys, and one of each circle. If there
/// are ApplicationSets or Applications that deploy others, single Applications that nothing deploys are not
/// applied.
pub(super) fn roots(units: &[Unit<'_>]) -> Vec<usize> {
    let deploys_units = |unit: &Unit<'_>| unit.is_set || !unit.children.is_empty();
    let any = units.iter().any(deploys_units);
    let mut seen = vec![false; units.len()];
    let mut order = Vec::new();
    for start in 0..units.len() {
        postorder(units, start, &mut seen, &mut order);
    }
    seen.fill(false);
    let mut roots = Vec::new();
    for start in order.into_iter().rev() {
        if seen.get(start) == Some(&true) {
            continue;
        }
        if !any || units.get(start).is_some_and(deploys_units) {
            roots.push(start);
            postorder(units, start, &mut seen, &mut Vec::new());
        }
    }
    roots.sort_unstable();
    roots
}

/// Adds the units that a unit reaches, each after those that it reaches itself.
fn postorder(units: &[Unit<'_>], start: usize, seen: &mut [bool], order: &mut Vec<usize>) {
    let mut stack = vec![(start, false)];
    while let Some((node, is_done)) = stack.pop() {
        if is_done {
            order.push(node);
            continue;
        }
        let Some(flag) = seen.get_mut(node).filter(|flag| !**flag) else { continue };
        *flag = true;
        stack.push((node, true));
        let children = units.get(node).into_iter().flat_map(|unit| &unit.children);
        stack.extend(children.map(|child| (*child, false)));
    }
}
