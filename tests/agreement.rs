//! Editors and the compiler never disagree: the published JSON Schemas and the decoder accept and reject the
//! same documents.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reads the environment and may panic"
)]

#[path = "support/catalogs.rs"]
mod catalogs;
#[path = "support/runner.rs"]
mod runner;

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map as JsonMap, Value as Json, json};
use wharf::catalog::Catalog;
use wharf::diagnostics::FileId;
use wharf::diagnostics::Sink;
use wharf::format::{FORMATS, Format};
use wharf::inputs::{Inputs, Source};
use wharf::platform::Platform;
use wharf::profile::{BUILT_IN, Profile};
use wharf::promise::Promises;
use wharf::schema::{self, PUBLISHED, Published};
use wharf::syntax::{Document, decode};

/// A schema and its decoder.
struct Pair {
    published: &'static Published,
    schema: Json,
    validator: Validator,
    decode: fn(&Document, &mut Sink),
}

fn pairs() -> [Pair; 4] {
    [
        pair("applications", |document, findings| {
            let catalog = decode::<Catalog>(document, findings);
            if findings.is_empty() && catalog.is_some_and(|catalog| catalog.0.is_empty()) {
                findings.push(
                    wharf::diagnostics::rules::EMPTY_CATALOG
                        .at(wharf::diagnostics::Location::default(), "the list is empty"),
                );
            }
        }),
        pair("platform", |document, findings| drop(decode::<Platform>(document, findings))),
        pair("profile", |document, findings| drop(decode::<Profile>(document, findings))),
        pair("test", |document, findings| {
            let promises = decode::<Promises>(document, findings);
            if findings.is_empty() && promises.is_some_and(|promises| promises.0.is_empty()) {
                findings.push(
                    wharf::diagnostics::rules::PROMISE_FORM
                        .at(wharf::diagnostics::Location::default(), "the list is empty"),
                );
            }
        }),
    ]
}

fn pair(name: &str, decode: fn(&Document, &mut Sink)) -> Pair {
    let published = PUBLISHED.iter().find(|published| published.name == name).expect("a published schema");
    let schema = (published.structure)();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    Pair { published, schema, validator, decode }
}

impl Pair {
    /// The findings of the decoder for a document.
    fn faults(&self, source: &Source) -> Vec<String> {
        let mut findings = Sink::new();
        let document = Document::load(FileId::APPLICATIONS, source, &mut findings);
        (self.decode)(&document, &mut findings);
        findings
            .iter()
            .map(|finding| format!("{}: {} at {}", finding.rule.name, finding.message, finding.location()))
            .collect()
    }

    /// Checks that both accept the document or both reject it; returns whether they accept it.
    fn agree(&self, json: &Json) -> Result<bool, String> {
        let text = catalogs::text(json);
        let faults = self.faults(&Source::new("document.yml", text.clone()));
        let accepted = self.validator.is_valid(json);
        if accepted == faults.is_empty() {
            return Ok(accepted);
        }
        let errors: Vec<_> = self
            .validator
            .iter_errors(json)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        Err(format!("{}: the schema says {errors:?}, the decoder {faults:?}", self.published.name))
    }

    fn resolve<'s>(&'s self, node: &'s Json) -> &'s Json {
        let target = node["$ref"]
            .as_str()
            .and_then(|reference| self.schema.pointer(reference.trim_start_matches('#')));
        target.unwrap_or(node)
    }

    /// The document with only the required keys on the path to a location, and with everything below it.
    fn narrow(&self, node: &Json, json: &Json, way: &[Step]) -> Json {
        let node = self.resolve(node);
        match (json, way.split_first()) {
            (Json::Object(pairs), Some((Step::Key(wanted), rest))) => {
                let below = |key: &str| node["properties"].get(key).unwrap_or(&node["additionalProperties"]);
                let needed = |key: &str| {
                    node["required"]
                        .as_array()
                        .is_some_and(|required| required.iter().any(|name| name == key))
                };
                let kept = pairs.iter().filter(|(key, _)| *key == wanted || needed(key));
                kept.map(|(key, value)| {
                    (
                        key.clone(),
                        if key == wanted { self.narrow(below(key), value, rest) } else { value.clone() },
                    )
                })
                .collect()
            }
            (Json::Array(items), Some((Step::Index(index), rest))) => {
                vec![self.narrow(&node["items"], &items[*index], rest)].into()
            }
            _ => json.clone(),
        }
    }

