//! Renaming an entry: a namespace cannot be renamed, so the data is moved to a new one.

use super::edit::replace;
use super::references::{Keys, edits, mentions};
use super::{By, Plan, When};
use crate::compile::Compiled;
use crate::exit::CommandError;
use crate::format::is_dns_label;
use crate::model::{Entry, Model};
use crate::names::Namespace;

/// The keys that name a namespace.
const KEYS: Keys =
    Keys { scalars: &["namespace", "targetNamespace"], lists: &["destinations"], addresses: &["address"] };

/// The steps that rename an entry.
///
/// # Errors
/// If there is no such entry, or if the new name is not valid or taken.
pub fn entry(compiled: &Compiled, old: &str, new: &str) -> Result<Plan, CommandError> {
    let model = &compiled.model;
    let Some(entry) = model.entry(&Namespace::new(old.to_owned())) else {
        let known = model.entries.iter().map(|entry| entry.namespace.as_str());
        return Err(CommandError::unknown("entry", old, known));
    };
    check_name(model, new)?;
    let mut plan = Plan::default();
    let holds_data = !entry.applications.is_empty() || entry.uses_templates();
    let is_next = entry.protected || !holds_data;
    if holds_data {
        protect(&mut plan, entry, compiled);
        plan.step(By::Hand, When::Later, format!("back up the volumes in `{old}`"));
    }
    let when = if is_next { When::Next } else { When::Later };
    plan.step(By::Commit, when, format!("write `{new}` wherever the catalog and the platform name `{old}`"));
    if is_next {
        plan.edits = edits(&compiled.documents, &KEYS, old, new);
    }
    plan.mentions = mentions(&compiled.documents, &plan.edits, old);
    move_data(&mut plan, entry, model, new, holds_data);
    Ok(plan)
}

fn check_name(model: &Model, new: &str) -> Result<(), CommandError> {
    if !is_dns_label(new) {
        return Err(CommandError(format!(
            "`{new}` is not a valid namespace: lower-case letters, digits and dashes, at most 63 characters"
        )));
    }
    let name = Namespace::new(new.to_owned());
    if model.entry(&name).is_some() || model.disabled.contains(&name) {
        return Err(CommandError(format!("another entry owns the namespace `{new}`")));
    }
    Ok(())
}

/// The commit that keeps the old namespace, which has to be synced before the one that renames.
fn protect(plan: &mut Plan, entry: &Entry, compiled: &Compiled) {
    let when = if entry.protected { When::Done } else { When::Next };
    let text = format!(
        "set `toggleable: false` of `{}`, and wait until the root Application is synced: Argo CD then keeps \
         the Namespace with its volumes",
        entry.namespace
    );
    plan.step(By::Commit, when, text);
    if !entry.protected {
        let location = entry.location.key("toggleable");
        let document = compiled.documents.get(location.file);
        plan.edits.extend(
            document
                .and_then(|document| replace(document, &location, "true", "false"))
                .map(|edit| super::Edit { text: "false".into(), ..edit }),
        );
    }
}

/// What is left to do once the new entry is synced.
fn move_data(plan: &mut Plan, entry: &Entry, model: &Model, new: &str, holds_data: bool) {
    let old = &entry.namespace;
    if holds_data {
        plan.step(
            By::Hand,
            When::Later,
            format!("scale what still runs in `{old}` to 0: it stays there, and nothing manages it any more"),
        );
        plan.step(By::Hand, When::Later, format!("restore the volumes into `{new}`"));
        plan.step(
            By::Hand,
            When::Later,
            format!(
                "create the Secrets in `{new}` that were made manually; seal SealedSecrets again for `{new}`"
            ),
        );
    }
    if entry.routes.iter().any(|route| route.issuer(&model.platform).is_some()) {
        plan.step(By::Hand, When::Later, "wait until the certificates of its hosts are issued again");
    }
    let argocd = &model.platform.argocd.namespace;
    plan.step(
        By::Hand,
        When::Later,
        format!(
            "delete what is kept, with the old volumes: `kubectl delete namespace {old}` and `kubectl \
             --namespace {argocd} delete appproject {}`; until then, the root Application is OutOfSync",
            entry.project_name
        ),
    );
}
