//! Validation of objects against the JSON Schemas of their kinds, from a folder in the layout of kubeconform
//! or of the CRDs catalogue.

#![allow(clippy::disallowed_methods, reason = "reads the schemas of `--schemas`")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use jsonschema::{Retrieve, Uri, Validator};
use serde_json::{Map as JsonMap, Value as Json};

use crate::diagnostics::suggestion::either;
use crate::diagnostics::{Finding, rules};
use crate::exit::CommandError;
use crate::folder::open_regular;
use crate::kubernetes::{Kind, Object, OtherKind};
use crate::value::{Map, Value};

/// The schemas of a folder, by kind.
pub struct Schemas {
    validators: BTreeMap<Kind, Validator>,
    /// All schema files, for the kinds of the user's templates.
    files: BTreeMap<String, PathBuf>,
}

impl Schemas {
    /// Reads the schemas of the kinds that wharf renders.
    ///
    /// # Errors
    /// If the folder cannot be read, or if a schema in it is not valid.
    pub fn read(folder: &Path) -> Result<Self, CommandError> {
        let mut files = BTreeMap::new();
        index(folder, &mut files)?;
        let mut validators = BTreeMap::new();
        for kind in Kind::ALL {
            if let Some(path) = names(kind.name(), kind.api_version()).iter().find_map(|name| files.get(name))
            {
                validators.insert(kind, validator(path)?);
            }
        }
        Ok(Self { validators, files })
    }

    /// The objects that are not valid; a kind without a schema is reported once.
    pub fn check(&self, objects: &[Object]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut unchecked = BTreeSet::new();
        let mut others = BTreeMap::new();
        for object in objects {
            let Some(origin) = object.origins.first() else { continue };
            let known = match &object.other {
                None => self.validators.get(&object.kind),
                Some(kind) => others
                    .entry((&kind.api_version, &kind.kind.kind))
                    .or_insert_with(|| self.other(kind))
                    .as_ref(),
            };
            let Some(validator) = known else {
                if unchecked.insert((object.kind_name(), object.api_version())) {
                    let message = format!(
                        "there is no schema for the kind {} ({})",
                        object.kind_name(),
                        object.api_version()
                    );
                    let finding = rules::MISSING_SCHEMA.at(origin.location.clone(), message);
                    let files = names(object.kind_name(), object.api_version());
                    let finding = finding.note("objects of this kind would not be validated");
                    findings.push(finding.help(format!(
                        "add a file with the name {}",
                        either(files.iter().map(String::as_str))
                    )));
                }
                continue;
            };
            let json = to_json(object);
            for error in validator.iter_errors(&json) {
                let path = error.instance_path();
                let message = format!(
                    "the {} `{}` does not match its schema at `{path}`: {error}",
                    object.kind_name(),
                    object.name
                );
                findings.push(
                    rules::SCHEMA_VIOLATION
                        .at(origin.location.clone(), message)
                        .note("Argo CD applies with strict validation: the sync would fail"),
                );
            }
        }
        findings
    }

    /// The schema of a kind that only templates render; nothing if it cannot be read.
    fn other(&self, kind: &OtherKind) -> Option<Validator> {
        let path = names(&kind.kind.kind, &kind.api_version).iter().find_map(|name| self.files.get(name))?;
        validator(path).ok()
    }
}

/// The possible file names of a kind's schema: those of kubeconform, and with the folder those of the CRDs
/// catalogue.
fn names(kind: &str, api_version: &str) -> Vec<String> {
    let name = kind.to_ascii_lowercase();
    match api_version.split_once('/') {
        None => vec![format!("{name}-{api_version}.json")],
        Some((group, version)) => {
            let short = group.split('.').next().unwrap_or_default();
            vec![format!("{group}/{name}_{version}.json"), format!("{name}-{short}-{version}.json")]
        }
    }
}

/// All schema files, by name and by folder and name; of two files with one name, the first in path order is
/// used.
fn index(folder: &Path, files: &mut BTreeMap<String, PathBuf>) -> Result<(), CommandError> {
    let failure = |error| CommandError::with(folder, &error);
    let mut paths: Vec<_> = fs::read_dir(folder)
        .map_err(failure)?
        .map(|item| item.map(|item| (item.path(), item.file_type())))
        .collect::<Result<_, _>>()
        .map_err(failure)?;
    paths.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (path, kind) in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // a link to a folder may form a cycle
        if kind.is_ok_and(|kind| kind.is_dir()) {
            index(&path, files)?;
        } else if name.ends_with(".json") && path.is_file() {
            let parent =
                folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.entry(format!("{parent}/{name}")).or_insert_with(|| path.clone());
            files.entry(name).or_insert(path);
        }
    }
    Ok(())
}

fn validator(path: &Path) -> Result<Validator, CommandError> {
    let schema = read_json(path).map_err(CommandError)?;
    let retriever = FolderRetriever { folder: path.parent().unwrap_or(Path::new(".")).to_path_buf() };
    let options = jsonschema::options().with_retriever(retriever).with_base_uri("json-schema:///schema.json");
    options.build(&schema).map_err(|error| CommandError(format!("{}: {error}", path.display())))
}

fn read_json(path: &Path) -> Result<Json, String> {
    let mut text = Vec::new();
    let read = open_regular(path).and_then(|mut file| file.read_to_end(&mut text));
    read.map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Resolves the references of a schema in its own folder only.
struct FolderRetriever {
    folder: PathBuf,
}

impl Retrieve for FolderRetriever {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.path().as_str().rsplit('/').next().unwrap_or_default().to_owned();
        Ok(read_json(&self.folder.join(name))?)
    }
}

/// An object as JSON.
pub fn to_json(object: &Object) -> Json {
    let mut metadata = JsonMap::new();
    metadata.insert("name".into(), object.name.as_str().into());
    if let Some(namespace) = &object.namespace {
        metadata.insert("namespace".into(), namespace.as_str().into());
    }
    let (mut labels, mut annotations) = (JsonMap::new(), JsonMap::new());
    object.each_label(|key, value| drop(labels.insert(key.into(), value.into())));
    object.each_annotation(|key, value| drop(annotations.insert(key.into(), value.into())));
    metadata.insert("labels".into(), labels.into());
    metadata.insert("annotations".into(), annotations.into());
    if !object.metadata().finalizers.is_empty() {
        metadata.insert("finalizers".into(), object.metadata().finalizers.into());
    }
    let mut json = JsonMap::new();
    json.insert("apiVersion".into(), object.api_version().into());
    json.insert("kind".into(), object.kind_name().into());
    json.insert("metadata".into(), metadata.into());
    for (key, value) in object.body.content().iter() {
        json.insert(key.to_string(), value_json(value));
    }
    json.into()
}

/// A value as JSON.
pub fn value_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(value_json).collect(),
        Value::Map(map) => map_json(map),
        Value::Shared(shared) => value_json(shared.content()),
    }
}

fn map_json(map: &Map) -> Json {
    map.iter().map(|(key, value)| (key.to_string(), value_json(value))).collect::<JsonMap<_, _>>().into()
}
