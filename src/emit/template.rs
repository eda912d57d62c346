//! Objects of the user's own: what templates become, read back and held to the same rules as ours.

mod allow_rule;
mod rendered;
mod scope;
mod variables;

use std::sync::Arc;

use self::allow_rule::AllowRule;
use self::rendered::{MAX_FAULTS, Piece, Rendered};
use self::variables::Words;
use super::{CRD_COMES_LATER, GUARD_WAVE, KEPT};
use crate::catalog::TemplateUse;
use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules;
use crate::diagnostics::suggestion::shorten;
use crate::format::{is_dns_label, is_dns_name, is_kind};
use crate::kubernetes::{Kind, MANAGED_BY, Object, Origin, OtherKind, SYNC_OPTIONS, SYNC_WAVE, group};
use crate::model::{Application, Entry, Model};
use crate::rules::invalid_label;
use crate::value::{Map, Text, Value};

/// The objects of all templates, for each entry in their order. One after the other, whatever the number of
/// threads: what all of them may cost together must be used up at the same place each time.
pub(super) fn objects(model: &Model, findings: &mut Vec<Finding>) -> Vec<Vec<Object>> {
    let mut allow_rule = AllowRule::default();
    model.entries.iter().map(|entry| of_entry(entry, model, &mut allow_rule, findings)).collect()
}

fn of_entry(
    entry: &Entry,
    model: &Model,
    allow_rule: &mut AllowRule,
    findings: &mut Vec<Finding>,
) -> Vec<Object> {
    let of_applications = entry
        .applications
        .iter()
        .map(|application| (&application.location, Some(application), &application.written.templates));
    let users = [(&entry.location, None, &entry.templates)].into_iter().chain(of_applications);
    let mut users = users.filter(|(_, _, uses)| !uses.is_empty()).peekable();
    if users.peek().is_none() {
        return Vec::new();
    }
    let mut maker = Builder { entry, model, words: Words::new(entry, &model.platform), made: Vec::new() };
    for (location, application, uses) in users {
        for (index, item) in uses.iter().enumerate() {
            maker.make(item, application, &location.key("templates").index(index), allow_rule, findings);
        }
    }
    maker.made
}

struct Builder<'p> {
    entry: &'p Entry,
    model: &'p Model,
    words: Words,
    made: Vec<Object>,
}

