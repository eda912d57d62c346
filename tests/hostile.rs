//! Documents that nobody writes by accident, and thousands that could be typos: whatever the bytes are,
//! wharf reports what is wrong with them and where, within limits. A panic fails the test, as does output
//! that grows faster than the input.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::num::NonZeroUsize;

use wharf::compile::{Compiled, compile};
use wharf::diagnostics::{self, FileId, printable};
use wharf::inputs::{Inputs, Source};
use wharf::report::{json, text};
use wharf::tree;

const APPLICATIONS: &str = include_str!("hostile/applications.yml");
const PLATFORM: &str = include_str!("hostile/platform.yml");
const PROFILE: &str = include_str!("hostile/profile.yml");
const TEMPLATE: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ application.name }}}\n\
                        data: {a: {{ values.a | string }}}\n";
const HOMELAB: &str = include_str!("../examples/homelab/applications.yml");
const HOMELAB_PLATFORM: &str = include_str!("../examples/homelab/platform.yml");
const MINIMAL: &str = include_str!("../examples/minimal/applications.yml");

/// The file of a catalog that a document replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Applications,
    Platform,
    Profile,
}

const ROLES: [Role; 3] = [Role::Applications, Role::Platform, Role::Profile];

impl Role {
    fn file(self) -> FileId {
        match self {
            Self::Applications => FileId::APPLICATIONS,
            Self::Platform => FileId::PLATFORM,
            Self::Profile => FileId::new(diagnostics::Role::Profile, 0),
        }
    }

    /// The catalog that uses every key, with `bytes` in place of this file.
    fn inputs(self, bytes: &[u8]) -> Inputs {
        let source = |role, name: &str, text: &str| {
            Source::new(name, if role == self { bytes.to_vec() } else { text.as_bytes().to_vec() })
        };
        Inputs {
            applications: source(Self::Applications, "applications.yml", APPLICATIONS),
            platform: Some(source(Self::Platform, "platform.yml", PLATFORM)),
            profiles: vec![("lamps".into(), source(Self::Profile, "profiles/lamps.yml", PROFILE))],
            environment: BTreeMap::from([("SECRET_HOST".into(), "hidden".into())]),
            templates: vec![("settings".into(), Source::new("templates/settings.yml", TEMPLATE))],
            ..Inputs::default()
        }
    }
}

/// The expected result of a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    /// No error.
    Good,
    /// An error in the document itself.
    Fault,
    /// Anything within limits.
    Anything,
}

/// Longer reports are only parsed if many of their findings are on one line, because a debug build takes
/// long for them.
const READ_BACK: usize = 1000;

/// The result of a document.
struct Thrown {
    faulty: bool,
    rules: BTreeSet<&'static str>,
}

fn throw(role: Role, bytes: impl AsRef<[u8]>, expect: Expect) -> Thrown {
    let bytes = bytes.as_ref();
    let inputs = role.inputs(bytes);
    let compiled = compile(&inputs, NonZeroUsize::MIN);
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    match expect {
        Expect::Good => assert!(
            !compiled.has_errors(),
            "{role:?} {start:?}: {}",
            text::draw(&compiled.findings, &compiled.documents, false)
        ),
        Expect::Fault => {
            let here = |finding: &wharf::diagnostics::Finding| {
                finding.is_error() && finding.location().file == role.file()
            };
            assert!(compiled.findings.iter().any(here), "{role:?}: nothing is wrong with {start:?}");
        }
        Expect::Anything => {}
    }
    check_locations(&compiled);
    check_reports(&compiled, bytes.len());
    check_output(&compiled, bytes.len());
    Thrown {
        faulty: compiled.has_errors(),
        rules: compiled.findings.iter().map(|finding| finding.rule.name).collect(),
    }
}

/// Every label points at an existing part of an existing document.
fn check_locations(compiled: &Compiled) {
    for finding in &compiled.findings {
        assert!(!finding.message.is_empty() && !finding.labels.is_empty(), "{finding:?}");
        for label in &finding.labels {
            let document = compiled.documents.get(label.location.file);
            let document = document.unwrap_or_else(|| panic!("no document contains {label:?}"));
            assert!(
                document.contains(&label.location),
                "{} does not exist in {:?}: {finding:?}",
                label.location,
                document.text
            );
        }
    }
}

/// Both reports can be drawn, do not exceed their limits, and contain nothing that a terminal would
/// interpret.
fn check_reports(compiled: &Compiled, length: usize) {
    let (findings, documents) = (&compiled.findings, &compiled.documents);
    let plain = text::draw(findings, documents, false);
    let colourful = text::draw(findings, documents, true);
    assert!(findings.len() <= 16 * length + 64, "{} findings in {length} bytes", findings.len());
    assert_eq!(plain.is_empty(), findings.is_empty());
    assert_plain(&plain, &['\n']);
    assert_plain(&colourful, &['\n', '\u{1B}']);
    // 200 findings are drawn, each with a few lines of source and truncated messages
    let most = findings.len().min(200) * 40_000;
    assert!(plain.len() <= most + 100, "{} bytes are drawn for {} findings", plain.len(), findings.len());
    assert!(
        colourful.len() <= 2 * most + 100,
        "{} bytes are drawn in colour for {} findings",
        colourful.len(),
        findings.len()
    );
    if findings.len() <= READ_BACK || findings.iter().any(|finding| finding.rule.name == "ambiguous-scalar") {
        check_json(compiled, length);
    }
}

