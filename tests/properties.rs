//! Properties of every catalog: those of the repository, and generated ones.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test reads the environment and may panic"
)]

#[path = "support/catalogs.rs"]
mod catalogs;
#[path = "support/intent.rs"]
mod intent;
#[path = "support/project.rs"]
mod project;
#[path = "support/python.rs"]
mod python;
#[path = "support/reach.rs"]
mod reach;
#[path = "support/runner.rs"]
mod runner;
#[path = "support/values.rs"]
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::LazyLock;

use catalogs::Catalog;
use serde_json::{Value as Json, json};
use wharf::compile::compile;
use wharf::inputs::Inputs;
use wharf::kubernetes::yaml;
use wharf::kubernetes::{Kind, Object};
use wharf::schema;
use wharf::schemas::{Schemas, to_json};
use wharf::tree::{self, HEADER, Tree};

/// A catalog and its output.
struct Rendered {
    catalog: Catalog,
    objects: Vec<Object>,
    tree: Tree,
    stream: String,
}

/// The output of `inputs`; nothing if they have errors.
fn try_render(inputs: &Inputs, threads: usize) -> Result<(Vec<Object>, Tree, String), String> {
    let threads = NonZeroUsize::new(threads).expect("a thread");
    let mut compiled = compile(inputs, threads);
    // what is left of a catalog without one of its entries may be disabled entries only
    compiled.allow_empty();
    if let Some(fault) = compiled.findings.iter().find(|finding| finding.is_error()) {
        let role = fault.location().file.role();
        return Err(format!("{}: {} at {} of {role:?}", fault.rule.name, fault.message, fault.location()));
    }
    let tree = tree::tree(&compiled.objects, threads);
    let mut stream = String::new();
    let Ok(()) = tree::stream(&compiled.objects, threads, |piece| {
        stream.push_str(piece);
        Ok::<(), Infallible>(())
    });
    Ok((compiled.objects, tree, stream))
}

fn rendered(catalog: Catalog) -> Rendered {
    let (objects, tree, stream) = try_render(&catalog.inputs(), 1)
        .unwrap_or_else(|fault| panic!("a generated catalog has errors: {fault}"));
    Rendered { catalog, objects, tree, stream }
}

/// The catalogs of the repository without errors, and one of a thousand entries.
static REPOSITORY: LazyLock<Vec<Rendered>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (case, inputs) in catalogs::without_errors() {
        let (objects, tree, stream) =
            try_render(&inputs, 1).unwrap_or_else(|fault| panic!("{}: {fault}", case.name));
        let catalog =
            catalogs::of_inputs(&case.name, &inputs).expect("a catalog that can be rendered can be parsed");
        all.push(Rendered { catalog, objects, tree, stream });
    }
    all.extend(runner::samples(1, catalogs::large(1000)).into_iter().map(rendered));
    all
});

/// Generated catalogs, which all properties share.
static GENERATED: LazyLock<Vec<Rendered>> =
    LazyLock::new(|| runner::samples(40, catalogs::any_catalog()).into_iter().map(rendered).collect());

/// The namespace that a role is for: that of its name in a project of several entries, or else the one whose
/// entry has the project `name`, by the pattern of the catalog itself.
fn namespace_of(name: &str, role: &Json, catalog: &Catalog) -> String {
    if let Some((_, namespace)) = role["name"].as_str().and_then(|role| role.split_once('-')) {
        return namespace.to_owned();
    }
    let pattern = catalog.platform["patterns"]["appProject"].as_str().unwrap_or("{{ namespace }}");
    let namespaces = catalog.entries.iter().filter_map(|entry| entry["namespace"].as_str());
    let mut owners = namespaces.filter(|namespace| pattern.replace("{{ namespace }}", namespace) == name);
    owners.next().expect("an entry with this project").to_owned()
}

/// Whether another entry calls a host of this one by its public name.
fn is_called_by_host(catalog: &Catalog, namespace: &str) -> bool {
    let (own, others): (Vec<_>, Vec<_>) =
        catalog.entries.iter().partition(|entry| entry["namespace"] == namespace);
    let list = |value: &Json| value.as_array().cloned().unwrap_or_default();
    let hosts: Vec<_> =
        own.iter().flat_map(|entry| list(&entry["routes"])).map(|route| route["host"].clone()).collect();
    let edges = others.iter().flat_map(|entry| list(&entry["networkPolicies"]["egress"]));
    edges.into_iter().any(|edge| hosts.contains(&edge["host"]))
}

/// Whether entries have a project in common, which then permits what each of them needs.
fn shares_projects(catalog: &Catalog) -> bool {
    let mut seen = BTreeSet::new();
    let by_default = catalog.platform["defaults"]["project"]["name"].as_str();
    let names = catalog.entries.iter().filter_map(|entry| entry["project"]["name"].as_str().or(by_default));
    names.into_iter().any(|name| !seen.insert(name))
}