impl Builder<'_> {
    fn make(
        &mut self,
        item: &TemplateUse,
        application: Option<&Application>,
        location: &Location,
        allow_rule: &mut AllowRule,
        findings: &mut Vec<Finding>,
    ) {
        if allow_rule.is_spent() {
            return;
        }
        let Some(template) = self.model.templates.get(&item.name) else { return };
        let (words, size) = self.words.of(application, item.values.as_ref());
        let location = location.key("name");
        let Some(result) = allow_rule.render(template, &words, size) else { return };
        match result {
            Err(fault) if allow_rule.is_spent() => {
                findings.push(allow_rule::spent(template, &fault, location))
            }
            Err(fault) => findings.push(template.fault(&fault).with_secondary_label(location, "used here")),
            Ok(output) => {
                let rendered = Rendered { template, output, location };
                let faults = self.read_all(&rendered, item, application, allow_rule);
                findings.extend(faults);
            }
        }
    }

    fn read_all(
        &mut self,
        rendered: &Rendered<'_>,
        item: &TemplateUse,
        application: Option<&Application>,
        allow_rule: &mut AllowRule,
    ) -> Vec<Finding> {
        let origins: Arc<[Origin]> = Arc::new([Origin::template(rendered.location.clone(), &item.name.0)]);
        let mut faults = Vec::new();
        for piece in rendered.pieces() {
            if !allow_rule.read(&piece) {
                faults.push(allow_rule::spent_reading(rendered));
                break;
            }
            let object = self.read(rendered, &piece, application, &origins, &mut faults);
            self.made.extend(object);
            if faults.len() >= MAX_FAULTS {
                break;
            }
        }
        faults.truncate(MAX_FAULTS);
        faults
    }

    /// Reads one document of a rendered template.
    fn read(
        &self,
        rendered: &Rendered<'_>,
        piece: &Piece,
        application: Option<&Application>,
        origins: &Arc<[Origin]>,
        findings: &mut Vec<Finding>,
    ) -> Option<Object> {
        let mut faults = Vec::new();
        let object = rendered
            .read(piece, &mut faults, |value, faults| self.object(value?, application, origins, faults));
        let sound = faults.is_empty();
        findings.extend(faults);
        object.filter(|_| sound)
    }

    /// The object that a document says; `faults` stand in the document.
    fn object(
        &self,
        value: Value,
        application: Option<&Application>,
        origins: &Arc<[Origin]>,
        faults: &mut Vec<Finding>,
    ) -> Option<Object> {
        let root = Location::default();
        let Value::Map(document) = value else {
            let finding = rules::TEMPLATE_OBJECT.at(root, "this is no object");
            faults.push(finding.help("write one object a document, with a line `---` between two of them"));
            return None;
        };
        let api_version = text_of(
            &document,
            "apiVersion",
            &root,
            is_api_version,
            "an apiVersion is `v1` or `apps/v1`",
            faults,
        );
        let kind = text_of(
            &document,
            "kind",
            &root,
            |kind| kind != "*" && is_kind(kind),
            "a kind is written in its own spelling: `ConfigMap`",
            faults,
        );
        let metadata = map_of(&document, "metadata", &root, faults);
        let location = root.key("metadata");
        let name = text_of(
            &metadata,
            "name",
            &location,
            is_dns_name,
            "a name is made of lower-case letters, digits, dashes and dots",
            faults,
        );
        let (api_version, kind, name) = (api_version?, kind?, name?);
        let clustered = self.check_kind(group(&api_version), &kind, faults);
        self.check_metadata(&metadata, clustered, &location, faults);
        if group(&api_version).is_empty() && kind.as_str() == "Secret" {
            check_secret(&document, faults);
        }

        let (known, other) = kind_of(&api_version, &kind);
        let mut object = Object::new(
            known,
            name,
            self.wave(group(&api_version), &kind, application),
            &self.entry.namespace,
            origins,
        );
        object.other = other;
        object.namespace = (!clustered).then(|| self.entry.namespace.clone());
        object.labels = map_of(&metadata, "labels", &location, faults);
        object.annotations = map_of(&metadata, "annotations", &location, faults);
        object.sync_options = if kind.as_str() == "PersistentVolumeClaim" && self.entry.protected {
            KEPT
        } else if scope::is_custom(group(&api_version)) {
            CRD_COMES_LATER
        } else {
            ""
        };
        let behind =
            document.iter().filter(|(key, _)| !["apiVersion", "kind", "metadata"].contains(&key.as_str()));
        Some(object.body(behind.map(|(key, value)| (key.clone(), value.clone())).collect()))
    }

    /// What every cluster knows and nobody waits for comes with the other guards, before the first pod
    /// starts. Whatever may have health comes with what needs it: earlier it would hold up everything, later
    /// its application would wait for it for ever (Argo CD 3.5).
    fn wave(&self, group: &str, kind: &str, application: Option<&Application>) -> i32 {
        if scope::is_guard(group, kind) {
            return GUARD_WAVE;
        }
        application
            .map_or_else(|| self.model.platform.tier_wave(self.entry.tier), |application| application.wave)
    }

    /// Refuses kinds that wharf makes itself or that reach beyond the namespace; whether the kind has no
    /// namespace.
    fn check_kind(&self, group: &str, kind: &str, faults: &mut Vec<Finding>) -> bool {
        let location = Location::default().key("kind");
        if let Some(key) = scope::owner(group, kind) {
            let finding = rules::TEMPLATE_OBJECT.at(location, format!("a template makes no {kind}"));
            let finding = finding.note(
                "wharf makes these from the catalog, and what it says about them would no longer be true",
            );
            faults.push(finding.help(format!("write {key} instead")));
            return false;
        }
        let project = &self.entry.project;
        let permitted =
            project.cluster_resources.iter().any(|item| *item.group == *group && *item.kind == *kind);
        if scope::is_clustered(group, kind) && !permitted {
            let finding =
                rules::TEMPLATE_OBJECT.at(location.clone(), format!("a {kind} belongs to the whole cluster"));
            let finding = finding.note("its effect reaches beyond the namespace of the entry");
            faults.push(finding.help(format!("permit it: add `{{group: '{group}', kind: {kind}}}` to `project.clusterResources` of the entry")));
        }
        let asked =
            project.namespace_resources.iter().any(|item| *item.group == *group && *item.kind == *kind);
        if scope::reaches_out(group, kind) && !asked {
            let finding =
                rules::TEMPLATE_OBJECT.at(location, format!("a {kind} has an effect beyond its namespace"));
            let help = format!(
                "permit it: add `{{group: {group}, kind: {kind}}}` to `project.namespaceResources` of the entry"
            );
            faults.push(
                finding
                    .note("Traefik takes the one called `default` for all routes of the cluster")
                    .help(help),
            );
        }
        permitted || scope::is_clustered(group, kind)
    }

    fn check_metadata(
        &self,
        metadata: &Map,
        clustered: bool,
        location: &Location,
        faults: &mut Vec<Finding>,
    ) {
        for (key, value) in metadata.iter() {
            let at = location.key(key.clone());
            match key.as_str() {
                "name" => {}
                "labels" | "annotations" => check_texts(value, &at, key.as_str() == "labels", faults),
                "namespace" if clustered => {
                    faults.push(
                        rules::TEMPLATE_OBJECT.at(at, "this kind has no namespace").help("remove the line"),
                    );
                }
                "namespace" => {
                    if !matches!(value, Value::Text(text) if *text == self.entry.namespace) {
                        let finding = rules::TEMPLATE_OBJECT
                            .at(at, format!("the object is not in the namespace `{}`", self.entry.namespace));
                        let finding = finding.note("an entry owns one namespace, and removing the entry would remove the object from another one");
                        faults.push(finding.help(
                            "remove the line: objects of a template are in the namespace of their entry",
                        ));
                    }
                }
                _ => {
                    let finding = rules::TEMPLATE_OBJECT
                        .at(at.itself(), format!("`metadata.{}` is not for templates", shorten(key)));
                    faults.push(finding.help("a template says `name`, `labels` and `annotations`"));
                }
            }
        }
    }
}