    /// A document with every key of the schema.
    fn full(&self, node: &Json) -> Json {
        let node = self.resolve(node);
        if let Some(first) = node["enum"].get(0).or(node["oneOf"][0].get("const")) {
            return first.clone();
        }
        match node["type"].as_str() {
            Some("object") => {
                let known = node["properties"].as_object().into_iter().flatten();
                let mut pairs: JsonMap<_, _> =
                    known.map(|(key, value)| (key.clone(), self.full(value))).collect();
                if node["additionalProperties"].is_object() {
                    pairs.insert("name".into(), self.full(&node["additionalProperties"]));
                }
                pairs.into()
            }
            Some("array") => vec![self.full(&node["items"])].into(),
            Some("boolean") => true.into(),
            Some("integer") => 7.into(),
            _ => sample(node["pattern"].as_str()).into(),
        }
    }
}

/// A text that matches a pattern.
fn sample(pattern: Option<&str>) -> &'static str {
    let Some(format) = pattern.and_then(|pattern| FORMATS.iter().find(|format| format.pattern == pattern))
    else {
        return "text";
    };
    SAMPLES
        .iter()
        .copied()
        .find(|sample| (format.check)(sample))
        .unwrap_or_else(|| panic!("no sample of {}", format.name))
}

/// At least one text for each format.
const SAMPLES: [&str; 13] = [
    "name",
    "/path",
    "10.0.0.0/8",
    "10.0.0.1:6443",
    "3.5",
    "5s",
    "Kind",
    "apps",
    "https://example.com",
    "linux/amd64",
    "80",
    "*/15 0-6,22 1 12 0",
    "Europe/Berlin",
];

/// A path into a document.
type Way = Vec<Step>;

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

fn ways(json: &Json, way: &Way, all: &mut Vec<Way>) {
    all.push(way.clone());
    let mut into = |step: Step, value: &Json| ways(value, &[way.as_slice(), &[step]].concat(), all);
    match json {
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| into(Step::Index(index), item));
        }
        Json::Object(pairs) => pairs.iter().for_each(|(key, value)| into(Step::Key(key.clone()), value)),
        _ => {}
    }
}

fn at<'j>(json: &'j mut Json, way: &[Step]) -> &'j mut Json {
    way.iter().fold(json, |json, step| match step {
        Step::Key(key) => &mut json[key],
        Step::Index(index) => &mut json[index],
    })
}

