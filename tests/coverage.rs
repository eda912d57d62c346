//! `scripts/coverage`: its table names keys that exist, and covers whatever wharf renders itself.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn coverage(arguments: &[&str], folders: &[PathBuf]) -> String {
    let interpreter =
        env::var_os("WHARF_TEST_PYTHON").expect("WHARF_TEST_PYTHON is not set: run scripts/test");
    let mut command = Command::new(interpreter);
    command.arg(root().join("scripts/coverage")).args(arguments).args(folders);
    let output = command.output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The schema of a key below another schema, whatever lists and references are in between.
fn below<'s>(schema: &'s Value, key: &str, whole: &'s Value) -> Option<&'s Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        return below(whole.pointer(reference.trim_start_matches('#'))?, key, whole);
    }
    let mut alternatives = schema["anyOf"].as_array().into_iter().flatten().chain(schema.get("items"));
    schema["properties"].get(key).or_else(|| alternatives.find_map(|inner| below(inner, key, whole)))
}

#[test]
fn the_table_names_keys_that_exist() {
    let schema = |name: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(root().join("schema").join(name)).unwrap()).unwrap()
    };
    let (catalog, platform) = (schema("applications.schema.json"), schema("platform.schema.json"));
    let table = fs::read_to_string(root().join("scripts/coverage.yml")).unwrap();
    let table: BTreeMap<String, BTreeMap<String, Value>> = serde_yaml::from_str(&table).unwrap();
    for (kind, table) in table {
        let keys = table["keys"].as_object().unwrap();
        assert!(keys.len() > 9, "{kind}");
        for (field, key) in keys {
            let key = key.as_str().unwrap();
            let (whole, key) = key.strip_prefix("platform.").map_or((&catalog, key), |key| (&platform, key));
            let found = key.split('.').try_fold(whole, |schema, part| below(schema, part, whole));
            assert!(found.is_some(), "{kind}: {field}: there is no key {key}");
        }
    }
}

#[test]
fn whatever_wharf_renders_is_covered() {
    let cases =
        fs::read_dir(root().join("golden")).unwrap().map(|case| case.unwrap().path().join("rendered"));
    let cases: Vec<_> = cases.filter(|folder| folder.is_dir()).collect();
    let report: Value = serde_json::from_str(&coverage(&["--json"], &cases)).unwrap();
    let kinds = report["kinds"].as_object().unwrap();
    assert_eq!(kinds.len(), 7);
    for (kind, row) in kinds {
        assert!(row["objects"].as_u64() > Some(1), "{kind}: {row}");
        assert_eq!(row["gaps"], Value::Array(Vec::new()), "{kind}");
        assert_eq!(row["objects"], row["covered"], "{kind}");
    }
}

const MANIFESTS: &str = r"
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: notes}
spec:
  routes:
    - {kind: Rule, match: 'Host(`a.b`) && !Path(`/x`)', services: [{name: notes, port: 80}]}
---
apiVersion: v1
kind: List
items:
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: notes}
    spec: {hostnames: ['*.b'], rules: [{backendRefs: [{name: notes, port: 80}]}]}
  - apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata: {name: files, annotations: {argocd.argoproj.io/sync-wave: '1', 'a.b/c': x}}
    spec: {hostnames: [a.b], rules: [{backendRefs: [{name: files, port: 80}]}]}
";

const REPORT: &str = "\
| kind | objects covered | fields covered | uses covered |
| --- | --- | --- | --- |
| IngressRoute | 0 of 1 (0.0 %) | 6 of 7 (85.7 %) | 6 of 7 (85.7 %) |
| HTTPRoute | 1 of 2 (50.0 %) | 5 of 6 (83.3 %) | 9 of 10 (90.0 %) |

| kind | field without a key | objects | reason |
| --- | --- | --- | --- |
| IngressRoute | `spec.routes[].matcher[!Path]` | 1 | there is no key for it |
| HTTPRoute | `spec.hostnames[]` | 1 | a host is a name |

1 file is not YAML, such as a template of a chart, and is not counted.
";

#[test]
fn a_field_without_a_key_is_counted_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("routes.yaml"), MANIFESTS).unwrap();
    fs::write(folder.path().join("template.yaml"), "kind: {{ .Values.kind }}: x\n").unwrap();
    assert_eq!(coverage(&[], &[folder.path().to_owned()]), REPORT);
}
