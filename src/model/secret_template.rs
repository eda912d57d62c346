//! What the templates of a Secret read: the operator renders them, and nothing is rendered here.

use crate::catalog::{Secret, SecretTemplateFile};
use crate::diagnostics::suggestion::{did_you_mean, shorten};
use crate::diagnostics::{Finding, Location, Sink, rules};

/// Words that change what `.` means, or that define other templates.
const OPAQUE: [&str; 5] = ["block", "define", "range", "template", "with"];

pub(super) fn check(secret: &Secret, location: &Location, findings: &mut Sink) {
    let Some(template) = &secret.template else { return };
    for (index, file) in template.from.iter().enumerate() {
        findings.extend(check_file(file, &location.key("template").key("from").index(index)));
    }
    // the other values have names that only the store knows
    let is_known = secret.data_from.is_empty() && secret.find.is_empty() && secret.generators.is_empty();
    for (key, text) in &template.data {
        let location = location.key("template").key("data").key(key.0.clone());
        match actions(text) {
            None => findings.push(open(location)),
            Some(actions) if is_known && !actions.iter().any(|action| is_opaque(action)) => {
                findings.extend(unknown(secret, &actions, &location));
            }
            Some(_) => {}
        }
    }
}

/// One of both objects has the texts.
fn check_file(file: &SecretTemplateFile, location: &Location) -> Option<Finding> {
    if file.config_map.is_some() == file.secret.is_some() {
        let finding =
            rules::SECRET_TEMPLATE.at(location.clone(), "texts are from either a `configMap` or a `secret`");
        let finding = finding.note("External Secrets would make no Secret");
        return Some(finding.help("name one of both"));
    }
    file.keys.is_empty().then(|| {
        let finding = rules::SECRET_TEMPLATE.at(location.clone(), "no key is listed in `keys`");
        finding.note("nothing would be read from the object").help("list the keys that are texts")
    })
}

fn open(location: Location) -> Finding {
    let finding = rules::SECRET_TEMPLATE.at(location, "a `{{` of this text has no `}}`");
    finding.note("External Secrets could not render the text, and would make no Secret")
}

/// The first value that the text reads and that the Secret does not have. The operator renders with
/// `missingkey=error` (External Secrets 2.9, `template/v2`).
fn unknown(secret: &Secret, actions: &[&str], location: &Location) -> Option<Finding> {
    let keys = || secret.data.iter().map(|data| &*data.key);
    let read = actions.iter().flat_map(|action| fields(action));
    let name = read.into_iter().find(|name| !keys().any(|key| key == *name))?;
    let message = format!("this text reads `{}`, which is not a key of `data`", shorten(name));
    let finding = rules::SECRET_TEMPLATE.at(location.clone(), message);
    let finding = finding.note("External Secrets would report an error, and make no Secret");
    Some(finding.help_some(did_you_mean(name, keys())))
}

/// The texts between `{{` and `}}`; nothing if one is not closed.
fn actions(text: &str) -> Option<Vec<&str>> {
    let mut actions = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("{{") {
        let (action, next) = after.split_once("}}")?;
        actions.push(action);
        rest = next;
    }
    Some(actions)
}

fn is_opaque(action: &str) -> bool {
    let mut words = action.split(|char: char| !char.is_ascii_alphanumeric());
    action.contains(":=") || words.any(|word| OPAQUE.contains(&word))
}

/// The names behind a dot that begins a word, outside of strings: `password` of `.password | b64enc`.
fn fields(action: &str) -> Vec<&str> {
    let outside = action.split(['"', '`']).step_by(2);
    let words =
        outside.flat_map(|part| part.split(|char: char| char.is_whitespace() || "()|,".contains(char)));
    let field = |word: &'_ str| -> Option<usize> { word.starts_with('.').then_some(1) };
    let named = words.filter_map(|word| field(word).and_then(|start| word.get(start..)));
    named.map(|name| name.split('.').next().unwrap_or_default()).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::{actions, fields, is_opaque};

    #[test]
    fn fields_are_names_behind_a_dot() {
        assert_eq!(fields(" .password | b64enc "), ["password"]);
        assert_eq!(fields("printf \"%s.x\" (.user) .password.inner"), ["user", "password"]);
        assert_eq!(fields("index . \"a-b\""), [""; 0]);
        assert_eq!(fields("- .user -"), ["user"]);
    }

    #[test]
    fn actions_have_to_end() {
        assert_eq!(actions("a {{ .b }} {{.c}}"), Some(vec![" .b ", ".c"]));
        assert_eq!(actions("a {{ .b }"), None);
        assert_eq!(actions(""), Some(vec![]));
    }

    #[test]
    fn blocks_are_opaque() {
        assert!(is_opaque(" range .items "));
        assert!(is_opaque("- with .a"));
        assert!(!is_opaque(" .width "));
    }
}