/// One change of a document.
#[derive(Clone, Debug)]
enum Mutation {
    Replace(Json),
    Remove,
    Rename(&'static str),
    Add(&'static str, Json),
    Repeat,
}

/// Text of unusual forms.
const TEXTS: [&str; 58] = [
    "",
    " ",
    "\n",
    "\t",
    "\u{a0}",
    "a",
    "A",
    "-",
    "a-",
    "a\n",
    "\na",
    "a b",
    "1",
    "8080",
    "080",
    "0x50",
    "1.0",
    "true",
    "yes",
    "null",
    "none",
    "*",
    "é",
    "a.b",
    "a..b",
    ".",
    "/",
    "//",
    "/ä",
    "/a b",
    "/`",
    "53/UDP",
    "53/udp",
    "1-2",
    "2-1",
    "1-2-3",
    "a--b",
    "http",
    "1a",
    "fd00::/8",
    "::1/129",
    "[::1]:1",
    "::1:1",
    "3",
    "3.5.1",
    "3.5.1.0",
    "5s",
    "5",
    "1h30m",
    "5 s",
    "http://",
    "https://a",
    "HTTP://a",
    "apps",
    "app",
    "rbac.x.y",
    "Kind",
    "kind",
];

fn mutations() -> Vec<Mutation> {
    let long = |length| Json::from("a".repeat(length));
    let numbers = [
        json!(0),
        json!(-1),
        json!(1),
        json!(65535),
        json!(65536),
        json!(99999),
        json!(100_000),
        json!(i32::MAX),
        json!(2_147_483_648_i64),
        json!(i32::MIN),
        json!(-2_147_483_649_i64),
        json!(u32::MAX),
        json!(4_294_967_296_i64),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1.0),
        json!(443.0),
        json!(-1.0),
        json!(-0.0),
        json!(1.5),
        json!(65536.0),
        json!(1e300),
    ];
    let texts = TEXTS.into_iter().map(Json::from).chain([63, 64, 253, 254, 255, 256, 1024, 1025].map(long));
    let others = [
        Json::Null,
        json!(true),
        json!(false),
        json!([]),
        json!([null]),
        json!([1]),
        json!([""]),
        json!(["a"]),
        json!([{}]),
        json!({}),
    ];
    let maps = [
        json!({ "a": 1 }),
        json!({ "a": "b" }),
        json!({ "": "b" }),
        json!({ "a": null }),
        json!({ "a": {} }),
        json!({ "A b": { "cidrs": [] } }),
    ];
    let values = numbers.into_iter().chain(texts).chain(others).chain(maps);
    let mut all: Vec<_> = values.map(Mutation::Replace).collect();
    all.extend([
        Mutation::Remove,
        Mutation::Rename("x"),
        Mutation::Rename(""),
        Mutation::Rename("<<"),
        Mutation::Rename("Namespace"),
        Mutation::Repeat,
    ]);
    all.extend([
        Mutation::Add("unknown", json!(1)),
        Mutation::Add("", json!("x")),
        Mutation::Add("<<", json!({})),
        Mutation::Add("null", Json::Null),
    ]);
    all
}

/// The changed document; nothing if the change is not possible there.
fn mutate(json: &Json, way: &[Step], mutation: &Mutation) -> Option<Json> {
    let mut changed = json.clone();
    if let Mutation::Replace(value) = mutation {
        *at(&mut changed, way) = value.clone();
        return Some(changed);
    }
    if let Mutation::Add(key, value) = mutation {
        at(&mut changed, way).as_object_mut()?.insert((*key).to_owned(), value.clone());
        return Some(changed);
    }
    let (last, parent) = way.split_last()?;
    let value = at(&mut changed, way).clone();
    match (at(&mut changed, parent), last, mutation) {
        (Json::Array(items), Step::Index(index), Mutation::Remove) => drop(items.remove(*index)),
        (Json::Array(items), _, Mutation::Repeat) => items.push(value),
        (Json::Object(pairs), Step::Key(key), Mutation::Remove) => drop(pairs.shift_remove(key)),
        (Json::Object(pairs), Step::Key(key), Mutation::Rename(name)) => {
            pairs.shift_remove(key);
            pairs.insert((*name).to_owned(), value);
        }
        _ => return None,
    }
    Some(changed)
}

/// Tries every change at every location, and reports all disagreements. The siblings of a location do not
/// affect it, so most changes are made to a document with little else; in the full document, each location is
/// changed twice.
fn check_all_mutations(pair: &Pair, document: &Json) {
    let (mut tried, mut accepted, mut faults) = (0, 0, Vec::new());
    let mut all = Vec::new();
    ways(document, &Way::new(), &mut all);
    let in_full = [Mutation::Replace(json!([1])), Mutation::Remove];
    let mutations = mutations();
    for way in &all {
        let narrow = pair.narrow(&pair.schema, document, way);
        assert_eq!(pair.agree(&narrow), Ok(true), "{way:?}: {narrow:#}");
        let changes = mutations
            .iter()
            .map(|mutation| (&narrow, mutation))
            .chain(in_full.iter().map(|mutation| (document, mutation)));
        for (document, mutation) in changes {
            let Some(changed) = mutate(document, way, mutation) else { continue };
            tried += 1;
            match pair.agree(&changed) {
                Ok(good) => accepted += usize::from(good),
                Err(fault) => faults.push(format!("{way:?} {mutation:?}: {fault}")),
            }
        }
    }
    faults.truncate(60);
    assert!(faults.is_empty(), "{} of {tried}\n{}", faults.len(), faults.join("\n"));
    assert!(accepted > 20 && tried - accepted > 20, "{accepted} of {tried} are accepted");
}

fn check_full(index: usize) {
    let pair = &pairs()[index];
    let full = pair.full(&pair.schema);
    assert_eq!(pair.agree(&full), Ok(true), "{full:#}");
    check_all_mutations(pair, &full);
}

#[test]
fn schemas_and_decoder_agree_on_changes_of_a_catalog() {
    check_full(0);
}

#[test]
fn schemas_and_decoder_agree_on_changes_of_a_platform() {
    check_full(1);
}

#[test]
fn schemas_and_decoder_agree_on_changes_of_a_profile() {
    check_full(2);
}

#[test]
fn schemas_and_decoder_agree_on_the_repository() {
    let pairs = pairs();
    let check = |pair: &Pair, source: &Source| {
        // A file with a syntax error has no content for a schema.
        let Some(json) = catalogs::json(source) else { return };
        let faults = pair.faults(source);
        assert_eq!(pair.validator.is_valid(&json), faults.is_empty(), "{}: {faults:?}", source.name);
        assert_eq!(pair.agree(&json), Ok(faults.is_empty()), "{}", source.name);
        let text = String::from_utf8(source.bytes.clone()).expect("text");
        assert_eq!(
            serde_yaml::from_str::<Json>(&text).ok().as_ref(),
            Some(&json),
            "another reader of {}",
            source.name
        );
    };
    for case in catalogs::cases::all().expect("cases") {
        let inputs = case.inputs().expect("inputs");
        check(&pairs[0], &inputs.applications);
        inputs.platform.iter().for_each(|platform| check(&pairs[1], platform));
        inputs.profiles.iter().for_each(|(_, profile)| check(&pairs[2], profile));
    }
    for profile in BUILT_IN {
        check(&pairs[2], &Source::new(profile.name, profile.text));
    }
}

#[test]
fn schemas_and_decoder_agree_on_generated_documents() {
    let pairs = pairs();
    let mutations = mutations();
    let choices = prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4);
    runner::check(250, (catalogs::sized(4), prop::collection::vec(choices, 8)), |(catalog, changes)| {
        let documents = [(0, catalog.entries.into()), (1, catalog.platform)];
        for (index, document) in
            documents.into_iter().chain(catalog.profiles.into_values().map(|profile| (2, profile)))
        {
            assert_eq!(pairs[index].agree(&document), Ok(true));
            for change in &changes {
                // Several changes in a row.
                let mut changed = document.clone();
                for (way, mutation) in change {
                    let mut all = Vec::new();
                    ways(&changed, &Way::new(), &mut all);
                    changed = mutate(
                        &changed,
                        &all[way.index(all.len())],
                        &mutations[mutation.index(mutations.len())],
                    )
                    .unwrap_or(changed);
                }
                if let Err(fault) = pairs[index].agree(&changed) {
                    panic!("{fault}\n{}", catalogs::text(&changed));
                }
            }
        }
    });
}