/// Checks a property for every catalog of the repository, and for some that are generated.
fn everywhere(generated: usize, law: impl Fn(&Rendered)) {
    for rendered in REPOSITORY.iter() {
        println!("{}", rendered.catalog.name);
        law(rendered);
    }
    let generate = || {
        let cases = generated.try_into().expect("a few cases");
        runner::check(cases, catalogs::any_catalog(), |catalog| law(&rendered(catalog)));
    };
    if runner::searches_further() {
        generate();
    } else {
        runner::or_simpler(|| GENERATED[..generated].iter().for_each(&law), generate);
    }
}

fn assert_same_tree(one: &Tree, other: &Tree) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>(), "the same files");
    for (path, text) in one {
        assert_eq!(text, &other[path], "{path}");
    }
}

fn jsons(rendered: &Rendered) -> Vec<Json> {
    rendered.objects.iter().map(to_json).collect()
}

/// The keys of a schema, each with those above it.
fn properties(node: &Json, root: &Json, path: &str, found: &mut BTreeSet<String>) {
    let node = node["$ref"]
        .as_str()
        .and_then(|reference| root.pointer(reference.trim_start_matches('#')))
        .unwrap_or(node);
    for (key, below) in node["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{key}");
        found.insert(path.clone());
        properties(below, root, &path, found);
    }
    for (key, name) in [("items", "[]"), ("additionalProperties", ".*")] {
        if node[key].is_object() {
            properties(&node[key], root, &format!("{path}{name}"), found);
        }
    }
}

/// The keys that `json` uses, in the spelling of [`properties`].
fn used(json: &Json, known: &BTreeSet<String>, path: &str, found: &mut BTreeSet<String>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| used(item, known, &format!("{path}[]"), found)),
        Json::Object(pairs) => {
            for (key, value) in pairs {
                let named = format!("{path}.{key}");
                let path = if known.contains(&named) { named } else { format!("{path}.*") };
                used(value, known, &path, found);
                found.insert(path);
            }
        }
        _ => {}
    }
}

#[test]
fn generated_catalogs_use_every_key() {
    let catalogs = runner::samples(700, catalogs::any_catalog());
    let documents: [Vec<Json>; 3] = [
        catalogs.iter().map(|catalog| catalog.entries.clone().into()).collect(),
        catalogs.iter().map(|catalog| catalog.platform.clone()).collect(),
        catalogs.iter().flat_map(|catalog| catalog.profiles.values().cloned()).collect(),
    ];
    for (published, documents) in schema::PUBLISHED.iter().zip(documents) {
        let root = (published.structure)();
        let (mut known, mut found) = (BTreeSet::new(), BTreeSet::new());
        properties(&root, &root, "", &mut known);
        for document in &documents {
            used(document, &known, "", &mut found);
        }
        let unused: Vec<_> = known.difference(&found).collect();
        assert!(
            known.len() > 5 && unused.is_empty(),
            "tests/support/catalogs.rs never writes these keys of {}: {unused:#?}",
            published.file
        );
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    everywhere(30, |rendered| {
        let (_, tree, stream) = try_render(&rendered.catalog.inputs(), 1).expect("no error");
        assert_same_tree(&rendered.tree, &tree);
        assert_eq!(rendered.stream, stream);
    });
}

#[test]
fn the_order_of_entries_does_not_matter() {
    everywhere(30, |rendered| {
        let mut catalog = rendered.catalog.clone();
        for step in 0..3 {
            match step {
                0 => catalog.entries.reverse(),
                1 => catalog.entries.sort_by_key(|entry| entry["namespace"].to_string()),
                _ => catalog.entries.rotate_left(rendered.catalog.entries.len() / 2),
            }
            let (_, tree, stream) = try_render(&catalog.inputs(), 1).expect("no error");
            assert_same_tree(&rendered.tree, &tree);
            assert_eq!(rendered.stream, stream);
        }
    });
}

#[test]
fn the_number_of_threads_does_not_matter() {
    everywhere(10, |rendered| {
        for threads in [2, 3] {
            let (_, tree, stream) = try_render(&rendered.catalog.inputs(), threads).expect("no error");
            assert_same_tree(&rendered.tree, &tree);
            assert_eq!(rendered.stream, stream);
        }
    });
    // One that is large enough for several threads.
    let mut large = runner::samples(1, catalogs::large(1200));
    let mut large = rendered(large.remove(0));
    assert!(large.objects.len() > 8192, "{} objects are enough for several threads", large.objects.len());
    for threads in [2, 3] {
        let (_, tree, stream) = try_render(&large.catalog.inputs(), threads).expect("no error");
        assert_same_tree(&large.tree, &tree);
        assert!(large.stream == stream, "the stream of {threads} threads");
    }
    large.catalog.entries.reverse();
    let (_, tree, stream) = try_render(&large.catalog.inputs(), 3).expect("no error");
    assert_same_tree(&large.tree, &tree);
    assert!(large.stream == stream, "the stream of the reversed catalog");
}

/// The namespaces of entries with an application that waits for one of `namespace`, directly or indirectly.
fn dependants<'c>(catalog: &'c Catalog, namespace: &str) -> BTreeSet<&'c str> {
    let mut found = BTreeSet::new();
    let mut codes: BTreeSet<&str> = BTreeSet::new();
    for entry in catalog.entries.iter().filter(|entry| entry["namespace"] == namespace) {
        codes.extend(
            entry["applications"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|application| application["applicationCode"].as_str()),
        );
    }
    loop {
        let before = codes.len();
        for entry in &catalog.entries {
            for application in entry["applications"].as_array().into_iter().flatten() {
                let waits = application["dependsOn"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|code| codes.contains(code.as_str().unwrap_or_default()));
                if waits {
                    codes.insert(application["applicationCode"].as_str().unwrap_or_default());
                    found.insert(entry["namespace"].as_str().unwrap_or_default());
                }
            }
        }
        if codes.len() == before {
            return found;
        }
    }
}