fn check_json(compiled: &Compiled, length: usize) {
    let for_programs = json::write(&compiled.findings, &compiled.documents);
    assert_plain(&for_programs, &['\n']);
    assert!(
        for_programs.len() <= 1000 * length + (64 << 20),
        "{} bytes of JSON for {length} bytes",
        for_programs.len()
    );
    let read: serde_json::Value = serde_json::from_str(&for_programs).expect("the report is JSON");
    assert_eq!(read["version"], 1);
    assert_eq!(read["findings"].as_array().map(Vec::len), Some(compiled.findings.len()));
}

fn assert_plain(text: &str, allowed: &[char]) {
    let hidden =
        |char: char| printable(char.encode_utf8(&mut [0; 4])) != char.encode_utf8(&mut [0; 4]) as &str;
    let stray = text
        .char_indices()
        .find(|(_, char)| !char.is_ascii_graphic() && !allowed.contains(char) && hidden(*char));
    if let Some((at, char)) = stray {
        let around: String =
            text[..at].chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect();
        panic!("{char:?} in a report after {around:?}");
    }
}

/// The output of a valid document is limited to a multiple of its length.
fn check_output(compiled: &Compiled, length: usize) {
    if !compiled.has_errors() {
        let made = tree::text(&compiled.objects).len();
        assert!(made <= 2000 * length + (1 << 20), "{made} bytes are made of {length}");
    }
}

/// An entry with `values` as the values of its chart, where any YAML is allowed.
fn with_values(values: &str) -> String {
    format!(
        "- namespace: web-a\n  networkPolicies: {{profile: web-app}}\n  applications:\n    \
         - applicationCode: a\n      path: charts/a\n      helm:\n        values:\n{values}"
    )
}

/// A generator of numbers that are the same in each run (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 16).unwrap_or_default() % bound.max(1)
    }
}

#[test]
fn the_catalog_uses_every_key_and_is_good() {
    for (role, text) in ROLES.into_iter().zip([APPLICATIONS, PLATFORM, PROFILE]) {
        throw(role, text, Expect::Good);
        let published = &wharf::schema::PUBLISHED[role as usize];
        let mut keys = BTreeSet::new();
        properties(&(published.structure)(), &mut keys);
        for key in keys {
            // of two alternatives for the platform's auth only one is possible; the other is in the homelab
            // example
            assert!(
                format!("{text}{HOMELAB_PLATFORM}").contains(&format!("{key}:")),
                "{role:?} does not contain the key {key}"
            );
        }
    }
}

