//! Objects of the user's templates: their output, parsed again and checked by the same rules as the objects
//! of wharf.

mod contents;
mod file_name;
mod head;
mod kinds;
mod metadata;
mod quota;
mod rendered;
mod variables;

use std::sync::Arc;

use self::head::{is_api_version, map_of, text_of};
use self::quota::Quota;
use self::rendered::{MAX_FAULTS, Piece, Rendered};
use self::variables::Variables;
use super::CRD_COMES_LATER;
use crate::catalog::TemplateUse;
use crate::diagnostics::{Location, Sink, rules};
use crate::format::{is_dns_name, is_kind};
use crate::kubernetes::kinds::{Scope, facts};
use crate::kubernetes::{Object, Origin, group, groups};
use crate::model::{Application, Entry, Model};
use crate::value::Value;

/// The objects of all templates, for each entry in their order. Sequential, whatever the number of threads:
/// the shared quota must be exhausted at the same use each time.
pub(super) fn objects(model: &Model, findings: &mut Sink) -> Vec<Vec<Object>> {
    let mut quota = Quota::default();
    model.entries.iter().map(|entry| of_entry(entry, model, &mut quota, findings)).collect()
}

fn of_entry(entry: &Entry, model: &Model, quota: &mut Quota, findings: &mut Sink) -> Vec<Object> {
    let of_applications = entry
        .applications
        .iter()
        .map(|application| (&application.location, Some(application), &application.templates));
    let users = [(&entry.location, None, &entry.templates)].into_iter().chain(of_applications);
    let mut users = users.filter(|(_, _, uses)| !uses.is_empty()).peekable();
    if users.peek().is_none() {
        return Vec::new();
    }
    let mut builder =
        Builder { entry, model, variables: Variables::new(entry, &model.platform), made: Vec::new() };
    for (location, application, uses) in users {
        for (index, item) in uses.iter().enumerate() {
            builder.make(item, application, &location.key("templates").index(index), quota, findings);
        }
    }
    builder.made
}

struct Builder<'p> {
    entry: &'p Entry,
    model: &'p Model,
    variables: Variables,
    made: Vec<Object>,
}

impl Builder<'_> {
    fn make(
        &mut self,
        item: &TemplateUse,
        application: Option<&Application>,
        location: &Location,
        quota: &mut Quota,
        findings: &mut Sink,
    ) {
        if quota.is_spent() {
            return;
        }
        let Some(template) = self.model.templates.get(&item.name) else { return };
        let (variables, size) = self.variables.of(application, item.values.as_ref());
        let location = location.key("name");
        let Some(result) = quota.render(template, &variables, size) else { return };
        match result {
            Err(fault) if quota.is_spent() => findings.push(quota::spent(template, &fault, location)),
            Err(fault) => {
                findings.push(template.fault(&fault).with_secondary_label(location, "used here"));
                quota.report(1);
            }
            Ok(output) => {
                let rendered = Rendered { template, output, location };
                let faults = self.read_all(&rendered, item, application, quota);
                findings.extend(faults);
            }
        }
    }

    fn read_all(
        &mut self,
        rendered: &Rendered<'_>,
        item: &TemplateUse,
        application: Option<&Application>,
        quota: &mut Quota,
    ) -> Sink {
        if !quota.take(&rendered.output.text) {
            return Sink::from_iter([quota::spent_reading(rendered)]);
        }
        let origins: Arc<[Origin]> = Arc::new([Origin::template(rendered.location.clone(), &item.name.0)]);
        let mut faults = Sink::new();
        for piece in rendered.pieces() {
            if !quota.read(&piece) {
                faults.push(quota::spent_reading(rendered));
                break;
            }
            let object = self.read(rendered, &piece, application, &origins, &mut faults);
            self.made.extend(object);
            if faults.len() >= MAX_FAULTS {
                break;
            }
        }
        faults.truncate(MAX_FAULTS);
        quota.report(faults.len());
        faults
    }

    /// Reads one document of a rendered template.
    fn read(
        &self,
        rendered: &Rendered<'_>,
        piece: &Piece,
        application: Option<&Application>,
        origins: &Arc<[Origin]>,
        findings: &mut Sink,
    ) -> Option<Object> {
        let mut faults = Sink::new();
        let object = rendered
            .read(piece, &mut faults, |value, faults| self.object(value?, application, origins, faults));
        let valid = faults.is_empty();
        findings.extend(faults);
        object.filter(|_| valid)
    }

    /// The object of a document; the locations of `faults` are in the document.
    fn object(
        &self,
        value: Value,
        application: Option<&Application>,
        origins: &Arc<[Origin]>,
        faults: &mut Sink,
    ) -> Option<Object> {
        let root = Location::default();
        let Value::Map(document) = value else {
            let finding = rules::TEMPLATE_OBJECT.at(root, "this is not an object");
            faults.push(finding.help("write one object per document, separated by lines `---`"));
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
            "a kind has its exact spelling: `ConfigMap`",
            faults,
        );
        let metadata = map_of(&document, "metadata", &root, faults);
        let location = root.key("metadata");
        let name = text_of(
            &metadata,
            "name",
            &location,
            is_dns_name,
            "a name consists of lower-case letters, digits, dashes and dots",
            faults,
        );
        let (api_version, kind, name) = (api_version?, kind?, name?);
        let (group, project) = (group(&api_version), &self.entry.project);
        let scope = kinds::scope(project, group, &kind, &name).map_err(|finding| faults.push(finding));
        let clustered = scope == Ok(Scope::Cluster);
        metadata::check(&metadata, &self.entry.namespace, clustered, &location, faults);
        contents::check(
            &document,
            group,
            &kind,
            kinds::is_declared(project, group, &kind, Scope::Namespace, &name),
            faults,
        );

        let (known, other) = head::kind_of(&api_version, &kind);
        let mut object =
            Object::new(known, name, self.wave(group, &kind, application), &self.entry.namespace, origins);
        object.other = other;
        object.namespace = (!clustered).then(|| self.entry.namespace.clone());
        object.metadata_mut().labels = map_of(&metadata, "labels", &location, faults);
        object.metadata_mut().annotations = map_of(&metadata, "annotations", &location, faults);
        object.sync_options = if groups::may_come_later(group) { CRD_COMES_LATER } else { "" };
        let behind =
            document.iter().filter(|(key, _)| !["apiVersion", "kind", "metadata"].contains(&key.as_str()));
        Some(object.body(behind.map(|(key, value)| (key.clone(), value.clone())).collect()))
    }

    /// Kinds that every cluster has and that have no health come with the other guards, before the first pod
    /// starts. Kinds that may have health come with what needs them: earlier they would block everything,
    /// later their application would wait for them permanently (Argo CD 3.5).
    fn wave(&self, group: &str, kind: &str, application: Option<&Application>) -> i32 {
        if let Some(wave) = facts(group, kind).and_then(|facts| facts.wave) {
            return wave;
        }
        application
            .map_or_else(|| self.model.platform.tier_wave(self.entry.tier), |application| application.wave)
    }
}