/// The catalog without an entry, and without what other entries refer to it by.
fn without(catalog: &Catalog, namespace: &str) -> Catalog {
    let gone: Vec<Json> =
        catalog.entries.iter().filter(|entry| entry["namespace"] == namespace).cloned().collect();
    let codes: BTreeSet<&str> = gone
        .iter()
        .flat_map(|entry| entry["applications"].as_array().into_iter().flatten())
        .filter_map(|application| application["applicationCode"].as_str())
        .collect();
    let mut rest = catalog.clone();
    // a template that is no longer used would be an error
    if let Some(severity) = rest.platform.pointer_mut("/findings/severity").and_then(Json::as_object_mut) {
        severity.remove("unused-template");
    }
    rest.entries.retain(|entry| entry["namespace"] != namespace);
    for entry in &mut rest.entries {
        if let Some(edges) = entry["networkPolicies"].get_mut("egress").and_then(Json::as_array_mut) {
            edges.retain(|edge| edge["namespace"] != namespace);
        }
        for application in entry.get_mut("applications").and_then(Json::as_array_mut).into_iter().flatten() {
            if let Some(needs) = application.get_mut("dependsOn").and_then(Json::as_array_mut) {
                needs.retain(|code| !codes.contains(code.as_str().unwrap_or_default()));
            }
        }
    }
    rest
}

/// The policies of other entries that exist because of this one: for edges between both, and for the
/// ingress controller to reach the machine or the node of its routes.
fn shared_policies(namespace: &str) -> [String; 8] {
    [
        format!("allow-to-namespace-{namespace}"),
        format!("allow-from-namespace-{namespace}"),
        "allow-to-cidr-192.168.1.245-32".into(),
        "allow-to-cidr-192.168.1.10-32".into(),
        "allow-to-cidr-192.168.1.20-32".into(),
        "allow-to-cidr-fd00--30-128".into(),
        "allow-to-cidr-fd00--31-128".into(),
        "allow-to-nodes".into(),
    ]
}

/// The objects of a stream whose names do not contain `namespace`.
fn others(objects: &[Object], namespace: &str, waiting: &BTreeSet<&str>) -> BTreeMap<String, Json> {
    let shared = shared_policies(namespace);
    let mut all = BTreeMap::new();
    for object in objects.iter().filter(|object| object.folder.as_str() != namespace) {
        let is_shared = |name: &String| {
            let rest = object.name.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("-from-") || rest.starts_with("-to-"))
        };
        let is_policy = matches!(object.kind, Kind::NetworkPolicy | Kind::CiliumNetworkPolicy);
        let policy = is_policy && shared.iter().any(is_shared);
        let moved = object.kind == Kind::Application && waiting.contains(object.folder.as_str());
        if !policy && !moved {
            all.insert(format!("{:?} {:?} {}", object.kind, object.namespace, object.name), to_json(object));
        }
    }
    all
}

#[test]
fn removing_an_entry_changes_no_other_entry() {
    let law = |rendered: &Rendered| {
        let catalog = &rendered.catalog;
        let namespaces = catalog.namespaces();
        if shares_projects(catalog) {
            return;
        }
        let candidates: Vec<_> = namespaces.iter().step_by(1 + namespaces.len() / 4).collect();
        for namespace in candidates.into_iter().filter(|_| namespaces.len() > 1) {
            if is_called_by_host(catalog, namespace) {
                continue;
            }
            let rest = without(catalog, namespace);
            let (objects, tree, _) =
                try_render(&rest.inputs(), 1).unwrap_or_else(|fault| panic!("without {namespace}: {fault}"));
            let waiting = dependants(catalog, namespace);
            let (before, after) =
                (others(&rendered.objects, namespace, &waiting), others(&objects, namespace, &waiting));
            assert_eq!(before, after, "without {namespace}");
            // Files of entries that had no edge in common with it stay as they are, byte for byte.
            for (path, text) in &tree {
                let folder = path.split('/').next().unwrap_or_default();
                let edges = shared_policies(namespace);
                let names = ["\n", "-from-", "-to-"];
                let has = |text: &String, name: &String| {
                    names.iter().any(|end| text.contains(&format!("{name}{end}")))
                };
                let touched =
                    rendered.tree.get(path).is_none_or(|text| edges.iter().any(|name| has(text, name)));
                if folder != *namespace
                    && !touched
                    && !(path.ends_with("/applications.yaml") && waiting.contains(folder))
                {
                    assert_eq!(Some(text), rendered.tree.get(path), "{path} without {namespace}");
                }
            }
        }
    };
    everywhere(25, law);
}