/// The names of all properties in a schema.
fn properties(schema: &serde_json::Value, keys: &mut BTreeSet<String>) {
    match schema {
        serde_json::Value::Object(map) => {
            for (name, value) in map {
                if let (true, Some(names)) = (name == "properties", value.as_object()) {
                    keys.extend(names.keys().cloned());
                }
                properties(value, keys);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| properties(item, keys)),
        _ => {}
    }
}

#[test]
fn files_without_a_document_stay_within_limits() {
    let nothing = [
        "",
        "\n",
        " ",
        "\t",
        "\r\n",
        "# only a comment",
        "# a\n# b\n",
        "---\n",
        "---\n...\n",
        "...\n",
        "\u{FEFF}",
        "\u{FEFF}# a\n",
        "~",
        "null\n",
        "''",
    ];
    for role in ROLES {
        for text in nothing {
            throw(role, text, Expect::Fault);
        }
    }
}

/// YAML that is not a catalog.
const KINDS: &[&str] = &[
    "a",
    "'a'",
    "1",
    "-1",
    "1e999",
    "-1e999",
    ".inf",
    "-.inf",
    ".nan",
    "0x",
    "0o9",
    "99999999999999999999999",
    "2001-01-01",
    "true",
    "no",
    "[]",
    "{}",
    "[[]]",
    "[{}]",
    "[[[1]]]",
    "[a, b]",
    "{a: b}",
    "a: b",
    "- a",
    "- - a",
    "? a",
    "? a\n: b",
    "? [a]\n: b",
    "[a, b]: c",
    "{a: b}: c",
    "? |\n  a\n: b",
    "- ~",
    "- null",
    "- {}",
    "- []",
    "- {namespace: ~}",
    "- {namespace: [a]}",
    "- {namespace: {a: b}}",
    "- {namespace: 1}",
    "- {namespace: true}",
    "- {namespace: a, networkPolicies: web-app}",
    "- {namespace: a, networkPolicies: {profile: ~}}",
    "- {namespace: a, networkPolicies: {profile: []}}",
    "- {namespace: a, networkPolicies: {profile: web-app}, applications: {}}",
    "- {namespace: a, networkPolicies: {profile: web-app}, routes: a}",
    "- {namespace: 'a\u{7}b', networkPolicies: {profile: web-app}}",
    "repository: []\ndomain: {}",
    "repository: {url: 1}\ndomain: 2",
    "summary: [a]",
];

#[test]
fn documents_of_another_kind_have_errors() {
    for role in ROLES {
        for text in KINDS {
            throw(role, text, Expect::Fault);
        }
    }
}

/// Text that is not valid YAML, or not allowed in a catalog.
const BROKEN: &[&str] = &[
    "'",
    "\"",
    "- '",
    "- \"a",
    "- 'a\n  b",
    "\"\\",
    "\"\\q\"",
    "\"\\x1\"",
    "\"\\u12\"",
    "\"\\U00110000\"",
    "\"\\uD800\"",
    "[",
    "{",
    "]",
    "}",
    "[a",
    "{a",
    "{a:",
    "[a, b",
    "{a: b",
    "a: b: c",
    "a:\n\t- b",
    "- a\n b",
    "a\nb: c",
    "- a\nb: c",
    "a: b\n- c",
    "*a",
    "- *a",
    "&",
    "- &",
    "- &a",
    "&a *a",
    "!",
    "!!",
    "!<",
    "!<a",
    "!a!b c",
    "%",
    "%YAML",
    "%YAML 1.2",
    "%YAML 9.9\n---\na",
    "%YAML 1.2\n%YAML 1.2\n---\na",
    "%TAG ! a\n---\n!b c",
    "%TAG",
    "%FOO bar",
    "|",
    ">",
    "- |9\n a",
    "- |0\n a",
    "- |-+\n a",
    "- >2-\n  a",
    "@a",
    "`a",
    "- @",
    "- `",
    "- %",
    "? ",
    ": ",
    "-",
    "--",
    "---a",
    "--- |",
    "... a",
    "---\n---",
    "a: &b\nc: *b",
    "a: 'b'c",
    "a: \"b\"c",
    "a: [b]c",
    "a: {b}c",
    ",",
    "[,]",
    "{,}",
    "{:}",
    "#",
    "a #",
    "a#",
    "a: #",
    "- - - -",
    "-\t-",
    "\t- a",
    "a:\tb",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{FEFF}\u{FEFF}",
    "a: \u{FEFF}b",
    "\u{FFFE}",
    "\u{FFFF}",
    "\u{FFFD}",
    "\u{7F}",
    "\u{80}",
    "\u{9B}31m",
    "\u{1B}[31m",
    "a: \u{1B}]0;title\u{7}",
    "\0",
    "a\0b",
    "- a: \0",
    "\u{D7FF}\u{E000}",
    "\u{10FFFF}",
    "\u{202E}",
    "\u{2066}a\u{2069}",
    "?\r\r",
    "a: b\r\r\n\t- c",
    "\u{8}",
    "\u{C}",
    "\u{B}",
];

#[test]
fn invalid_syntax_has_errors() {
    for role in ROLES {
        for text in BROKEN {
            throw(role, text, Expect::Fault);
        }
        for (text, next) in BROKEN.iter().zip(BROKEN.iter().cycle().skip(7)) {
            throw(role, format!("{text}{next}"), Expect::Anything);
            throw(role, format!("- {text}\n- {next}\n"), Expect::Anything);
            throw(role, format!("{PROFILE}{text}"), Expect::Anything);
        }
    }
}

#[test]
fn deep_nesting_stays_within_limits() {
    for depth in [60, 63, 64, 65, 127, 128, 129, 254, 255, 256, 300, 1000, 100_000] {
        for role in ROLES {
            throw(role, "[".repeat(depth), Expect::Fault);
            throw(role, "{a: ".repeat(depth), Expect::Fault);
            throw(role, "- ".repeat(depth), Expect::Fault);
            throw(role, "? ".repeat(depth), Expect::Fault);
            throw(role, "!a ".repeat(depth), Expect::Fault);
            throw(role, format!("{}{}", "[".repeat(depth), "]".repeat(depth)), Expect::Fault);
        }
        let expect = if depth < 60 { Expect::Good } else { Expect::Anything };
        throw(
            Role::Applications,
            with_values(&format!("          a: {}b{}\n", "[".repeat(depth), "]".repeat(depth))),
            expect,
        );
        throw(
            Role::Applications,
            with_values(&format!("          a: {}b{}\n", "{c: ".repeat(depth), "}".repeat(depth))),
            expect,
        );
        throw(
            Role::Applications,
            with_values(&format!("          a:\n            {}b\n", "- ".repeat(depth))),
            expect,
        );
        if depth <= 1000 {
            let mut stairs = String::new();
            for level in 0..depth {
                let _ = writeln!(stairs, "{:width$}a:", "", width = 10 + level);
            }
            throw(Role::Applications, with_values(&stairs), Expect::Anything);
        }
    }
    throw(
        Role::Applications,
        with_values(&format!("          a: {}b{}\n", "[".repeat(50), "]".repeat(50))),
        Expect::Good,
    );
}

#[test]
fn aliases_stay_within_limits() {
    // billion laughs, where any value is allowed
    let mut laughs = String::from("          a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..12 {
        let inner = format!("*a{}", level - 1);
        let _ = writeln!(laughs, "          a{level}: &a{level} [{}]", [inner.as_str(); 9].join(", "));
    }
    let thrown = throw(Role::Applications, with_values(&laughs), Expect::Fault);
    assert!(thrown.rules.contains("alias-cycle"));

    // and where the schema requires types
    let mut labels = String::from(
        "- namespace: a\n  networkPolicies: {profile: web-app}\n  labels: &l0 {a: b}\n  applications:\n  \
         - &x0 {applicationCode: a, path: a, labels: *l0}\n",
    );
    for _ in 0..1000 {
        labels.push_str("  - *x0\n");
    }
    throw(Role::Applications, &labels, Expect::Fault);
    let mut entries = String::from("- &e {namespace: a, networkPolicies: {profile: web-app}}\n");
    entries.push_str(&"- *e\n".repeat(1000));
    throw(Role::Applications, &entries, Expect::Fault);

    // a long text many times
    let long = format!("          a: &a {}\n          b: [{}]\n", "x".repeat(200_000), "*a,".repeat(20_000));
    let thrown = throw(Role::Applications, with_values(&long), Expect::Fault);
    assert!(thrown.rules.contains("alias-cycle"));
    let long = format!(
        "          ? &a {}\n          : &b {{? *a : c}}\n          d: [{}]\n",
        "x".repeat(2000),
        "*b,".repeat(2000)
    );
    throw(Role::Applications, with_values(&long), Expect::Fault);
    let keys = format!(
        "          a: &a\n            ? {}\n            : b\n          c: [{}]\n",
        "x".repeat(100_000),
        "*a,".repeat(20_000)
    );
    let thrown = throw(Role::Applications, with_values(&keys), Expect::Fault);
    assert!(thrown.rules.contains("alias-cycle"));

    // a tower of aliases, each level of the maximum depth
    let mut tower = format!("          a0: &a0 {}b{}\n", "[".repeat(50), "]".repeat(50));
    for level in 1..2000 {
        let _ = writeln!(
            tower,
            "          a{level}: &a{level} {}*a{}{}",
            "[".repeat(50),
            level - 1,
            "]".repeat(50)
        );
    }
    let thrown = throw(Role::Applications, with_values(&tower), Expect::Fault);
    assert!(thrown.rules.contains("alias-cycle"));

    for text in [
        "- &a\n  namespace: *a\n",
        "&a [*a]",
        "&a {*a : b}",
        "&a {b: *a}",
        "&a - *a",
        "- &a [*a, &b {c: *b}]",
        "- &a a\n- *a : b",
        "- *a\n- &a a",
        "&a a: b\n*a : c",
        "&a a: *a",
        "? &a [b]\n: *a",
        "- &a &b c",
        "- &a a\n- &a b\n- *a",
    ] {
        for role in ROLES {
            throw(role, text, Expect::Fault);
        }
    }
    // an anchor is not an error, nor is an alias that repeats a value once
    throw(Role::Applications, with_values("          a: &a {b: c}\n          d: *a\n"), Expect::Good);
}

#[test]
fn long_scalars_stay_within_limits() {
    let long = "a".repeat(3 << 20);
    let lines = "a line of a text\n".repeat(100_000);
    let block: String = lines.lines().fold(String::new(), |out, line| out + "            " + line + "\n");
    for role in ROLES {
        throw(role, &long, Expect::Fault);
        throw(role, format!("'{long}"), Expect::Fault);
        throw(role, format!("{long}: a"), Expect::Fault);
        throw(role, format!("? {long}\n: a"), Expect::Fault);
        throw(role, format!("- {long}"), Expect::Fault);
        throw(role, &lines, Expect::Fault);
        throw(role, format!("# {long}"), Expect::Fault);
    }
    throw(Role::Applications, with_values(&format!("          a: {long}\n")), Expect::Good);
    throw(
        Role::Applications,
        with_values(&format!("          a: \"{}\"\n", long[..2 << 20].replace("aaaa", "\\x07\u{e9}"))),
        Expect::Good,
    );
    throw(Role::Applications, with_values(&format!("          a: |\n{block}")), Expect::Good);
    throw(Role::Applications, with_values(&format!("          a: >\n{block}")), Expect::Good);
    throw(
        Role::Applications,
        format!("- namespace: {long}\n  networkPolicies: {{profile: {long}}}\n  {long}: a\n"),
        Expect::Fault,
    );
    throw(
        Role::Applications,
        format!("- namespace: a\n  networkPolicies: {{profile: {}, reason: {long}}}\n", "p".repeat(60_000)),
        Expect::Fault,
    );
    throw(
        Role::Platform,
        format!("repository: {{url: a}}\ndomain: {}\n", "a.".repeat(100_000)),
        Expect::Fault,
    );
    throw(
        Role::Platform,
        format!(
            "repository: {{url: a}}\ndomain: a.b\npatterns: {{valuesFile: '{}'}}\n",
            "{{ applicationCode }}".repeat(3000)
        ),
        Expect::Anything,
    );
    throw(
        Role::Platform,
        "repository: {url: a}\ndomain: a.b\npatterns: \
         {valuesFile: '{% for a in range(100000000) %}{{ a }}{% endfor %}'}\n",
        Expect::Fault,
    );
    throw(
        Role::Platform,
        "repository: {url: a}\ndomain: a.b\npatterns: {valuesFile: '{{ applicationCode * 1000000000 }}'}\n",
        Expect::Fault,
    );
    throw(
        Role::Platform,
        format!(
            "repository: {{url: a}}\ndomain: a.b\npatterns: {{valuesFile: '{}'}}\n",
            "{{ (".repeat(15_000)
        ),
        Expect::Fault,
    );
    throw(
        Role::Platform,
        "repository: {url: a}\ndomain: a.b\npatterns: \
         {valuesFile: '{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}'}\n",
        Expect::Fault,
    );
    throw(Role::Profile, format!("summary: {}\n", "s".repeat(70_000)), Expect::Fault);
}

// Many of the same: quadratic time or memory would take minutes here.

/// The number of repetitions.
const MANY: usize = 10_000;

fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(", ")
}