/// Text that almost has a format.
fn near(format: &Format) -> BoxedStrategy<String> {
    let samples: Vec<_> = SAMPLES.into_iter().filter(|sample| (format.check)(sample)).collect();
    let words = [
        "-",
        ".",
        "..",
        ":",
        "/",
        "//",
        "[",
        "]",
        "*",
        "`",
        "\"",
        "\\",
        " ",
        "\t",
        "\n",
        "\r",
        "\u{b}",
        "\u{85}",
        "\u{a0}",
        "\u{2003}",
        "\u{2028}",
        "\u{feff}",
        "\u{200b}",
        "\0",
        "0",
        "9",
        "00000",
        "65535",
        "a",
        "f",
        "Z",
        "é",
        "ß",
        "🦀",
        "UDP",
        "/TCP",
        "s",
        "ms",
        "h",
        "apps",
        "http://",
        "https://",
        "x",
        "<",
        ">",
        "&",
        "%20",
        "--",
        "1-2",
        ":latest",
        ":~1.x",
        "ghcr.io:5000/",
        "@",
    ];
    let lengths = vec![14_usize, 15, 16, 62, 63, 64, 127, 254, 255, 256, 1023, 1024, 1025];
    let piece = prop_oneof![
        6 => prop::sample::select(words.to_vec()).prop_map(String::from),
        3 => prop::sample::select(samples).prop_map(String::from),
        1 => any::<char>().prop_map(String::from),
        1 => (prop::sample::select(vec!["a", "1", "é", "/", "a."]), prop::sample::select(lengths))
            .prop_map(|(text, times)| text.repeat(times)),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat()).boxed()
}

