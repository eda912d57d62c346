//! The generators of an ApplicationSet that depend on nothing but the repository: git folders and files,
//! lists, and combinations of these (Argo CD 3.5, `applicationset/generators`).

use std::collections::BTreeSet;

use super::files::Files;
use super::go_template::{Parameters, flatten, insert, normalized};
use super::home::Home;
use crate::kubernetes::resource::{at, is_true, items_at, maps_at, text, text_at};
use crate::manifests::matches_glob;
use crate::value::{Map, Value};

/// How many Applications an ApplicationSet may generate.
const MAX_SETS: usize = 10_000;

/// How deep generators may be nested; Argo CD allows two levels.
const MAX_DEPTH: usize = 3;

/// What generators depend on.
#[derive(Clone, Copy)]
pub(super) struct Generators<'g, 't> {
    pub(super) files: &'g Files<'t>,
    pub(super) home: &'g Home,
    /// All folders of the tree.
    pub(super) folders: &'g BTreeSet<String>,
    pub(super) is_go: bool,
}

impl Generators<'_, '_> {
    /// The parameters of each Application of a list of generators, or why they are not known.
    pub(super) fn all(&self, owner: &Map, path: &[&str], depth: usize) -> Result<Vec<Parameters>, String> {
        let mut all = Vec::new();
        for generator in maps_at(owner, path) {
            all.extend(self.one(generator, depth)?);
            if all.len() > MAX_SETS {
                return Err(format!("it generates more than {MAX_SETS} Applications"));
            }
        }
        Ok(all)
    }

    fn one(&self, generator: &Map, depth: usize) -> Result<Vec<Parameters>, String> {
        if depth == MAX_DEPTH {
            return Err("its generators are nested too deeply".into());
        }
        let kind = generator.iter().map(|(key, _)| key.as_str()).find(|key| *key != "selector");
        let kind = kind.ok_or("a generator is empty")?;
        let Some(value) = at(generator, &[kind]).and_then(Value::map) else {
            return Err(format!("its generator `{kind}` is empty"));
        };
        let found = match kind {
            "list" => list(value),
            "git" => self.git(value)?,
            "matrix" => self.matrix(value, depth)?,
            "merge" => self.merge(value, depth)?,
            other => return Err(format!("its generator `{other}` does not only depend on this repository")),
        };
        Ok(found.into_iter().filter(|parameters| is_selected(generator, parameters)).collect())
    }

    fn git(&self, value: &Map) -> Result<Vec<Parameters>, String> {
        let url = text_at(value, &["repoURL"]).unwrap_or_default();
        if !self.home.is_own(url) {
            return Err(format!("its generator reads {url}"));
        }
        let prefix =
            text_at(value, &["pathParamPrefix"]).map(|prefix| format!("{prefix}.")).unwrap_or_default();
        let mut found = Vec::new();
        for path in self.directories(value) {
            let mut parameters = Parameters::new();
            self.path_parameters(&path, &prefix, &mut parameters);
            self.values(value, &mut parameters);
            found.push(parameters);
        }
        for pattern in maps_at(value, &["files"]).filter_map(|files| text_at(files, &["path"])) {
            found.extend(self.files(pattern, &prefix, value));
        }
        Ok(found)
    }

    /// The folders that a list of patterns selects, from the root of the repository.
    fn directories(&self, value: &Map) -> Vec<String> {
        let patterns: Vec<_> = maps_at(value, &["directories"]).collect();
        let matching = |excludes: bool, folder: &str| {
            patterns
                .iter()
                .filter(|pattern| is_true(pattern, &["exclude"]) == excludes)
                .filter_map(|pattern| text_at(pattern, &["path"]))
                .any(|pattern| matches_path(pattern, folder))
        };
        let outside: Vec<_> = self.folders.iter().map(|folder| self.home.outside(folder)).collect();
        let is_hidden = |folder: &String| folder.split('/').any(|step| step.starts_with('.'));
        let selected = outside.into_iter().filter(|folder| !folder.is_empty() && !is_hidden(folder));
        selected.filter(|folder| matching(false, folder) && !matching(true, folder)).collect()
    }