fn blocks(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect()
}

fn an_entry(rest: &str) -> String {
    format!("- namespace: web-a\n  networkPolicies: {{profile: web-app}}\n{rest}\n")
}

#[test]
fn many_keys_stay_within_limits() {
    let labels = |count: usize, item: &dyn Fn(usize) -> String| {
        an_entry(&format!("  labels: {{{}}}", list(count, item)))
    };
    throw(Role::Applications, labels(50_000, &|n| format!("k{n}: v")), Expect::Good);
    throw(Role::Applications, labels(MANY, &|n| format!("k{n}: [v]")), Expect::Fault);
    throw(Role::Applications, labels(MANY, &|n| format!("k{n}/: v")), Expect::Fault);
    throw(Role::Applications, labels(MANY, &|_| "k: v".into()), Expect::Fault);
    throw(Role::Applications, an_entry(&blocks(MANY, |n| format!("  k{n}: v\n"))), Expect::Fault);
    throw(
        Role::Applications,
        an_entry(&format!("  {{{}}}: a", list(MANY, |n| format!("{n}: v")))),
        Expect::Fault,
    );
    let values = |value: String| with_values(&format!("          a: {value}\n"));
    throw(Role::Applications, values(format!("{{{}}}", list(MANY, |n| format!("{n}: v")))), Expect::Fault);
    throw(Role::Applications, values(format!("{{{}}}", list(50, |_| "<<: {a: b}".into()))), Expect::Fault);
    throw(Role::Applications, values(format!("[{}]", list(MANY, |_| "!a b".into()))), Expect::Fault);
    // many errors on one line
    throw(Role::Applications, values(format!("[{}]", list(MANY, |_| "no".into()))), Expect::Fault);
    // long paths to many errors
    let way = format!("{{{}: ", "k".repeat(1000)).repeat(40);
    throw(
        Role::Applications,
        values(format!("{way}[{}]{}", list(MANY, |_| "no".into()), "}".repeat(40))),
        Expect::Fault,
    );
    // many lines far from the margin
    throw(
        Role::Applications,
        values(format!("{}{}{}", "[".repeat(50), list(MANY, |_| "b".into()), "]".repeat(50))),
        Expect::Good,
    );
}

