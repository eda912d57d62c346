//! What Argo CD's API server would report about an AppProject. It validates only projects that are created
//! through its API, which one from git never is: an invalid policy silently has no effect (Argo CD 3.5,
//! `ValidateProject`). It reads the emitted JSON and nothing else.

use std::collections::BTreeSet;

use serde_json::Value as Json;

/// The first error that Argo CD would find.
pub(crate) fn validate(project: &Json) -> Result<(), String> {
    let (name, spec) = (text(&project["metadata"]["name"]), &project["spec"]);
    once(
        "destination",
        list(&spec["destinations"])
            .iter()
            .map(|at| format!("{}/{}", text(&at["server"]), text(&at["namespace"]))),
    )?;
    once("source repository", list(&spec["sourceRepos"]).iter().map(|url| text(url).to_owned()))?;
    once("role", list(&spec["roles"]).iter().map(|role| text(&role["name"]).to_owned()))?;
    let identity = |window: &Json| ["kind", "schedule", "duration"].map(|key| text(&window[key])).join(" ");
    once("window", list(&spec["syncWindows"]).iter().map(identity))?;
    for window in list(&spec["syncWindows"]) {
        let is_scoped = !list(&window["applications"]).is_empty();
        is_scoped.then_some(()).ok_or_else(|| format!("a window without applications: {window}"))?;
    }
    for role in list(&spec["roles"]) {
        let (policies, groups) = (list(&role["policies"]), list(&role["groups"]));
        is_role_name(text(&role["name"]))
            .then_some(())
            .ok_or_else(|| format!("not a valid name of a role: {role}"))?;
        once("policy", policies.iter().map(|policy| text(policy).to_owned()))?;
        once("group", groups.iter().map(|group| text(group).to_owned()))?;
        policies.iter().try_for_each(|policy| validate_policy(name, text(&role["name"]), text(policy)))?;
        groups.iter().try_for_each(|group| validate_group(text(group)))?;
    }
    Ok(())
}

/// The resource, action and effect of a policy.
pub(crate) fn grant(policy: &str) -> (&str, &str, &str) {
    let parts: Vec<_> = policy.split(',').map(|part| part.trim_matches(' ')).collect();
    (parts[2], parts[3], parts[5])
}

fn once(what: &str, all: impl Iterator<Item = String>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    all.into_iter().try_for_each(|one| {
        if seen.insert(one.clone()) { Ok(()) } else { Err(format!("the {what} `{one}` is listed twice")) }
    })
}

fn is_role_name(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let ends = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    name.bytes().all(inner) && ends(name.as_bytes().first()) && ends(name.as_bytes().last())
}

fn validate_policy(project: &str, role: &str, policy: &str) -> Result<(), String> {
    let parts: Vec<_> = policy.split(',').map(|part| part.trim_matches(' ')).collect();
    let [letter, subject, resource, action, object, effect] = parts[..] else {
        return Err(format!("not of six parts: {policy}"));
    };
    let object_is_own =
        object.strip_prefix(project).and_then(|rest| rest.strip_prefix('/')).is_some_and(is_object);
    let judged = [
        ("form", letter == "p"),
        ("subject", subject == format!("proj:{project}:{role}")),
        (
            "resource",
            ["applications", "applicationsets", "repositories", "exec", "logs", "clusters"]
                .contains(&resource),
        ),
        ("action", is_action(action)),
        ("object", object_is_own),
        ("effect", effect == "allow" || effect == "deny"),
    ];
    judged.iter().try_for_each(|(part, good)| {
        if *good { Ok(()) } else { Err(format!("the {part} of the policy `{policy}`")) }
    })
}

fn is_action(action: &str) -> bool {
    ["get", "create", "update", "delete", "sync", "override", "*"].contains(&action)
        || ["action/", "update/", "delete/"].iter().any(|part| action.contains(part))
}

fn is_object(name: &str) -> bool {
    !name.is_empty()
        && name.split('/').all(|part| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*_-.".contains(&byte))
        })
}

fn validate_group(group: &str) -> Result<(), String> {
    let trimmed = group.trim();
    let inner = trimmed.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let bare = inner.unwrap_or(trimmed);
    let good = !bare.is_empty()
        && !bare.contains(['"', '\n', '\r', '\t'])
        && (inner.is_some() || !bare.contains(','));
    good.then_some(()).ok_or_else(|| format!("not a valid name of a group: {group:?}"))
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}