#[test]
fn each_format_has_one_meaning() {
    for format in FORMATS {
        let schema = json!({ "type": "string", "pattern": format.pattern, "maxLength": format.max_length });
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let accepted = std::cell::Cell::new(0);
        runner::check(1500, near(format), |text| {
            let by_schema = validator.is_valid(&json!(text));
            assert_eq!(
                (format.check)(&text),
                by_schema,
                "{} {text:?}: the schema says {by_schema}",
                format.name
            );
            accepted.set(accepted.get() + usize::from(by_schema));
        });
        assert!(accepted.get() > 0, "none of the texts is {}", format.noun);
        assert!(
            !validator.is_valid(&json!("a".repeat(format.max_length + 1))),
            "{} has a maximum length",
            format.noun
        );
    }
}

/// Calls `judge` with each subschema of a schema, and with its path.
fn each_schema(json: &Json, way: &str, judge: &mut impl FnMut(&str, &Json)) {
    judge(way, json);
    let Json::Object(pairs) = json else { return };
    for (key, value) in pairs {
        match (key.as_str(), value) {
            ("properties" | "$defs", Json::Object(named)) => {
                named
                    .iter()
                    .for_each(|(name, schema)| each_schema(schema, &format!("{way}/{key}/{name}"), judge));
            }
            ("anyOf" | "oneOf" | "allOf", Json::Array(branches)) => {
                for schema in branches {
                    each_schema(schema, &format!("{way}/{key}"), judge);
                }
            }
            ("items" | "additionalProperties" | "propertyNames", Json::Object(_)) => {
                each_schema(value, &format!("{way}/{key}"), judge);
            }
            _ => {}
        }
    }
}

#[test]
fn schemas_describe_every_field_and_leave_nothing_to_guess() {
    const KNOWN: [&str; 29] = [
        "$schema",
        "$defs",
        "$ref",
        "title",
        "description",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "propertyNames",
        "items",
        "minItems",
        "pattern",
        "maxLength",
        "minimum",
        "maximum",
        "enum",
        "const",
        "oneOf",
        "anyOf",
        "uniqueItems",
        "examples",
        "allOf",
        "if",
        "then",
        "enumDescriptions",
        "markdownDescription",
        "markdownEnumDescriptions",
        "defaultSnippets",
    ];
    for (pair, schema) in pairs().into_iter().flat_map(|pair| {
        let published = pair.published.schema();
        [(pair.published, pair.schema), (pair.published, published)]
    }) {
        each_schema(&schema, pair.name, &mut |way, schema| {
            let described = schema["description"]
                .as_str()
                .is_some_and(|text| text.trim().len() > 5 && text.trim() == text);
            let field =
                way.rsplit('/').nth(1).is_some_and(|parent| parent == "properties" || parent == "$defs");
            assert!(described || !field, "{way} has no description");
            let types = [&schema["type"]].into_iter().chain(schema["type"].as_array().into_iter().flatten());
            assert!(types.into_iter().all(|name| name != "null"), "{way} may be null");
            assert!(
                schema["type"] != "object"
                    || !schema["additionalProperties"].is_null()
                    || way.ends_with("/values"),
                "{way} allows any key"
            );
            for key in schema.as_object().into_iter().flat_map(|pairs| pairs.keys()) {
                assert!(KNOWN.contains(&key.as_str()), "{way} has `{key}`");
            }
        });
    }
}