#[test]
fn many_entries_stay_within_limits() {
    throw(Role::Applications, "- a\n".repeat(MANY), Expect::Fault);
    throw(Role::Applications, "- {}\n".repeat(MANY), Expect::Fault);
    throw(
        Role::Applications,
        "- {namespace: n, networkPolicies: {profile: web-app}}\n".repeat(5000),
        Expect::Fault,
    );
    let astray = |n| format!("- {{namespace: n{n}, networkPolicies: {{profile: web-ap}}, tier: app}}\n");
    throw(Role::Applications, blocks(5000, astray), Expect::Fault);
    let edge = |from: usize, to: String| {
        format!(
            "- {{namespace: n{from}, networkPolicies: {{profile: web-app, egress: [{{namespace: {to}}}]}}}}\n"
        )
    };
    throw(Role::Applications, blocks(5000, |n| edge(n, format!("m{n}"))), Expect::Fault);
    throw(Role::Applications, blocks(2000, |n| edge(n, format!("n{}", (n + 1) % 2000))), Expect::Good);
    let application =
        |n: usize, needs: String| format!("{{applicationCode: a{n}, path: a, dependsOn: [{needs}]}}");
    let applications = |list: String| an_entry(&format!("  applications: [{list}]"));
    throw(Role::Applications, applications(list(5000, |n| application(n, format!("b{n}")))), Expect::Fault);
    let cycle = applications(list(5000, |n| application(n, format!("a{}", (n + 1) % 5000))));
    assert!(throw(Role::Applications, cycle, Expect::Fault).rules.contains("dependency-cycle"));
}

/// The findings do not depend on the number of threads, even where a limit is reached, and where entries
/// share what they repeat.
#[test]
fn threads_find_the_same() {
    let entry = |n: usize, rest: &str| {
        format!("- {{namespace: n{n}, networkPolicies: {{profile: web-ap}}, tier: app, {rest}}}\n")
    };
    let values = |value: &str| {
        format!("applications: [{{applicationCode: a, path: a, helm: {{values: {{a: {value}}}}}}}]")
    };
    let long = format!("- &long {}\n", "x".repeat(10_000));
    let key = "k".repeat(1000);
    let texts = [
        blocks(600, |n| entry(n, "namespaces: a")),
        blocks(600, |n| {
            entry(n, &format!("applications: [{{applicationCode: a{n}, path: a, dependsOn: [b{n}]}}]"))
        }),
        long.clone() + &blocks(1200, |n| entry(n, &values("*long"))),
        long + &blocks(1200, |n| entry(n, &values(&format!("[{}]", "*long, ".repeat(20))))),
        blocks(1000, |n| entry(n, &values(&format!("{{{key}: {{{key}: [{}]}}}}", "no, ".repeat(20))))),
    ];
    let mut bounded = 0;
    for text in texts {
        let inputs = Role::Applications.inputs(text.as_bytes());
        let report = |threads: usize| {
            let compiled = compile(&inputs, NonZeroUsize::new(threads).expect("some threads"));
            format!("{:#?}", compiled.findings)
        };
        let one = report(1);
        bounded +=
            usize::from(one.contains("expand to too many values") || one.contains("too-many-findings"));
        for threads in [2, 5] {
            assert!(
                report(threads) == one,
                "{threads} threads find something else in {:?}",
                &text[text.len() - 200..]
            );
        }
    }
    assert_eq!(bounded, 3, "the limits are reached");
}

