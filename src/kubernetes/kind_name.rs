//! Groups and kinds as others wrote them, compared with those that are known.

use super::kinds::{groups_of, named};
use crate::diagnostics::suggestion::either;

/// The group and the kind, for people: `apps/Deployment`, `Secret`.
pub fn title(group: &str, kind: &str) -> String {
    if group.is_empty() { kind.to_owned() } else { format!("{group}/{kind}") }
}

/// What to write instead of a group and kind that no object has; nothing if they may exist. Argo CD compares
/// both exactly, with patterns (Argo CD 3.5).
pub fn misspelt(group: &str, kind: &str) -> Option<String> {
    if group.contains(['*', '?', '[', '{']) || kind.contains(['*', '?', '[', '{']) {
        return None;
    }
    let groups: Vec<_> = groups_of(kind).collect();
    if let Some((group, _)) = group.split_once('/') {
        return Some(format!(
            "write the group without its version: `{}`",
            if group == "core" { "" } else { group }
        ));
    }
    if matches!(group, "core" | "v1") {
        return Some("write the core group as an empty string: `''`".into());
    }
    if group.is_empty() && !groups.is_empty() && !groups.contains(&"") {
        return Some(format!("write the group {}", either(groups)));
    }
    singular(kind)
}

/// The kind of a resource name such as `namespaces`.
fn singular(kind: &str) -> Option<String> {
    let is_lower = kind.chars().next().is_some_and(|char| char.is_ascii_lowercase());
    let known = named(kind).filter(|known| is_lower || *known != kind)?;
    Some(format!("write the kind `{known}`"))
}

#[cfg(test)]
mod tests {
    use super::misspelt;

    #[test]
    fn only_what_no_object_has_is_misspelt() {
        for (group, kind) in
            [("", "Secret"), ("apps", "Deployment"), ("*", "x"), ("example.com", "Thing"), ("", "Thing")]
        {
            assert_eq!(misspelt(group, kind), None, "{group}/{kind}");
        }
        for (group, kind) in
            [("core", "Secret"), ("apps/v1", "Deployment"), ("", "Deployment"), ("", "namespaces")]
        {
            assert!(misspelt(group, kind).is_some(), "{group}/{kind}");
        }
    }
}