#[test]
fn parsers_of_both_yaml_versions_read_the_same() {
    let mut all: Vec<(String, Json)> = Vec::new();
    let generated: Vec<_> = runner::samples(10, catalogs::sized(12)).into_iter().map(rendered).collect();
    for rendered in REPOSITORY.iter().chain(&generated) {
        all.push((rendered.stream.clone(), jsons(rendered).into()));
    }
    let texts: Vec<_> = all.iter().map(|(text, _)| text.clone()).collect();
    for (reading, (_, meant)) in python::read(&texts).iter().zip(&all) {
        for read in [&reading.yaml11, &reading.yaml12] {
            let pairs = read.as_array().expect("documents").iter().zip(meant.as_array().expect("objects"));
            pairs.for_each(|(read, meant)| {
                assert!(values::same(read, meant), "read: {read:#}\nmeant: {meant:#}");
            });
            assert!(values::same(read, meant), "as many documents as objects");
        }
    }
}

#[test]
fn files_contain_the_objects_of_the_stream() {
    everywhere(15, |rendered| {
        let mut documents = Vec::new();
        for (path, text) in &rendered.tree {
            let body = text.strip_prefix(HEADER).unwrap_or_else(|| panic!("{path} begins with the header"));
            documents.extend(
                body.split("\n---\n")
                    .map(|document| document.trim_start_matches("---\n").trim_end().to_owned()),
            );
        }
        let mut stream: Vec<_> = rendered
            .stream
            .split("\n---\n")
            .map(|document| document.trim_start_matches("---\n").trim_end().to_owned())
            .collect();
        documents.sort();
        stream.sort();
        assert_eq!(documents, stream);
    });
}

#[test]
fn no_line_ends_in_whitespace() {
    everywhere(25, |rendered| {
        for text in rendered.tree.values().chain([&rendered.stream]) {
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"));
            for line in text.lines() {
                assert!(!line.ends_with([' ', '\t', '\r']), "trailing whitespace in {line:?}");
                assert!(!line.starts_with('\t'), "a tab for indentation in {line:?}");
            }
        }
    });
}

#[test]
fn our_own_parser_reads_the_same() {
    everywhere(15, |rendered| {
        for object in &rendered.objects {
            let mut text = String::new();
            yaml::write_object(&mut text, object);
            let source = wharf::inputs::Source::new("object.yaml", text.clone());
            let read = catalogs::json(&source).unwrap_or_else(|| panic!("no finding in\n{text}"));
            assert!(values::same(&read, &to_json(object)), "{text}");
            let mut again = String::new();
            yaml::write_value(&mut again, &catalogs::value(&read));
            assert_eq!(text, again, "written again");
        }
    });
}

/// The schemas of objects, and the kinds that are found in each.
static SCHEMAS: LazyLock<[Schemas; 2]> = LazyLock::new(|| {
    let read = |folder: &Path| Schemas::read(folder).unwrap_or_else(|trouble| panic!("{trouble}"));
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
    [read(&python::kubernetes_schemas()), read(&own)]
});

/// The violations of the schemas by objects; a kind without a schema is an error.
fn violations(objects: &[Object]) -> Vec<String> {
    let mut said = Vec::new();
    let (mut kinds, mut unchecked): (BTreeSet<Kind>, Vec<String>) =
        (objects.iter().map(|object| object.kind).collect(), Vec::new());
    for kind in std::mem::take(&mut kinds) {
        let objects: Vec<_> = objects.iter().filter(|object| object.kind == kind).cloned().collect();
        let answers = SCHEMAS.each_ref().map(|schemas| schemas.check(&objects));
        let knows = |answer: &Vec<wharf::diagnostics::Finding>| {
            answer.iter().all(|finding| finding.rule.name != "missing-schema")
        };
        if !answers.iter().any(knows) {
            let name = objects.iter().find(|object| object.kind == kind).map(Object::kind_name);
            unchecked.push(format!("no schema knows the kind {kind:?} {name:?}"));
        }
        for answer in answers.iter().filter(|answer| knows(answer)) {
            said.extend(
                answer.iter().map(|finding| format!("{} {}", finding.message, finding.labels[0].text)),
            );
        }
    }
    said.extend(unchecked);
    said
}