/// A Secret without values is an order for one, such as a token of a ServiceAccount; one with values is no
/// secret any more.
fn check_secret(document: &Map, faults: &mut Vec<Finding>) {
    let values = |key: &str| {
        document.iter().any(|(name, value)| {
            name.as_str() == key && matches!(value, Value::Map(values) if !values.is_empty())
        })
    };
    for key in ["data", "stringData"].into_iter().filter(|key| values(key)) {
        let finding = rules::SECRET_IN_GIT
            .at(Location::default().key(key).itself(), "this Secret has its values in the repository");
        let finding =
            finding.note("base64 hides nothing: whoever may read the repository or the rendered folder may use them, for all of its history");
        faults.push(finding.help(
            "name it in `secrets` of the entry, with `source: sops` or `sealed` if it is to stay in git",
        ));
    }
}

/// Labels or annotations: texts by keys that the API server takes, and none of those that wharf sets.
fn check_texts(value: &Value, location: &Location, labels: bool, faults: &mut Vec<Finding>) {
    let Value::Map(map) = value else { return };
    for (key, value) in map.iter() {
        let at = location.key(key.clone());
        if [MANAGED_BY, SYNC_WAVE, SYNC_OPTIONS].contains(&key.as_str()) {
            let finding = rules::RESERVED_METADATA.at(at.itself(), format!("wharf sets `{key}` itself"));
            faults.push(finding.help("remove the line; the kind decides the order"));
        } else if !invalid_label::is_key(key) {
            faults.push(
                rules::INVALID_LABEL
                    .at(at.itself(), format!("`{}` cannot be a key here", shorten(key)))
                    .note("the API server would refuse the object"),
            );
        } else {
            match value {
                Value::Text(text) if !labels || invalid_label::is_value(text) => {}
                Value::Text(text) => {
                    let finding = rules::INVALID_LABEL
                        .at(at, format!("`{}` cannot be the value of a label", shorten(text)));
                    faults.push(finding.note("the API server would refuse the object"));
                }
                _ => {
                    let finding = rules::TEMPLATE_OBJECT.at(at, "this is not text");
                    faults.push(
                        finding
                            .note("the API server would refuse the object")
                            .help("write it in quotes, or `{{ … | string }}`"),
                    );
                }
            }
        }
    }
}

