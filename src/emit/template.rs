//! Objects of the user's own: what templates become, read back and held to the same rules as ours.

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
use self::variables::Words;
use super::CRD_COMES_LATER;
use crate::catalog::TemplateUse;
use crate::diagnostics::Finding;
use crate::diagnostics::Location;
use crate::diagnostics::rules;
use crate::format::{is_dns_name, is_kind};
use crate::kubernetes::kinds::{Scope, facts};
use crate::kubernetes::{Object, Origin, group, groups};
use crate::model::{Application, Entry, Model};
use crate::value::Value;

/// The objects of all templates, for each entry in their order. One after the other, whatever the number of
/// threads: what all of them may cost together must be used up at the same place each time.
pub(super) fn objects(model: &Model, findings: &mut Vec<Finding>) -> Vec<Vec<Object>> {
    let mut quota = Quota::default();
    model.entries.iter().map(|entry| of_entry(entry, model, &mut quota, findings)).collect()
}

fn of_entry(entry: &Entry, model: &Model, quota: &mut Quota, findings: &mut Vec<Finding>) -> Vec<Object> {
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
            maker.make(item, application, &location.key("templates").index(index), quota, findings);
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
        quota: &mut Quota,
        findings: &mut Vec<Finding>,
    ) {
        if quota.is_spent() {
            return;
        }
        let Some(template) = self.model.templates.get(&item.name) else { return };
        let (words, size) = self.words.of(application, item.values.as_ref());
        let location = location.key("name");
        let Some(result) = quota.render(template, &words, size) else { return };
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
    ) -> Vec<Finding> {
        if !quota.take(&rendered.output.text) {
            return vec![quota::spent_reading(rendered)];
        }
        let origins: Arc<[Origin]> = Arc::new([Origin::template(rendered.location.clone(), &item.name.0)]);
        let mut faults = Vec::new();
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
        object.labels = map_of(&metadata, "labels", &location, faults);
        object.annotations = map_of(&metadata, "annotations", &location, faults);
        object.sync_options = if groups::may_come_later(group) { CRD_COMES_LATER } else { "" };
        let behind =
            document.iter().filter(|(key, _)| !["apiVersion", "kind", "metadata"].contains(&key.as_str()));
        Some(object.body(behind.map(|(key, value)| (key.clone(), value.clone())).collect()))
    }

    /// What every cluster knows and nobody waits for comes with the other guards, before the first pod
    /// starts. Whatever may have health comes with what needs it: earlier it would hold up everything, later
    /// its application would wait for it for ever (Argo CD 3.5).
    fn wave(&self, group: &str, kind: &str, application: Option<&Application>) -> i32 {
        if let Some(wave) = facts(group, kind).and_then(|facts| facts.wave) {
            return wave;
        }
        application
            .map_or_else(|| self.model.platform.tier_wave(self.entry.tier), |application| application.wave)
    }
}