/// API groups of kinds in the templates of `golden/`: their contents are the user's, and there is no schema
/// for them here.
const OF_USERS: [&str; 3] = ["k8up.io/", "kyverno.io/", "backup.example.com/"];

#[test]
fn every_object_matches_its_strict_schema() {
    everywhere(40, |rendered| {
        // its hosts are what a plugin replaces
        if rendered.catalog.name == "platform-passthrough" {
            return;
        }
        let is_users = |object: &Object| OF_USERS.iter().any(|group| object.api_version().starts_with(group));
        let objects: Vec<_> = rendered.objects.iter().filter(|object| !is_users(object)).cloned().collect();
        let said = violations(&objects);
        assert!(said.is_empty(), "{said:#?}");
    });
}

#[test]
fn the_schemas_are_strict() {
    let catalogs = runner::samples(400, catalogs::any_catalog()).into_iter().map(rendered);
    let (mut seen, all) = (BTreeSet::new(), Kind::ALL.len() + 1);
    for object in catalogs.flat_map(|rendered| rendered.objects) {
        if seen.len() == all {
            break;
        }
        if seen.insert(object.kind) {
            let mut wrong = object.clone();
            let body = wrong.body.content().clone().with("nonsense", "x");
            wrong = wrong.body(body);
            assert_eq!(violations(&[wrong]).len(), 1, "an unknown key in {:?}", object.kind);
        }
    }
    assert_eq!(seen.len(), all, "all kinds are generated: {seen:?}");
}

#[test]
fn no_two_objects_have_the_same_identity() {
    everywhere(25, |rendered| {
        let mut seen = BTreeSet::new();
        for object in &rendered.objects {
            assert!(seen.insert(object.identity()), "{:?}", object.identity());
        }
    });
}

/// Keys whose empty value has a meaning, by their paths.
const MEANINGFUL_IF_EMPTY: [&str; 2] = ["spec.syncPolicy.automated", "spec.syncPolicy.retry"];

fn zero_values(json: &Json, path: &str, found: &mut Vec<String>) {
    let zero = match json {
        // a pointer in Argo CD, which keeps `false`
        Json::Bool(false) => path != "spec.orphanedResources.warn",
        Json::Null => true,
        Json::String(text) => {
            text.is_empty() && !path.ends_with("[].group") && !path.ends_with("info[].value")
        }
        Json::Array(items) => {
            for item in items {
                zero_values(item, &format!("{path}[]"), found);
            }
            items.is_empty()
        }
        Json::Object(pairs) => {
            for (key, value) in pairs.iter().filter(|(key, _)| *key != "valuesObject") {
                zero_values(value, &format!("{path}.{key}"), found);
            }
            pairs.is_empty() && !MEANINGFUL_IF_EMPTY.contains(&path)
        }
        _ => false,
    };
    // The values of Kustomize's labels and annotations are not Go fields.
    if zero && !path.contains(".kustomize.common") {
        found.push(path.to_owned());
    }
}

#[test]
fn argo_cd_finds_nothing_to_drop() {
    everywhere(40, |rendered| {
        for object in rendered
            .objects
            .iter()
            .filter(|object| matches!(object.kind, Kind::Application | Kind::AppProject))
        {
            let mut found = Vec::new();
            zero_values(&to_json(object)["spec"], "spec", &mut found);
            assert!(found.is_empty(), "{} has zero values at {found:?}", object.name);
        }
    });
}

#[test]
fn argo_cd_accepts_every_project() {
    everywhere(40, |rendered| {
        for object in rendered.objects.iter().filter(|object| object.kind == Kind::AppProject) {
            let project = to_json(object);
            assert_eq!(project::validate(&project), Ok(()), "{project:#}");
            let roles = project["spec"]["roles"].as_array().into_iter().flatten();
            let policies = roles.flat_map(|role| {
                let policies = role["policies"].as_array().into_iter().flatten();
                policies.map(move |policy| (role, policy))
            });
            for (role, policy) in policies {
                let namespace = namespace_of(&object.name, role, &rendered.catalog);
                let (resource, action, effect) = project::grant(policy.as_str().expect("a policy"));
                // Only the catalog creates, changes and deletes Applications, and only the repository defines
                // their contents.
                let beyond =
                    ["create", "update", "delete", "override", "*"].contains(&action) && resource != "exec";
                assert!(!beyond && effect == "allow", "{policy}");
                // Argo CD deletes with its own permissions, so the namespace is required.
                let narrow = !action.starts_with("delete/") || action.ends_with(&format!("/{namespace}/*"));
                assert!(narrow && !action.starts_with("update/"), "{policy}");
            }
        }
    });
}

