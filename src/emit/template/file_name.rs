//! The file of a kind that wharf does not render itself.

use crate::value::Text;

/// `PodDisruptionBudget` → `pod-disruption-budgets.yaml`
pub(super) fn of(kind: &str) -> Text {
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
