//! Applications, in the keys of the catalog.

use super::draft::Item;
use super::entry::{Scope, is_ours, texts, wave};
use super::facts::{Known, sources};
use super::policies::is_on_host;
use super::project::map_at;
use super::{images, source, templates};
use crate::catalog::Finalizer;
use crate::format::NonEmptyString;
use crate::kubernetes::resource::{is_true, items_at, maps_at, text, text_at};
use crate::kubernetes::{MANAGED_BY, Resource};
use crate::model::{ArgoCd, GENERATE_PATHS};
use crate::platform::ApplicationDefaults;
use crate::value::{Map, Text, Value};

/// `applications` of the entry.
pub(super) fn of_entry(scope: &Scope<'_, '_>) -> Vec<Item> {
    let describe = |(index, application): &(usize, &Resource)| {
        let updater = images::updater(application, scope);
        let images = images::keys(application, updater.map(|(_, updater)| updater));
        let map = keys(application, images::tool(&images), scope).merged(&images);
        let below = updater.map(|(index, _)| ("images", vec![index]));
        Item { below, ..Item::new(map, [*index]) }
    };
    scope.applications.iter().map(describe).collect()
}

/// A pattern of the platform, as far as it only contains the code and the namespace.
pub(super) fn filled(pattern: &str, code: &str, namespace: &str) -> String {
    let with = |text: String, name: &str, value: &str| {
        text.replace(&format!("{{{{ {name} }}}}"), value).replace(&format!("{{{{{name}}}}}"), value)
    };
    with(with(pattern.to_owned(), "applicationCode", code), "namespace", namespace)
}

/// The code of an Application: the part of its name that the platform's pattern does not add.
pub(super) fn code(name: &str, scope: &Scope<'_, '_>) -> String {
    code_in(name, scope.namespace, scope.known)
}

/// The code of an Application of the entry of a namespace.
pub(super) fn code_in(name: &str, namespace: &str, known: &Known) -> String {
    const CODE: &str = "\u{0}";
    let Some(pattern) = known.platform.patterns.application.as_ref() else { return name.to_owned() };
    let around = filled(pattern, CODE, namespace);
    let (before, after) = around.split_once(CODE).unwrap_or_default();
    let code = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    code.unwrap_or(name).to_owned()
}

fn keys(application: &Resource, tool: Option<&str>, scope: &Scope<'_, '_>) -> Map {
    let code = code(&application.name, scope);
    let several: Vec<_> = maps_at(&application.value, &["spec", "sources"]).collect();
    let mut map = Map::new().with("applicationCode", code.clone());
    if several.is_empty() {
        let single = sources(application).next().map(|written| source::source(written, &code, tool, scope));
        map = map.merged(&single.unwrap_or_default());
    } else {
        let items = several.into_iter().map(|written| source::source(written, &code, tool, scope));
        map = map.with("sources", items.collect::<Vec<_>>());
    }
    let spec = application.at(&["spec"]).and_then(Value::map).cloned().unwrap_or_default();
    let target = text_at(&spec, &["destination", "namespace"]).unwrap_or("none");
    let target = Some(target).filter(|target| *target != scope.namespace);
    let automated = is_automated(&spec);
    let by_default = defaults(scope).and_then(|defaults| defaults.auto_sync).unwrap_or(false);
    map.with_some("autoSync", (automated != by_default).then_some(automated))
        .with_filled("sync", sync(&spec, scope))
        .with_filled("ignoreDifferences", list(&spec, "ignoreDifferences"))
        .with_filled("info", list(&spec, "info"))
        .with_some("revisionHistoryLimit", spec.get("revisionHistoryLimit").cloned())
        .with_filled("labels", texts(application, "labels", |key| key != MANAGED_BY))
        .with_filled("annotations", texts(application, "annotations", is_own_annotation))
        .with_some("targetNamespace", target.map(Text::copied))
        .with_some("serviceAccount", service_account(&code, application, scope))
        .with_true("hostNetwork", is_on_host(scope))
        .with_some("finalizer", finalizer(application, scope))
        .with_filled("generatePaths", generate_paths(application))
        .with_filled("templates", templates::of_application(application, scope))
        .with_filled("dependsOn", depends_on(application, scope))
}

fn list(spec: &Map, key: &str) -> Vec<Value> {
    items_at(spec, &[key]).to_vec()
}

fn at_policy<'v>(spec: &'v Map, key: &str) -> Option<&'v Map> {
    map_at(map_at(spec, "syncPolicy")?, key)
}

/// What the platform says of applications that set nothing themselves.
fn defaults<'s>(scope: &Scope<'s, '_>) -> Option<&'s ApplicationDefaults> {
    scope.known.platform.defaults.application.as_ref()
}

/// Whether syncs are automated. `enabled: false` switches them off (Argo CD 3.1, `automated.enabled`).
fn is_automated(spec: &Map) -> bool {
    let automated = at_policy(spec, "automated");
    automated.is_some_and(|automated| automated.get("enabled").map(Value::get) != Some(&Value::Bool(false)))
}