#[test]
fn argo_cd_rejects_policies_without_effect() {
    let project = |role: Json| json!({ "metadata": { "name": "web" }, "spec": { "roles": [role] } });
    let role = |policy: &str| json!({ "name": "viewer", "policies": [policy], "groups": ["family"] });
    assert_eq!(
        project::validate(&project(role("p, proj:web:viewer, applications, get, web/*, allow"))),
        Ok(())
    );
    let faulty = [
        "p, proj:web:viewer, applications, get, web/*",
        "p, proj:web:viewer, applications, get, web/*, allow, x",
        "g, proj:web:viewer, applications, get, web/*, allow",
        "p, proj:other:viewer, applications, get, web/*, allow",
        "p, proj:web:editor, applications, get, web/*, allow",
        "p, proj:web:viewer, projects, get, web/*, allow",
        "p, proj:web:viewer, applications, restart, web/*, allow",
        "p, proj:web:viewer, applications, get, other/*, allow",
        "p, proj:web:viewer, applications, get, *, allow",
        "p, proj:web:viewer, applications, get, web/*, yes",
    ];
    for policy in faulty {
        assert!(project::validate(&project(role(policy))).is_err(), "{policy}");
    }
    for name in ["", "-viewer", "viewer_", "the viewer", "viewer:all"] {
        assert!(project::validate(&project(json!({ "name": name }))).is_err(), "{name}");
    }
    for groups in [json!(["a", "a"]), json!([""]), json!(["a,b"]), json!(["a\tb"]), json!(["a\"b"])] {
        assert!(
            project::validate(&project(json!({ "name": "viewer", "groups": groups }))).is_err(),
            "{groups}"
        );
    }
}

#[test]
fn groups_have_the_roles_of_the_catalog() {
    everywhere(40, |rendered| {
        let prefix = rendered.catalog.platform["access"]["groupPrefix"].as_str().unwrap_or_default();
        let cluster_role = |role: &Json| match role.as_str() {
            Some("viewer" | "view") => "view",
            Some("editor" | "edit") => "edit",
            _ => "admin",
        };
        let (mut declared, mut bound, mut in_argo_cd) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for entry in rendered.catalog.entries.iter().filter(|entry| entry["enabled"] != false) {
            for access in entry["access"].as_array().into_iter().flatten() {
                let group = access["group"].as_str().expect("a group").to_owned();
                declared.insert((entry["namespace"].to_string(), cluster_role(&access["role"]), group));
            }
        }
        for json in jsons(rendered) {
            let subjects = json["subjects"].as_array().into_iter().flatten();
            bound.extend(subjects.map(|subject| {
                let name = subject["name"]
                    .as_str()
                    .and_then(|name| name.strip_prefix(prefix))
                    .expect("a group with its prefix");
                (
                    json["metadata"]["namespace"].to_string(),
                    cluster_role(&json["roleRef"]["name"]),
                    name.to_owned(),
                )
            }));
            for role in json["spec"]["roles"].as_array().into_iter().flatten() {
                let groups = role["groups"].as_array().into_iter().flatten().filter_map(Json::as_str);
                let project = json["metadata"]["name"].as_str().expect("a name");
                let namespace = Json::from(namespace_of(project, role, &rendered.catalog)).to_string();
                let name = role["name"].as_str().and_then(|name| name.split('-').next());
                let role = cluster_role(&name.into());
                in_argo_cd.extend(groups.map(|group| (namespace.clone(), role, group.to_owned())));
            }
        }
        assert_eq!(declared, in_argo_cd);
        assert_eq!(declared, bound);
    });
}

#[test]
fn secrets_are_rendered_where_they_are_needed() {
    everywhere(40, |rendered| {
        let identity = |namespace: &Json, name: &Json| {
            format!("{} {}", namespace.as_str().unwrap_or_default(), name.as_str().unwrap_or_default())
        };
        let pull = &rendered.catalog.platform["secrets"]["imagePullSecret"]["name"];
        let (mut wanted, mut pulling) = (BTreeSet::new(), BTreeSet::new());
        for entry in rendered.catalog.entries.iter().filter(|entry| entry["enabled"] != false) {
            let stored = entry["secrets"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|secret| secret["source"].is_null() || secret["source"] == "store");
            wanted.extend(stored.map(|secret| identity(&entry["namespace"], &secret["name"])));
            let by_default = entry["ownsNamespace"] != false;
            if pull.is_string() && entry["imagePullSecret"].as_bool().unwrap_or(by_default) {
                wanted.insert(identity(&entry["namespace"], pull));
                pulling.insert(entry["namespace"].to_string());
            }
        }
        let mut made = BTreeSet::new();
        for json in jsons(rendered) {
            let metadata = &json["metadata"];
            if json["kind"] == "ExternalSecret" {
                made.insert(identity(&metadata["namespace"], &metadata["name"]));
            } else if json["kind"] == "ServiceAccount" {
                let names =
                    pulling.contains(&metadata["namespace"].to_string()).then(|| json!([{ "name": pull }]));
                assert_eq!(json["imagePullSecrets"], names.unwrap_or_default(), "{json}");
            }
            assert_ne!(json["kind"], "Secret", "no value is ever written");
        }
        assert_eq!(wanted, made);
    });
}