#[test]
fn many_items_stay_within_limits() {
    let application =
        |rest: String| an_entry(&format!("  applications: [{{applicationCode: a, path: a, {rest}}}]"));
    throw(
        Role::Applications,
        application(format!("dependsOn: [{}]", list(MANY, |_| "a".into()))),
        Expect::Fault,
    );
    throw(
        Role::Applications,
        application(format!("sync: {{options: [{}]}}", list(MANY, |n| format!("Option{n}=true")))),
        Expect::Fault,
    );
    throw(
        Role::Applications,
        application(format!("info: [{}]", list(MANY, |n| format!("{{name: n{n}, value: v}}")))),
        Expect::Good,
    );
    let egress = |edges: String| {
        format!("- namespace: a\n  networkPolicies: {{profile: web-app, egress: [{edges}]}}\n")
    };
    throw(
        Role::Applications,
        egress(list(MANY, |n| format!("{{cidr: 10.{}.{}.0/24}}", n / 256, n % 256))),
        Expect::Good,
    );
    throw(Role::Applications, egress(list(MANY, |_| "{to: internet}".into())), Expect::Fault);
    throw(Role::Applications, egress(list(MANY, |n| format!("{{to: peer{n}}}"))), Expect::Fault);
    throw(
        Role::Applications,
        egress(format!("{{to: internet, ports: [{}]}}", list(MANY, |n| (n + 1).to_string()))),
        Expect::Good,
    );
}

#[test]
fn many_routes_stay_within_limits() {
    let route = |rest: String| {
        an_entry(&format!("  routes: [{{host: a, service: a, port: 80, auth: none, reason: r, {rest}}}]"))
    };
    let paths = list(MANY, |n| format!("{{path: /{n}}}"));
    throw(Role::Applications, route(format!("aliases: [{}]", list(900, |n| format!("a{n}")))), Expect::Good);
    throw(
        Role::Applications,
        route(format!("aliases: [{}], paths: [{paths}]", list(MANY, |n| format!("a{n}")))),
        Expect::Fault,
    );
    throw(
        Role::Applications,
        route(format!("middlewares: [{}], paths: [{paths}]", list(MANY, |n| format!("{{name: a{n}}}")))),
        Expect::Fault,
    );
    throw(
        Role::Applications,
        route(format!("exposure: [{}]", list(MANY, |_| "internal".into()))),
        Expect::Fault,
    );
    let routes = |list: String| an_entry(&format!("  routes: [{list}]"));
    let open = |n: usize| {
        format!("{{host: h{n}, service: a, port: 80, targetPort: {}, auth: none, reason: r}}", n + 1)
    };
    throw(Role::Applications, routes(list(3000, open)), Expect::Good);
    let rival =
        |side: &str| format!("{{host: h, service: a, port: 80, auth: none, reason: r, exposure: [{side}]}}");
    throw(
        Role::Applications,
        routes(list(3000, |n| rival(if n < 1500 { "internal" } else { "external" }))),
        Expect::Fault,
    );
}

#[test]
fn many_settings_stay_within_limits() {
    let platform = |rest: String| format!("repository: {{url: a}}\ndomain: a.b\n{rest}\n");
    throw(Role::Platform, platform(format!("tiers: [{}]", list(MANY, |n| format!("t{n}")))), Expect::Fault);
    let ranges = list(MANY, |n| format!("10.{}.{}.0/24", n / 256, n % 256));
    throw(Role::Platform, platform(format!("network: {{podCidrs: [{ranges}]}}")), Expect::Anything);
    let points = list(4000, |n| format!("{{name: p{n}, exposure: internal, port: 1, tls: true}}"));
    throw(Role::Platform, platform(format!("routing: {{entryPoints: [{points}]}}")), Expect::Fault);
    let peers = list(5000, |n| format!("p{n}: {{cidrs: [10.0.0.0/8]}}"));
    throw(Role::Platform, platform(format!("network: {{peers: {{{peers}}}}}")), Expect::Fault);
    throw(Role::Platform, platform(format!("a: {}", "b".repeat(300_000))), Expect::Fault);
    throw(
        Role::Profile,
        format!("summary: a\negress: [{}]\n", list(MANY, |n| format!("{{to: p{n}}}"))),
        Expect::Fault,
    );
    throw(
        Role::Profile,
        format!("summary: a\negress: [{}]\n", list(MANY, |_| "{to: internet}".into())),
        Expect::Anything,
    );
}

#[test]
fn invalid_utf8_has_errors() {
    let mut thrown = 0;
    for (role, text) in ROLES.into_iter().zip([APPLICATIONS, PLATFORM, PROFILE]) {
        for stray in [&b"\xFF"[..], b"\xC0\x80", b"\xED\xA0\x80", b"\xF4\x90\x80\x80", b"\xE2\x82", b"\x80"] {
            for at in (0..text.len()).step_by(text.len() / 9 + 1).chain([text.len()]) {
                let mut bytes = text.as_bytes().to_vec();
                bytes.splice(at..at, stray.iter().copied());
                let came = throw(role, &bytes, Expect::Fault);
                assert!(came.rules.contains("invalid-utf8"));
                thrown += 1;
            }
        }
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        throw(role, &wide, Expect::Fault);
        throw(role, [&[0xFF, 0xFE], wide.as_slice()].concat(), Expect::Fault);
        throw(role, [&[0xFE, 0xFF], wide.as_slice()].concat(), Expect::Fault);
    }
    assert!(thrown > 150);
}