fn text_of(
    map: &Map,
    key: &'static str,
    location: &Location,
    good: fn(&str) -> bool,
    form: &str,
    faults: &mut Vec<Finding>,
) -> Option<Text> {
    let value = map.iter().find(|(name, _)| name.as_str() == key).map(|(_, value)| value);
    let (at, message) = match value {
        Some(Value::Text(text)) if good(text) => return Some(text.clone()),
        Some(Value::Text(text)) => (location.key(key), format!("`{}` is no good `{key}`", shorten(text))),
        Some(_) => (location.key(key), format!("`{key}` is not text")),
        None => (location.clone(), format!("the object has no `{key}`")),
    };
    faults.push(
        rules::TEMPLATE_OBJECT.at(at, message).note("the API server would refuse the object").help(form),
    );
    None
}

fn map_of(map: &Map, key: &'static str, location: &Location, faults: &mut Vec<Finding>) -> Map {
    match map.iter().find(|(name, _)| name.as_str() == key).map(|(_, value)| value) {
        Some(Value::Map(map)) => map.clone(),
        Some(_) => {
            faults.push(
                rules::TEMPLATE_OBJECT
                    .at(location.key(key), format!("`{key}` is no mapping"))
                    .note("the API server would refuse the object"),
            );
            Map::new()
        }
        None => Map::new(),
    }
}

/// The kind as one that wharf makes too, or as another one.
fn kind_of(api_version: &Text, kind: &Text) -> (Kind, Option<Arc<OtherKind>>) {
    let ours = Kind::ALL
        .into_iter()
        .find(|known| (known.api_version(), known.name()) == (api_version.as_str(), kind.as_str()));
    match ours {
        Some(kind) => (kind, None),
        None => (
            Kind::Other,
            Some(Arc::new(OtherKind {
                api_version: api_version.clone(),
                name: kind.clone(),
                file: file(kind),
            })),
        ),
    }
}

/// `PodDisruptionBudget` → `pod-disruption-budgets.yaml`
fn file(kind: &str) -> Text {
    let mut name = String::new();
    let mut before = '-';
    let mut chars = kind.chars().peekable();
    while let Some(char) = chars.next() {
        let begins_word = !before.is_ascii_uppercase() || chars.peek().is_some_and(char::is_ascii_lowercase);
        if char.is_ascii_uppercase() && before != '-' && begins_word {
            name.push('-');
        }
        name.push(char.to_ascii_lowercase());
        before = char;
    }
    let (stem, end) = match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => (stem, "ies"),
        _ if name.ends_with(['s', 'x']) || name.ends_with("ch") || name.ends_with("sh") => {
            (name.as_str(), "es")
        }
        _ => (name.as_str(), "s"),
    };
    format!("{stem}{end}.yaml").into()
}

fn is_api_version(text: &str) -> bool {
    let (group, version) =
        text.split_once('/').map_or((None, text), |(group, version)| (Some(group), version));
    group.is_none_or(is_dns_name) && version.starts_with('v') && is_dns_label(version)
}