#[test]
fn no_application_waits_for_a_secret_that_waits_for_it() {
    everywhere(40, |rendered| {
        let tiers = rendered.catalog.platform["tiers"].as_array().map_or(3, Vec::len);
        let (mut secrets, mut applications): (BTreeMap<&str, i32>, BTreeMap<&str, i32>) =
            (BTreeMap::new(), BTreeMap::new());
        for object in &rendered.objects {
            match object.kind {
                Kind::ExternalSecret | Kind::ExternalSecretBeta => {
                    secrets.insert(object.folder.as_str(), object.wave);
                }
                Kind::Application => {
                    let first = applications.entry(object.folder.as_str()).or_insert(object.wave);
                    *first = object.wave.min(*first);
                }
                _ => {}
            }
        }
        for (namespace, wave) in secrets {
            let first = applications.get(namespace).copied().unwrap_or(wave);
            // The first of several tiers cannot have the operator yet; `late-secret` warns about it.
            assert!(
                wave <= first || first < 100 && wave == 100 && tiers > 1,
                "{namespace}: {wave} is after {first}"
            );
            assert!(wave >= 100 || tiers == 1, "{namespace}: {wave} is before the operator");
        }
    });
}

#[test]
fn whatever_is_not_allowed_is_denied_first() {
    everywhere(25, |rendered| {
        let mut by_namespace: BTreeMap<String, Vec<Json>> = BTreeMap::new();
        for object in rendered.objects.iter().filter(|object| object.kind == Kind::NetworkPolicy) {
            by_namespace.entry(object.folder.to_string()).or_default().push(to_json(object));
        }
        for entry in rendered.catalog.entries.iter().filter(|entry| entry["enabled"] != false) {
            let namespace = entry["namespace"].as_str().expect("a namespace");
            let policies = by_namespace.remove(namespace).unwrap_or_default();
            if entry["networkPolicies"]["profile"] == "none" {
                assert!(policies.is_empty(), "{namespace} has no policies");
                continue;
            }
            assert_eq!(policies[0]["metadata"]["name"], "default-deny", "the first of {namespace}");
            assert_eq!(
                policies[0]["spec"],
                json!({ "podSelector": {}, "policyTypes": ["Ingress", "Egress"] })
            );
            for policy in &policies {
                let types: Vec<_> = policy["spec"]["policyTypes"]
                    .as_array()
                    .expect("policyTypes")
                    .iter()
                    .filter_map(Json::as_str)
                    .collect();
                assert!(!types.is_empty());
                // A direction with rules that is not in `policyTypes` would allow nothing; the opposite
                // denies everything.
                assert!(policy["spec"].get("ingress").is_none() || types.contains(&"Ingress"), "{policy}");
                assert!(policy["spec"].get("egress").is_none() || types.contains(&"Egress"), "{policy}");
            }
        }
        assert!(by_namespace.is_empty(), "policies of no entry: {:?}", by_namespace.keys());
    });
}

#[test]
fn labels_and_annotations_are_strings() {
    everywhere(25, |rendered| {
        for json in jsons(rendered) {
            let metadata = &json["metadata"];
            assert_eq!(metadata["labels"]["app.kubernetes.io/managed-by"], "wharf");
            for map in [&metadata["labels"], &metadata["annotations"]] {
                assert!(map.as_object().expect("a mapping").values().all(Json::is_string), "{metadata}");
            }
        }
    });
}

/// The entry points of a router of Traefik, and whether it sets `tls`.
fn router(object: &Object) -> Option<(Vec<String>, bool)> {
    let json = to_json(object);
    let annotations = &json["metadata"]["annotations"];
    let annotation = |key: &str| annotations[format!("traefik.ingress.kubernetes.io/router.{key}")].as_str();
    match object.kind {
        Kind::IngressRoute => {
            let names = json["spec"]["entryPoints"]
                .as_array()
                .expect("entry points")
                .iter()
                .filter_map(Json::as_str)
                .map(str::to_owned)
                .collect();
            Some((names, json["spec"].get("tls").is_some()))
        }
        Kind::Ingress => {
            let names = annotation("entrypoints")?.split(',').map(str::to_owned).collect();
            Some((names, annotation("tls").or_else(|| annotation("tls.certresolver")).is_some()))
        }
        _ => None,
    }
}

#[test]
fn no_route_demands_tls_where_there_is_none() {
    everywhere(40, |rendered| {
        let points =
            rendered.catalog.platform["routing"]["entryPoints"].as_array().cloned().unwrap_or_default();
        let plain: BTreeSet<_> = points
            .iter()
            .filter(|point| point["tls"] == false)
            .filter_map(|point| point["name"].as_str())
            .collect();
        for object in &rendered.objects {
            if let Some((names, tls)) = router(object) {
                assert!(!names.is_empty(), "without entry points a route is on all of them");
                assert!(!tls || !names.iter().any(|name| plain.contains(name.as_str())), "{}", object.name);
            }
        }
    });
}