/// What differs from the defaults of the platform, and from those of automated syncs, which prune and heal.
fn sync(spec: &Map, scope: &Scope<'_, '_>) -> Map {
    let automated = at_policy(spec, "automated").filter(|_| is_automated(spec));
    let common = defaults(scope).and_then(|defaults| defaults.sync.as_ref());
    let flag = |key: &str, common: Option<bool>, by_default: bool| {
        let own = is_true(automated?, &[key]);
        (own != common.unwrap_or(by_default)).then_some(own)
    };
    let common_options = common.map(|common| common.options.as_slice()).unwrap_or_default();
    let options = items_at(spec, &["syncPolicy", "syncOptions"]).iter().filter_map(text);
    let options =
        options.filter(|option| !option.eq_ignore_ascii_case("CreateNamespace=true")).collect::<Vec<_>>();
    let retry = at_policy(spec, "retry").map(|retry| retry_of(retry, scope));
    Map::new()
        .with_some("prune", flag("prune", common.and_then(|common| common.prune), true))
        .with_some("selfHeal", flag("selfHeal", common.and_then(|common| common.self_heal), true))
        .with_some("allowEmpty", flag("allowEmpty", common.and_then(|common| common.allow_empty), false))
        .with_filled("options", own_options(&options, common_options))
        .with_some("retry", retry)
}

/// The options that the application adds to those of the platform, which come first, without those that have
/// another value.
fn own_options(all: &[&str], common: &[NonEmptyString]) -> Vec<Text> {
    fn key(option: &str) -> &str {
        option.split('=').next().unwrap_or_default()
    }
    let rest = |count: usize| all.split_at_checked(count).unwrap_or_default();
    let is_own = |count: &usize| {
        let (before, own) = rest(*count);
        let kept = common.iter().map(|option| &**option);
        kept.filter(|option| !own.iter().any(|own| key(own) == key(option))).eq(before.iter().copied())
    };
    let before = (0..=all.len()).rev().find(is_own).unwrap_or(0);
    rest(before).1.iter().map(|option| Text::copied(option)).collect()
}

/// A missing limit is 0 in Argo CD, while wharf leaves a missing one to Argo CD. Where Argo CD can refresh
/// before it retries, wharf lets it by default.
fn retry_of(retry: &Map, scope: &Scope<'_, '_>) -> Map {
    let limit: Value = retry.get("limit").cloned().unwrap_or(Value::Int(0));
    let rest = retry.iter().filter(|(key, _)| key.as_str() != "limit");
    let rest: Map = rest.map(|(key, value)| (key.clone(), value.clone())).collect();
    let can = scope.known.platform.argocd.older_than(ArgoCd::RETRY_REFRESH).is_none();
    let off = can && rest.get("refresh").is_none();
    Map::new().with("limit", limit).merged(&rest).with_some("refresh", off.then_some(false))
}

fn is_own_annotation(key: &str) -> bool {
    let others = ["argocd.argoproj.io/sync-wave", "argocd.argoproj.io/sync-options", GENERATE_PATHS];
    !others.contains(&key) && !key.starts_with(images::PREFIX)
}

/// Whether wharf makes the ServiceAccount, where its default would be wrong: it makes one for folders.
fn service_account(code: &str, application: &Resource, scope: &Scope<'_, '_>) -> Option<bool> {
    let account = scope.objects.named((scope.namespace, code), "", "ServiceAccount");
    let exists = account.is_some_and(|(_, account)| is_ours(account));
    let mut sources = sources(application);
    let folder = sources.any(|source| source.get("chart").is_none() && source.get("path").is_some());
    let common = defaults(scope).and_then(|defaults| defaults.service_account);
    (exists != common.unwrap_or(folder && scope.owns_namespace)).then_some(exists)
}

fn finalizer(application: &Resource, scope: &Scope<'_, '_>) -> Option<&'static str> {
    let metadata = application.at(&["metadata"]).and_then(Value::map);
    let names: Vec<_> = metadata
        .map(|metadata| items_at(metadata, &["finalizers"]).iter().filter_map(text).collect())
        .unwrap_or_default();
    let own = match names.as_slice() {
        [] => Finalizer::None,
        names if names.contains(&"resources-finalizer.argocd.argoproj.io/background") => {
            Finalizer::Background
        }
        _ => Finalizer::Foreground,
    };
    let common = defaults(scope).and_then(|defaults| defaults.finalizer).unwrap_or_default();
    (own != common).then_some(match own {
        Finalizer::None => "none",
        Finalizer::Background => "background",
        Finalizer::Foreground => "foreground",
    })
}

/// The paths beyond those that wharf lists by itself.
fn generate_paths(application: &Resource) -> Vec<Text> {
    let listed = application.annotation(GENERATE_PATHS).unwrap_or_default();
    let others = listed.split(';').filter(|path| path.starts_with('/'));
    let own: Vec<_> = sources(application).flat_map(source::paths).collect();
    others
        .map(|path| path.trim_start_matches('/'))
        .filter(|path| !own.iter().any(|own| own.as_str() == *path))
        .map(Text::copied)
        .collect()
}

/// An application of the same tier that is one wave before, which is what a dependency makes of the order.
fn depends_on(application: &Resource, scope: &Scope<'_, '_>) -> Vec<Text> {
    let Some(own) = wave(application).filter(|wave| wave % 100 > 0) else { return Vec::new() };
    let all = scope.objects.of_kind("argoproj.io", "Application");
    let before = all.filter(|(_, other)| wave(other) == Some(own - 1)).map(|(_, other)| other);
    before.take(1).map(|other| code(&other.name, scope).into()).collect()
}
