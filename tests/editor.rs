//! What an editor makes of the published schemas: the real yaml-language-server is asked for values, for
//! descriptions and for errors.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/language_server.rs"]
mod language_server;

use std::fs;

use language_server::LanguageServer;
use tempfile::TempDir;
use wharf::schema::{self, PUBLISHED};

/// The place that is asked about.
const CURSOR: char = '‸';

/// An editor with the schemas of this version.
struct Editor {
    server: LanguageServer,
    opened: usize,
    _folder: TempDir,
}

impl Editor {
    fn start() -> Option<Self> {
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("schema")).expect("a folder");
        for published in &PUBLISHED {
            let path = folder.path().join("schema").join(published.file);
            fs::write(path, schema::text(published)).expect("a schema");
        }
        let server = LanguageServer::start(folder.path())?;
        Some(Self { server, opened: 0, _folder: folder })
    }

    /// Opens a text; returns its name, the place of the cursor, and the errors.
    fn open(&mut self, schema: &str, text: &str) -> (String, usize, usize, Vec<String>) {
        self.opened += 1;
        let name = format!("{}.yml", self.opened);
        let text = format!("# yaml-language-server: $schema=schema/{schema}.schema.json\n{text}");
        let before = text.split(CURSOR).next().unwrap_or_default();
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        let errors = self.server.open(&name, &text.replace(CURSOR, ""));
        (name, line, column, errors)
    }

    /// The suggestions at the cursor.
    fn complete(&mut self, schema: &str, text: &str) -> Vec<(String, String)> {
        let (name, line, column, _) = self.open(schema, text);
        self.server.complete(&name, line, column)
    }

    /// What is shown at the cursor.
    fn hover(&mut self, schema: &str, text: &str) -> String {
        let (name, line, column, _) = self.open(schema, text);
        self.server.hover(&name, line, column)
    }

    /// Checks that these values are among the suggestions, and that each suggestion has a meaning.
    fn suggests(&mut self, schema: &str, text: &str, wanted: &[&str]) {
        let suggestions = self.complete(schema, text);
        for word in wanted {
            assert!(suggestions.iter().any(|(label, _)| label == word), "no `{word}` in {suggestions:?}");
        }
        assert!(suggestions.iter().all(|(_, meaning)| !meaning.is_empty()), "{suggestions:?}");
    }

    /// Checks the errors of a catalog.
    fn marks(&mut self, text: &str, wanted: &[&str]) {
        assert_eq!(self.open("applications", text).3, wanted, "{text}");
    }
}

#[test]
fn values_are_suggested_with_their_meaning() {
    let Some(mut editor) = Editor::start() else { return };
    let entry = "- namespace: web-notes\n";
    let profile = format!("{entry}  networkPolicies:\n    profile: ‸\n");
    editor.suggests("applications", &profile, &["web-app", "database", "none"]);
    let tier = format!("{entry}  tier: ‸\n  networkPolicies: {{profile: web-app}}\n");
    editor.suggests("applications", &tier, &["infrastructure", "platform", "apps"]);
    let policies = "  networkPolicies:\n    profile: web-app\n    egress:\n      - to: ‸\n";
    let peer = format!("{entry}{policies}");
    editor.suggests("applications", &peer, &["internet", "lan", "kube-apiserver"]);
    let receivers = editor.complete("applications", &peer);
    assert!(receivers.iter().all(|(label, _)| label != "webhook-caller"), "{receivers:?}");
    let caller = peer.replace("egress:\n      - to", "ingress:\n      - from");
    editor.suggests("applications", &caller, &["anywhere", "webhook-caller"]);
    let option = format!(
        "{entry}  networkPolicies: {{profile: web-app}}\n  applications:\n    - applicationCode: notes\n\
         {0}path: charts/notes\n{0}sync:\n{0}  options:\n{0}    - ‸\n",
        "      "
    );
    editor.suggests("applications", &option, &["ServerSideApply=true", "Prune=confirm"]);
    let level = format!("{entry}  podSecurity: ‸\n  networkPolicies: {{profile: web-app}}\n");
    editor.suggests("applications", &level, &["privileged", "baseline", "restricted"]);
    let rule = "findings:\n  allow:\n    - rule: ‸\n      reason: it is known\n";
    editor.suggests("platform", rule, &["rolling-tag", "missing-path"]);
}

#[test]
fn descriptions_are_shown_without_escapes() {
    let Some(mut editor) = Editor::start() else { return };
    let text = "- namespace: web-notes\n  podSec‸urity: baseline\n  networkPolicies: {profile: web-app}\n";
    let shown = editor.hover("applications", text);
    assert!(
        shown.contains(
            "The Pod Security level that the namespace enforces: `privileged`, `baseline`, `restricted`. \
             Default: the platform's `defaults.podSecurity`."
        ),
        "{shown}"
    );
    assert!(shown.contains("* `baseline`: Prevents known privilege escalations."), "{shown}");
    for text in ["- na‸mespace: web\n", "- namespace: web\n  owns‸Namespace: true\n"] {
        let shown = editor.hover("applications", text);
        assert!(shown.contains('`') && !shown.contains('\\') && !shown.contains("Example"), "{shown}");
    }
}

#[test]
fn what_check_refuses_by_its_keys_is_marked() {
    let Some(mut editor) = Editor::start() else { return };
    let entry = "- namespace: web-notes\n  networkPolicies: {profile: web-app}\n";
    let route = format!("{entry}  routes: [{{host: notes, service: notes, port: 80, auth: none}}]\n");
    editor.marks(&route, &["Missing property \"reason\"."]);
    editor.marks(&route.replace("none}", "none, reason: it is public}"), &[]);
    let chart =
        format!("{entry}  applications: [{{applicationCode: notes, chart: notes, repoURL: a.example}}]\n");
    editor.marks(&chart, &["Missing property \"targetRevision\"."]);
    editor.marks(&chart.replace("a.example", "a.example, targetRevision: 1.0.0"), &[]);
    let none = "- {namespace: web-notes, networkPolicies: {profile: none}}\n";
    editor.marks(none, &["Missing property \"reason\"."]);
    let edge =
        "- namespace: web\n  networkPolicies: {profile: web-app, egress: [{to: lan, cidr: 10.0.0.0/8}]}\n";
    assert_eq!(editor.open("applications", edge).3.len(), 1, "{:?}", editor.open("applications", edge).3);
}

#[test]
fn each_published_schema_has_an_entry_for_schema_store() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/integrations/schemastore/entries.json");
    let entries: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(path).expect("the entries")).expect("JSON");
    let entries = entries.as_array().expect("a list");
    assert_eq!(entries.len(), PUBLISHED.len());
    for (published, entry) in PUBLISHED.iter().zip(entries) {
        assert_eq!(entry["name"], format!("wharf {}", published.name));
        assert_eq!(entry["url"], format!("https://www.schemastore.org/wharf-{}.json", published.name));
        assert!(entry["fileMatch"][0].as_str().is_some_and(|glob| glob.starts_with("**/wharf/")), "{entry}");
    }
}