#[test]
fn objects_are_in_the_order_in_which_they_are_applied() {
    everywhere(25, |rendered| {
        let order: Vec<_> =
            rendered.objects.iter().map(|object| (object.wave, object.kind, &object.folder)).collect();
        assert!(order.is_sorted(), "by wave, kind and folder");
        for object in &rendered.objects {
            assert_eq!(
                to_json(object)["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"],
                object.wave.to_string()
            );
        }
    });
}

#[test]
fn policies_allow_what_was_declared() {
    let law = |rendered: &Rendered| {
        let objects = jsons(rendered);
        let catalog = rendered.catalog.with_locked_ports();
        let intent = intent::Intent::new(&catalog);
        let policies = reach::Policies::new(&objects, intent.identities().cloned());
        let (ends, ports) = (intent.ends(), intent.ports());
        // All pairs of a large catalog with all ports would take minutes.
        let budget = 8_000;
        let stride = 1 + ends.len() * ends.len() * ports.len() / budget;
        let mut allowed = 0;
        let pairs = ends.iter().flat_map(|from| ends.iter().map(move |to| (from, to)));
        let trials = pairs.flat_map(|pair| ports.iter().map(move |port| (pair, port)));
        for ((from, to), port) in trials.step_by(stride) {
            let (meant, is) = (intent.allows(from, to, port), policies.allow(from, to, port));
            assert_eq!(meant, is, "declared: {meant}, allowed: {is}\n{from:?}\n{to:?}\n{port:?}");
            allowed += usize::from(is);
        }
        assert!(
            allowed > 0 && allowed < ends.len() * ends.len() * ports.len(),
            "something is allowed, and something is not"
        );
    };
    for rendered in REPOSITORY.iter() {
        println!("{}", rendered.catalog.name);
        law(rendered);
    }
    runner::check(12, catalogs::sized(8), |catalog| law(&rendered(catalog)));
}

/// The ends and ports that a rule of a policy names in another namespace.
fn named(policy: &Json, direction: &str) -> Vec<(reach::Pod, reach::Pod, reach::Port)> {
    let (rules, peers) = if direction == "Egress" { ("egress", "to") } else { ("ingress", "from") };
    let pod = |namespace: &Json, selector: &Json| reach::Pod {
        namespace: namespace.as_str().expect("a namespace").to_owned(),
        labels: selector["matchLabels"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), value.as_str().expect("a label").to_owned()))
            .collect(),
    };
    let own = pod(&policy["metadata"]["namespace"], &policy["spec"]["podSelector"]);
    let mut found = Vec::new();
    for rule in policy["spec"][rules].as_array().into_iter().flatten() {
        for peer in rule[peers].as_array().into_iter().flatten() {
            let namespace = &peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"];
            if namespace.is_null() || *namespace == own.namespace.as_str() {
                continue;
            }
            let other = pod(namespace, &peer["podSelector"]);
            for port in rule["ports"].as_array().unwrap_or(&vec![json!({ "port": 65000 })]) {
                let protocol = match port["protocol"].as_str() {
                    Some("UDP") => "UDP",
                    Some("SCTP") => "SCTP",
                    _ => "TCP",
                };
                let number = port["port"].as_u64().unwrap_or(65000).try_into().expect("a port");
                let name = port["port"].as_str().map(str::to_owned);
                found.push((own.clone(), other.clone(), reach::Port { protocol, number, name }));
            }
        }
    }
    found
}

#[test]
fn no_edge_is_half_open() {
    let mut judged = 0;
    let mut law = |rendered: &Rendered| {
        let objects = jsons(rendered);
        let intent = intent::Intent::new(&rendered.catalog);
        let controllers = intent.controllers();
        let policies = reach::Policies::new(&objects, intent.identities().cloned());
        for policy in objects.iter().filter(|object| object["kind"] == "NetworkPolicy") {
            for (direction, opposite) in [("Egress", "Ingress"), ("Ingress", "Egress")] {
                for (mut own, other, port) in named(policy, direction) {
                    judged += 1;
                    // all pods beside the controller may call its routes, and only the controller is let in
                    for (_, labels) in controllers.iter().filter(|(namespace, _)| *namespace == own.namespace)
                    {
                        labels.clone().into_iter().for_each(|(key, value)| {
                            own.labels.entry(key).or_insert(value);
                        });
                    }
                    let (own, other) = (reach::End::Pod(own), reach::End::Pod(other));
                    assert!(
                        policies.side(opposite, &other, &own, &port),
                        "{} opens one side only\n{own:?}\n{other:?}\n{port:?}",
                        policy["metadata"]["name"]
                    );
                }
            }
        }
    };
    REPOSITORY.iter().for_each(&mut law);
    GENERATED.iter().for_each(&mut law);
    assert!(judged > 1000, "only {judged} ends were judged");
}
