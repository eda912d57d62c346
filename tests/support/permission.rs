//! What Argo CD permits to an Application of an AppProject, read off the emitted JSON and nothing else (Argo
//! CD 3.5, `app_project_types.go`: `IsGroupKindNamePermitted`, `IsDestinationPermitted`,
//! `IsSourcePermitted`).

use serde_json::Value as Json;

/// Whether the project permits `object`, which goes to the cluster at `server`.
pub(crate) fn permits(project: &Json, object: &Json, server: &str) -> bool {
    let group = text(&object["apiVersion"]).split_once('/').map_or("", |(group, _)| group);
    let namespace = object["metadata"]["namespace"].as_str();
    permits_kind(
        project,
        group,
        text(&object["kind"]),
        text(&object["metadata"]["name"]),
        namespace.is_some(),
    ) && namespace.is_none_or(|namespace| permits_destination(project, server, namespace))
}

/// Whether the project permits the Application itself: each of its sources, and its destination.
pub(crate) fn permits_application(project: &Json, application: &Json) -> bool {
    let spec = &application["spec"];
    let mut sources = list(&spec["sources"]).unwrap_or_default().iter().chain(spec.get("source"));
    sources.all(|source| permits_source(project, text(&source["repoURL"])))
        && permits_destination(
            project,
            text(&spec["destination"]["server"]),
            text(&spec["destination"]["namespace"]),
        )
}

/// A list that is not there permits every namespaced kind and no other; an empty one permits nothing.
pub(crate) fn permits_kind(project: &Json, group: &str, kind: &str, name: &str, namespaced: bool) -> bool {
    let spec = &project["spec"];
    let within =
        |key: &str| list(&spec[key]).map(|items| items.iter().any(|item| is_meant(item, group, kind, name)));
    if namespaced {
        within("namespaceResourceWhitelist").unwrap_or(true)
            && !within("namespaceResourceBlacklist").unwrap_or(false)
    } else {
        within("clusterResourceWhitelist").unwrap_or(false)
            && !within("clusterResourceBlacklist").unwrap_or(false)
    }
}

/// Group, kind and name are compared as `filepath.Match` does, upper and lower case included.
fn is_meant(item: &Json, group: &str, kind: &str, name: &str) -> bool {
    let named = item["name"].as_str().is_none_or(|pattern| glob(pattern, name, Some('/')));
    named && glob(text(&item["group"]), group, Some('/')) && glob(text(&item["kind"]), kind, Some('/'))
}

/// One destination has to match, and none may deny.
pub(crate) fn permits_destination(project: &Json, server: &str, namespace: &str) -> bool {
    let mut permitted = false;
    for item in list(&project["spec"]["destinations"]).unwrap_or_default() {
        let (servers, namespaces) = (text(&item["server"]), text(&item["namespace"]));
        let (at, within) = (matches(servers, server, None), matches(namespaces, namespace, None));
        if at && within {
            permitted = true;
        } else if !at && servers.starts_with('!') || !within && namespaces.starts_with('!') {
            return false;
        }
    }
    permitted
}

/// One repository has to match, and none may deny; a `*` ends at a slash.
pub(crate) fn permits_source(project: &Json, url: &str) -> bool {
    let mut permitted = false;
    for pattern in list(&project["spec"]["sourceRepos"]).unwrap_or_default().iter().map(text) {
        let (deny, bare) = pattern.strip_prefix('!').map_or(("", pattern), |rest| ("!", rest));
        let pattern = if bare == "*" { pattern.to_owned() } else { format!("{deny}{}", normalized(bare)) };
        if matches(&pattern, &normalized(url), Some('/')) {
            permitted = true;
        } else if pattern.starts_with('!') {
            return false;
        }
    }
    permitted
}

/// A URL as Argo CD compares it: in lower case, with or without `.git`.
fn normalized(url: &str) -> String {
    let url = url.trim().to_lowercase();
    url.strip_suffix(".git").unwrap_or(&url).to_owned()
}

/// A pattern that may begin with `!`; a lone `*` is everything.
fn matches(pattern: &str, text: &str, separator: Option<char>) -> bool {
    match pattern.strip_prefix('!') {
        Some(denied) => !glob(denied, text, separator),
        None => pattern == "*" || glob(pattern, text, separator),
    }
}

/// Whether the glob covers the text: `*` is anything up to the separator, `**` anything, `?` one character.
fn glob(pattern: &str, text: &str, separator: Option<char>) -> bool {
    assert!(!pattern.contains(['[', '{', '\\']), "a pattern that this reader does not know: {pattern}");
    if let Some(rest) = pattern.strip_prefix("**") {
        return text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .any(|at| glob(rest, &text[at..], separator));
    }
    let mut characters = text.chars();
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let end = separator.and_then(|separator| text.find(separator)).unwrap_or(text.len());
            let starts = text[..end].char_indices().map(|(at, _)| at).chain([end]);
            starts.into_iter().any(|at| glob(&pattern[1..], &text[at..], separator))
        }
        Some('?') => {
            characters.next().is_some_and(|one| Some(one) != separator)
                && glob(&pattern[1..], characters.as_str(), separator)
        }
        Some(one) => {
            characters.next() == Some(one) && glob(&pattern[one.len_utf8()..], characters.as_str(), separator)
        }
    }
}

fn list(json: &Json) -> Option<&[Json]> {
    json.as_array().map(Vec::as_slice)
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}