#[test]
fn other_line_breaks_and_whitespace_stay_within_limits() {
    for (role, text) in ROLES.into_iter().zip([APPLICATIONS, PLATFORM, PROFILE]) {
        throw(role, format!("\u{FEFF}{text}"), Expect::Good);
        throw(role, text.replace('\n', "\r\n"), Expect::Good);
        throw(role, text.replace('\n', "\r"), Expect::Anything);
        throw(role, text.replace('\n', "\n\r"), Expect::Anything);
        throw(role, text.replace("  ", "\t"), Expect::Fault);
        throw(role, text.replace('\n', "\t\n"), Expect::Anything);
        throw(role, text.replace('\n', " # a\n"), Expect::Anything);
        throw(role, format!("{text}---\n{text}"), Expect::Fault);
        throw(role, format!("---\n{text}...\n"), Expect::Good);
        throw(role, format!("%YAML 1.2\n---\n{text}"), Expect::Good);
        for char in [
            '\u{85}', '\u{2028}', '\u{2029}', '\u{FFFE}', '\u{0}', '\u{1B}', '\u{9B}', '\u{7F}', '\u{A0}',
            '\u{200B}', '\u{202E}', '\u{FEFF}',
        ] {
            throw(role, text.replace('\n', &format!("{char}\n")), Expect::Anything);
            throw(role, text.replace(": ", &format!(":{char} ")), Expect::Anything);
            throw(role, text.replacen('a', &char.to_string(), 3), Expect::Anything);
        }
        // errors after other line breaks are drawn too
        throw(role, text.replace('\n', "\r\n").replace("s: ", "z: "), Expect::Fault);
    }
}

/// Each value of the catalog is replaced, one at a time.
#[test]
fn values_of_another_type_stay_within_limits() {
    let others = [
        "",
        "~",
        "[]",
        "{}",
        "1",
        "-1",
        "1e999",
        ".nan",
        "2001-01-01",
        "no",
        "'no'",
        "\"\\e[31m\\x9b\\u202e\"",
        "&a b",
        "*a",
        "!a b",
        "[a, [b]]",
        "{<<: {a: b}}",
        "{1: 2, ~: 3}",
        "|\n        a\n        b",
    ];
    let mut thrown = 0;
    for (role, text) in ROLES.into_iter().zip([APPLICATIONS, PLATFORM, PROFILE]) {
        let lines: Vec<_> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let Some(colon) = line.find(": ") else { continue };
            for nth in 0..3 {
                let other = others[(number * 3 + nth + thrown) % others.len()];
                let mut changed = lines.clone();
                let replaced = format!("{}: {other}", &line[..colon]);
                changed[number] = &replaced;
                throw(role, changed.join("\n"), Expect::Anything);
                thrown += 1;
            }
        }
    }
    assert!(thrown > 200, "{thrown}");
}

/// Bytes are changed, removed, duplicated, and moved from one document into another.
fn mutations(role: Role, seed: u64, count: usize) {
    let corpus = [APPLICATIONS, PLATFORM, PROFILE, HOMELAB, HOMELAB_PLATFORM, MINIMAL];
    let mut random = Random(seed);
    let (mut faulty, mut rules) = (0, BTreeSet::new());
    for round in 0..count {
        let own = match role {
            Role::Applications => {
                [APPLICATIONS, APPLICATIONS, MINIMAL, HOMELAB][if round % 16 == 0 { 3 } else { round % 3 }]
            }
            Role::Platform => [PLATFORM, HOMELAB_PLATFORM][round % 2],
            Role::Profile => PROFILE,
        };
        let mut bytes = own.as_bytes().to_vec();
        for _ in 0..=random.below(3) {
            mutate(&mut bytes, &mut random, &corpus);
        }
        let thrown = throw(role, &bytes, Expect::Anything);
        faulty += usize::from(thrown.faulty);
        rules.extend(thrown.rules);
    }
    assert!(faulty > count / 2, "{faulty} of {count} have errors");
    assert!(rules.len() >= 8, "{rules:?}");
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random, corpus: &[&str]) {
    const NASTY: &[u8] = b"\0\t\n\r \"#%&'*,-:<>?@[]`{|}!~\x1B\x7F\x80\xC3\xFF";
    let at = random.below(bytes.len());
    let end = (at + 1 + random.below(40)).min(bytes.len());
    match random.below(7) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => drop(bytes.drain(at..end)),
        2 => {
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        3 => bytes.insert(at, NASTY[random.below(NASTY.len())]),
        4 => {
            let other = corpus[random.below(corpus.len())].as_bytes();
            let from = random.below(other.len());
            let to = (from + random.below(200)).min(other.len());
            bytes.splice(at..end, other[from..to].iter().copied());
        }
        5 => {
            // two whole lines are swapped
            let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let (one, other) = (random.below(lines.len()), random.below(lines.len()));
            lines.swap(one, other);
            *bytes = lines.join(&b'\n');
        }
        _ => bytes.truncate(at),
    }
}

#[test]
fn mutations_of_applications_stay_within_limits() {
    mutations(Role::Applications, 0x9E37_79B9_7F4A_7C15, 1000);
}

#[test]
fn mutations_of_the_platform_stay_within_limits() {
    mutations(Role::Platform, 0xD1B5_4A32_D192_ED03, 800);
}

#[test]
fn mutations_of_a_profile_stay_within_limits() {
    mutations(Role::Profile, 0x94D0_49BB_1331_11EB, 500);
}

