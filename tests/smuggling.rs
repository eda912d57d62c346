//! What wharf prints holds exactly the objects that it knows of, also for Argo CD's reader, which is not a
//! YAML parser where it cuts.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use cli::wharf;

/// Texts and keys that hold whole documents.
const TEMPLATE: &str = r#"
{%- set object = "\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: smuggled}\n---\n" -%}
apiVersion: v1
kind: ConfigMap
metadata:
  name: texts
  annotations: {example.com/note: {{ object }}}
data:
  text: {{ object }}
  "---": {{ object | replace("\n", "\r\n") }}
  {{ object }}: "a"
  "--- {kind: Namespace}": |
    ---
    kind: Namespace
"---": {{ object }}
"--- {apiVersion: v1, kind: Namespace}": [{{ object }}]
"#;

/// The documents as Argo CD cuts them: at each line that begins with three dashes, whatever follows (Argo CD
/// 3.5, `SplitYAML`, and `splitYAMLDocument` of apimachinery 0.34).
fn documents(stream: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for line in stream.lines() {
        if line.starts_with("---") {
            documents.push(String::new());
        } else if let Some(document) = documents.last_mut() {
            document.push_str(line);
            document.push('\n');
        }
    }
    documents.retain(|document| document.lines().any(|line| !line.starts_with('#')));
    documents
}

#[test]
fn text_of_a_template_is_never_a_document() {
    let catalog = "- namespace: web-shop\n  networkPolicies: {profile: base}\n  templates: [{name: texts}]\n";
    let folder = cli::catalog(catalog);
    let plain = cli::catalog(&catalog.replace("  templates: [{name: texts}]\n", ""));
    let without = documents(&wharf(["render"]).within(&plain).succeeds().out).len();
    cli::write(folder.path().join("templates/texts.yml"), TEMPLATE);
    let stream = wharf(["render"]).within(&folder).succeeds().out;
    let documents = documents(&stream);
    assert_eq!(documents.len(), without + 1, "{stream}");
    let smuggled = documents.iter().filter(|document| document.contains("smuggled")).count();
    assert_eq!(smuggled, 1, "all of it is in the ConfigMap");
    assert_eq!(
        documents.iter().filter(|document| document.starts_with("apiVersion: v1\nkind: Namespace\n")).count(),
        1,
        "the namespace of the entry"
    );
}