/// A catalog with one entry, as JSON, with these keys besides its namespace.
fn entry(keys: &Json) -> Json {
    let mut entry = json!({ "namespace": "web-notes", "networkPolicies": { "profile": "web-app" } });
    let pairs = keys.as_object().into_iter().flatten();
    pairs.for_each(|(key, value)| entry[key] = value.clone());
    json!([entry])
}

#[test]
fn editors_mark_nothing_that_check_accepts() {
    let published = PUBLISHED
        .each_ref()
        .map(|published| jsonschema::validator_for(&published.schema()).expect("a schema"));
    let hold = |index: usize, source: &Source| {
        let json = catalogs::json(source).expect("a catalog without errors");
        let errors: Vec<_> = published[index].iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", source.name);
    };
    for case in catalogs::cases::without_errors().expect("cases") {
        let mut inputs = case.inputs().expect("inputs");
        inputs.applications.name = case.name.clone();
        hold(0, &inputs.applications);
        inputs.platform.iter().for_each(|platform| hold(1, platform));
        inputs.profiles.iter().for_each(|(_, profile)| hold(2, profile));
    }
    runner::check(100, catalogs::sized(4), |catalog| {
        assert!(published[0].is_valid(&catalog.entries.into()));
        assert!(published[1].is_valid(&catalog.platform));
    });
}

#[test]
fn check_refuses_what_editors_mark_between_keys() {
    let application = |keys: Json| {
        let mut application = json!({ "applicationCode": "notes" });
        keys.as_object().into_iter().flatten().for_each(|(key, value)| application[key] = value.clone());
        entry(&json!({ "applications": [application] }))
    };
    let route = |keys: Json| {
        let mut route = json!({ "host": "notes", "service": "notes", "port": 80 });
        keys.as_object().into_iter().flatten().for_each(|(key, value)| route[key] = value.clone());
        entry(&json!({ "routes": [route] }))
    };
    let policies = |keys: Json| entry(&json!({ "networkPolicies": keys }));
    let chart = json!({ "chart": "notes", "repoURL": "https://charts.example.com" });
    let marked = [
        route(json!({ "auth": "none" })),
        route(json!({ "paths": [{ "path": "/api", "auth": "none" }] })),
        route(json!({ "scheme": "https" })),
        policies(json!({ "profile": "none" })),
        entry(&json!({ "enabled": false })),
        entry(&json!({ "enabled": false, "toggleable": false })),
        application(chart.clone()),
        application(json!({ "chart": "notes", "targetRevision": "1.0.0" })),
        application(json!({ "sources": [chart] })),
        policies(json!({ "profile": "web-app", "egress": [{ "ports": [80] }] })),
        policies(json!({ "profile": "web-app", "egress": [{ "to": "lan", "namespace": "web-b" }] })),
        policies(json!({ "profile": "web-app", "ingress": [{ "ports": [80] }] })),
        policies(json!({ "profile": "web-app", "ingress": [{ "from": "lan", "cidr": "10.0.0.0/8" }] })),
    ];
    let editor = jsonschema::validator_for(&PUBLISHED[0].schema()).expect("a schema");
    let platform = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/platform.yml"));
    let platform = Source::new("platform.yml", platform.expect("a platform"));
    for catalog in marked {
        assert!(pairs()[0].validator.is_valid(&catalog), "{catalog}");
        assert!(!editor.is_valid(&catalog), "{catalog}");
        let applications = Source::new("applications.yml", catalogs::text(&catalog));
        let inputs = Inputs { applications, platform: Some(platform.clone()), ..Inputs::default() };
        let compiled = wharf::compile::compile(&inputs, std::num::NonZeroUsize::MIN);
        assert!(compiled.has_errors(), "{catalog}");
    }
}

#[test]
fn the_schemas_of_the_repository_are_current() {
    for published in &PUBLISHED {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(published.file);
        let text = fs::read_to_string(&path).expect("a schema of the repository");
        assert_eq!(text, schema::text(published), "run `cargo run -- schema --output schema`");
    }
}