/// The worst of them with the real binary, little memory and little time: it reports what is wrong and
/// exits.
#[test]
#[cfg(target_os = "linux")]
fn the_binary_stays_within_limits() {
    let lines = |line: &str, count: usize| line.repeat(count);
    let mut laughs = String::from("          a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    let mut tower = format!("          a0: &a0 {}b{}\n", "[".repeat(50), "]".repeat(50));
    for level in 1..3000 {
        let _ = writeln!(
            tower,
            "          a{level}: &a{level} {}*a{}{}",
            "[".repeat(50),
            level - 1,
            "]".repeat(50)
        );
        if level < 15 {
            let _ = writeln!(
                laughs,
                "          a{level}: &a{level} [{}]",
                [format!("*a{}", level - 1).as_str(); 9].join(", ")
            );
        }
    }
    let worst = [
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        "? ".repeat(100_000),
        with_values(&laughs),
        with_values(&tower),
        with_values(&format!(
            "          a: &a {}\n          b: [{}]\n",
            "x".repeat(1 << 20),
            "*a,".repeat(100_000)
        )),
        "a".repeat(8 << 20),
        format!("'{}", lines("a line\n", 200_000)),
        lines("- a\n", 50_000),
        lines("- {}\n", 20_000),
        format!("- {{{}}}", lines("a: b, ", 50_000)),
        lines("---\n", 100_000),
        lines("&a *a : ", 50_000),
        "\0".repeat(1 << 20),
    ];
    let folder = cli::catalog("");
    for text in &worst {
        let ran = cli::shell("ulimit -v 1000000; ulimit -t 20; exec \"$WHARF\" check -")
            .within(folder.path())
            .input(text.as_str())
            .fails(1);
        assert!(ran.err.contains(" --> <stdin>:"), "no location is given: {}", ran.err);
        assert!(ran.err.contains("\nwharf: "), "nothing is counted: {}", ran.err);
    }
}

/// A megabyte of faults: each format lists some thousand of them, says that there are more, and takes little
/// memory and time. Of twelve megabytes nothing is read.
#[test]
#[cfg(target_os = "linux")]
fn reports_of_many_findings_are_bounded() {
    let folder = cli::catalog("");
    let (many, long) = ("there are too many findings to list all of them", "the file is longer than 4 MiB");
    for (size, message, formats) in [
        (1 << 20, many, &["text", "json", "sarif", "gitlab", "github", "junit"][..]),
        (12 << 20, long, &["text", "sarif"]),
    ] {
        let item = format!("- {}\n", "a".repeat(50));
        let text = item.repeat(size / item.len());
        for format in formats {
            let line = format!("ulimit -v 524288; ulimit -t 10; exec \"$WHARF\" check - --format {format}");
            let ran = cli::shell(&line).within(folder.path()).input(text.as_str()).run();
            assert_eq!(ran.code, Some(1), "{format} of {size} bytes: {}", ran.err);
            let report = ran.out + &ran.err;
            // a log of SARIF holds the page of the rule as well, as text and as Markdown
            let said = if *format == "sarif" && message == many { 3 } else { 1 };
            assert_eq!(report.matches(message).count(), said, "{format} of {size} bytes");
            assert!(report.len() < 4 << 20, "{format}: {} bytes", report.len());
        }
    }
}

/// As much as a catalog and a lock may hold, in the shapes that take the most memory and time.
#[test]
#[cfg(target_os = "linux")]
fn the_largest_files_stay_within_memory() {
    let entry = "- namespace: web-a\n  networkPolicies:\n    profile: base\n";
    let numbered = |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<String>();
    let edges =
        |count, item: &dyn Fn(usize) -> String| format!("{entry}    egress: [{}]\n", list(count, item));
    let catalogs = [
        numbered(20_000, &|n| {
            format!(
                "- {{namespace: n-{n}, networkPolicies: \
                 {{profile: base, egress: [{{namespace: n-{}, ports: [1]}}]}}}}\n",
                (n + 1) % 20_000
            )
        }),
        edges(399_900, &|_| "{}".into()),
        edges(133_000, &|n| format!("{{cidr: {}.{}.{}.0/24}}", n >> 16 & 255, n >> 8 & 255, n & 255)),
        edges(133_000, &|n| format!("{{namespace: n-{n}}}")),
        format!(
            "{entry}  applications: [{}]\n",
            list(79_000, |n| format!("{{applicationCode: a-{n}, path: a}}"))
        ),
        format!("- &a {{}}\n{}", "- {<<: *a}\n".repeat(19_000)),
        "- {namespace: a, networkPolicies: {profile: b}}\n".repeat(20_000),
        "- {}\n".repeat((4 << 20) / 5),
    ];
    let locks = ["- a\n".repeat(4 << 20), numbered(1_000_000, &|n| format!("a{n}: b\n"))];
    let folder = cli::catalog("");
    let file = |name: &str| folder.path().join(name);
    let run = || {
        let line = "ulimit -v 524288; ulimit -t 10; exec \"$WHARF\" check";
        let ran = cli::shell(line).within(folder.path()).run();
        assert!(matches!(ran.code, Some(0 | 1)), "{:?}: {}", ran.code, ran.err);
        ran
    };
    for text in catalogs {
        std::fs::write(file("applications.yml"), text).unwrap();
        run();
    }
    std::fs::write(file("applications.yml"), entry).unwrap();
    for text in locks {
        std::fs::write(file("applications.lock.yml"), text).unwrap();
        assert!(run().err.contains("the file holds more than 1000000 values"));
    }
}

/// Sources that refer to files of each other are looked up, not searched: each of them, by each of the
/// others, would take minutes.
#[test]
fn many_sources_with_a_name() {
    let count = 32_000;
    let chart = |files: &dyn Fn(usize) -> String| {
        format!(
            "{{chart: a, repoURL: https://charts.example.com, targetRevision: 1.0.0, helm: {{valueFiles: \
             [{}]}}}}",
            list(count, files)
        )
    };
    let sources = |chart: String| {
        an_entry(&format!(
            "  applications: [{{applicationCode: a, sources: [{chart}, {}]}}]",
            list(count, |n| format!("{{ref: r{n}}}"))
        ))
    };
    throw(Role::Applications, sources(chart(&|n| format!("$r{n}/v.yml"))), Expect::Good);
    throw(Role::Applications, sources(chart(&|n| format!("$s{n}/v.yml"))), Expect::Fault);
}