    /// The parameters of each file that a pattern selects; a file with a list has several.
    fn files(&self, pattern: &str, prefix: &str, value: &Map) -> Vec<Parameters> {
        let mut found = Vec::new();
        for path in self.files.paths() {
            let outside = self.home.outside(path);
            if !matches_glob(pattern, &outside) {
                continue;
            }
            let map = super::kustomization::read(self.files, path);
            let mut parameters = Parameters::new();
            flatten(&map, "", &mut parameters);
            let (folder, name) = outside.rsplit_once('/').unwrap_or(("", &outside));
            self.path_parameters(folder, prefix, &mut parameters);
            parameters.insert(format!("{prefix}path.filename"), name.to_owned());
            parameters.insert(format!("{prefix}path.filenameNormalized"), normalized(name));
            self.values(value, &mut parameters);
            found.push(parameters);
        }
        found
    }

    fn path_parameters(&self, path: &str, prefix: &str, parameters: &mut Parameters) {
        let base = path.rsplit('/').next().unwrap_or_default();
        let whole = if self.is_go { "path.path" } else { "path" };
        for (name, value) in [
            (whole, path.to_owned()),
            ("path.basename", base.to_owned()),
            ("path.basenameNormalized", normalized(base)),
        ] {
            parameters.insert(format!("{prefix}{name}"), value);
        }
        let segments = if self.is_go { "path.segments" } else { "path" };
        for (index, step) in path.split('/').enumerate() {
            parameters.insert(format!("{prefix}{segments}[{index}]"), step.to_owned());
        }
    }

    /// `values` of a generator, which may contain its parameters.
    fn values(&self, generator: &Map, parameters: &mut Parameters) {
        let values = at(generator, &["values"]).and_then(Value::map);
        let own = parameters.clone();
        for (key, value) in values.into_iter().flat_map(Map::iter) {
            if let Some(value) = text(value) {
                let value = insert(value, &own, self.is_go).to_string();
                parameters.insert(format!("values.{}", key.as_str()), value);
            }
        }
    }

    /// Each combination of the parameters of two generators. The second one may use those of the first, which
    /// is not expanded.
    fn matrix(&self, value: &Map, depth: usize) -> Result<Vec<Parameters>, String> {
        let parts = self.parts(value, depth)?;
        let [first, second] = parts.as_slice() else {
            return Err("its matrix does not have two generators".into());
        };
        if first.len().saturating_mul(second.len()) > MAX_SETS {
            return Err(format!("it generates more than {MAX_SETS} Applications"));
        }
        let combine = |one: &Parameters| {
            let one = one.clone();
            second.iter().map(move |other| {
                let mut both = one.clone();
                both.extend(other.iter().map(|(key, value)| (key.clone(), value.clone())));
                both
            })
        };
        Ok(first.iter().flat_map(combine).collect())
    }

    /// The parameters of the first generator, with those of the others that have the same values of
    /// `mergeKeys`.
    fn merge(&self, value: &Map, depth: usize) -> Result<Vec<Parameters>, String> {
        let keys: Vec<_> = items_at(value, &["mergeKeys"]).iter().filter_map(text).collect();
        let mut parts = self.parts(value, depth)?.into_iter();
        let mut merged = parts.next().ok_or("its merge has no generators")?;
        for part in parts {
            for own in &mut merged {
                let same = |other: &&Parameters| keys.iter().all(|key| other.get(*key) == own.get(*key));
                let more = part.iter().find(same).cloned();
                own.extend(more.unwrap_or_default());
            }
        }
        Ok(merged)
    }

    fn parts(&self, value: &Map, depth: usize) -> Result<Vec<Vec<Parameters>>, String> {
        let uses_parameters = |part: &Map| format!("{part:?}").contains("{{");
        if maps_at(value, &["generators"]).any(uses_parameters) {
            return Err("a generator uses parameters of another one".into());
        }
        maps_at(value, &["generators"]).map(|part| self.one(part, depth + 1)).collect()
    }
}

fn list(value: &Map) -> Vec<Parameters> {
    let parameters = |element: &Map| {
        let mut parameters = Parameters::new();
        flatten(element, "", &mut parameters);
        parameters
    };
    maps_at(value, &["elements"]).map(parameters).collect()
}

/// Whether the parameters have the labels of a generator's `selector`.
fn is_selected(generator: &Map, parameters: &Parameters) -> bool {
    let Some(selector) = at(generator, &["selector"]).and_then(Value::map) else { return true };
    crate::kubernetes::selector::selects(selector, |label| parameters.get(label).map(String::as_str))
}

/// Whether a path matches a pattern segment by segment: `*` does not match a slash.
fn matches_path(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.trim_matches('/'), path.trim_matches('/'));
    let (patterns, steps): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    patterns.len() == steps.len()
        && patterns.iter().zip(steps).all(|(pattern, step)| matches_glob(pattern, step))
}
