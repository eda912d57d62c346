//! `wharf graph`: pictures that are valid XML, in which no text and no line overlaps what it should not.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]

#[path = "support/cli.rs"]
mod cli;

use std::env;
use std::fmt::Write;
use std::fs;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use cli::wharf;
use serde_json::{Value as Json, json};
use wharf::compile::compile;
use wharf::graph::{Graph, waves};
use wharf::inputs::{self, Inputs, Origin, Source};
use wharf::reach::Reach;

/// The width of a character: the widest of the fonts of the picture takes 0.61 of its size.
const CHARACTER: f64 = 7.4;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn example(name: &str) -> Inputs {
    let folder = root().join("examples").join(name);
    let mut inputs = inputs::read(&Origin::Folder(folder)).expect("the example can be read");
    inputs.repository = None;
    inputs
}

/// A catalog of many entries with hosts, databases and edges between tiers.
fn large(number: usize) -> Inputs {
    let mut catalog = String::new();
    for index in 0..number {
        let tier = ["infrastructure", "platform", "apps"][(index * 7 / 3) % 3];
        let profile = if index % 11 == 0 { "database" } else { "web-app" };
        let _ = writeln!(catalog, "- namespace: app-{index}\n  tier: {tier}\n  networkPolicies:");
        let _ = writeln!(catalog, "    profile: {profile}");
        if index % 11 != 0 {
            let targets: std::collections::BTreeSet<_> =
                [index / 11 * 11, (index * 13 + 5) % number, (index * 29 + 1) % number].into();
            catalog.push_str("    egress:\n");
            for target in targets.into_iter().filter(|target| *target != index) {
                let _ = writeln!(catalog, "      - {{namespace: app-{target}, ports: [8080, 9090/UDP]}}");
            }
            let side = ["internal", "external", "internal, external"][index % 3];
            let _ = writeln!(
                catalog,
                "  routes:\n    - {{host: app-{index}, service: a, port: 80, targetPort: 80, \
                 exposure: [{side}]}}"
            );
        }
    }
    let platform = "repository: {url: https://git.example.com/home.git}\ndomain: example.com\n\
                    network: {ingressController: {namespace: traefik}}\n\
                    routing:\n  auth: {forwardAuth: {address: http://auth.sys-auth.svc:80}}\n  \
                    entryPoints:\n    \
                    - {name: web, exposure: internal, port: 443, tls: true}\n    \
                    - {name: tunnel, exposure: external, port: 7080, tls: false}\n";
    Inputs {
        applications: Source::new("applications.yml", catalog),
        platform: Some(Source::new("platform.yml", platform)),
        ..Inputs::default()
    }
}

/// The pictures of a catalog: its network, and its waves.
fn pictures(inputs: &Inputs) -> [String; 2] {
    let compiled = compile(inputs, NonZeroUsize::MIN);
    let messages: Vec<_> = compiled.findings.iter().map(|finding| &finding.message).collect();
    assert!(!compiled.has_errors(), "{messages:?}");
    let reach = Reach::new(&compiled.model, &compiled.objects, &compiled.documents);
    [Graph::new(&reach).picture().svg(), waves(&compiled.model).svg()]
}

/// An element of an SVG document, with its text.
#[derive(Debug)]
struct Element<'s> {
    name: &'s str,
    attributes: Vec<(&'s str, &'s str)>,
    text: String,
}

impl Element<'_> {
    fn get(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| panic!("<{}> has no `{name}`", self.name), |(_, value)| value)
    }

    fn number(&self, name: &str) -> f64 {
        self.get(name).parse().expect("a number")
    }
}

/// Reads XML strictly: every element is closed in order, every attribute is quoted, every `&` is an entity.
fn elements(xml: &str) -> Vec<Element<'_>> {
    let (mut found, mut open) = (Vec::new(), Vec::new());
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        let text = unescape(&rest[..start]);
        if let Some(index) = open.last() {
            let element: &mut Element<'_> = &mut found[*index];
            element.text.push_str(&text);
        }
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let index: usize = open.pop().expect("an open element");
            assert_eq!(found[index].name, name);
            continue;
        }
        let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        found.push(element(tag));
        if !is_empty {
            open.push(found.len() - 1);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "the document is complete");
    found
}

fn element(tag: &str) -> Element<'_> {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let mut attributes = Vec::new();
    while let Some((key, value)) = rest.split_once("=\"") {
        let (value, more) = value.split_once('"').expect("a quoted value");
        unescape(value);
        attributes.push((key.trim(), value));
        rest = more;
    }
    assert_eq!(rest.trim(), "", "{tag}");
    Element { name, attributes, text: String::new() }
}

fn unescape(text: &str) -> String {
    for part in text.split('&').skip(1) {
        let entity = part.split(';').next().expect("an entity");
        assert!(["amp", "lt", "gt", "quot"].contains(&entity), "&{entity}");
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[derive(Clone, Debug)]
struct Area {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Area {
    fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn is_within(&self, other: &Self) -> bool {
        other.left <= self.left
            && self.right <= other.right
            && other.top <= self.top
            && self.bottom <= other.bottom
    }

    fn has(&self, (x, y): (f64, f64)) -> bool {
        self.left + 0.5 < x && x < self.right - 0.5 && self.top + 0.5 < y && y < self.bottom - 0.5
    }
}

fn text_area(element: &Element<'_>) -> Area {
    let (x, y) = (element.number("x"), element.number("y"));
    let length = f64::from(u16::try_from(element.text.chars().count()).expect("a short text"));
    Area { left: x, top: y - 11.0, right: x + length * CHARACTER, bottom: y + 3.0 }
}

fn box_area(element: &Element<'_>) -> Area {
    let at = |name: &str| element.number(name);
    let (x, y) = (at("x"), at("y"));
    Area { left: x, top: y, right: x + at("width"), bottom: y + at("height") }
}

/// Points on a path of `M`, `L` and `C`.
fn points(data: &str) -> Vec<(f64, f64)> {
    let mut found: Vec<(f64, f64)> = Vec::new();
    let mut commands: Vec<(char, Vec<f64>)> = Vec::new();
    let mut number = String::new();
    for char in data.chars().chain(" ".chars()) {
        if char.is_ascii_digit() || char == '.' {
            number.push(char);
            continue;
        }
        if !number.is_empty() {
            commands.last_mut().expect("a command").1.push(number.parse().expect("a number"));
            number.clear();
        }
        if char.is_ascii_alphabetic() {
            commands.push((char, Vec::new()));
        }
    }
    for (command, numbers) in commands {
        match (command, numbers.as_slice()) {
            ('M', [x, y]) => found.push((*x, *y)),
            ('L', [x, y]) => {
                let (fx, fy) = *found.last().expect("a point");
                found.extend((1..=20).map(|step| {
                    let t = f64::from(step) / 20.0;
                    (fx + (x - fx) * t, fy + (y - fy) * t)
                }));
            }
            ('C', [ax, ay, bx, by, x, y]) => {
                let (fx, fy) = *found.last().expect("a point");
                found.extend((1..=40).map(|step| {
                    let t = f64::from(step) / 40.0;
                    let s = 1.0 - t;
                    let at = |f: f64, a: f64, b: f64, e: f64| {
                        s * s * s * f + 3.0 * s * s * t * a + 3.0 * s * t * t * b + t * t * t * e
                    };
                    (at(fx, *ax, *bx, *x), at(fy, *ay, *by, *y))
                }));
            }
            other => panic!("a path has {other:?}"),
        }
    }
    found
}

/// Checks that texts do not overlap, that each is in its box or outside of all, and that no line crosses a
/// box; the numbers of texts and lines.
fn check(svg: &str) -> (usize, usize) {
    let elements = elements(svg);
    let canvas = &elements[0];
    assert_eq!((canvas.name, canvas.get("xmlns")), ("svg", "http://www.w3.org/2000/svg"));
    let whole = Area { left: 0.0, top: 0.0, right: canvas.number("width"), bottom: canvas.number("height") };
    let is_box = |element: &&Element<'_>| element.name == "rect" && element.get("class") != "ground";
    let boxes: Vec<_> = elements.iter().filter(is_box).map(box_area).collect();
    let texts: Vec<_> = elements.iter().filter(|element| element.name == "text").map(text_area).collect();
    for (index, text) in texts.iter().enumerate() {
        assert!(text.is_within(&whole), "{text:?}");
        let around: Vec<_> = boxes.iter().filter(|area| text.overlaps(area)).collect();
        assert!(around.len() <= 1 && around.iter().all(|area| text.is_within(area)), "{text:?} {around:?}");
        let other = texts[..index].iter().find(|other| text.overlaps(other));
        assert!(other.is_none(), "{text:?} {other:?}");
    }
    for (index, area) in boxes.iter().enumerate() {
        assert!(
            area.is_within(&whole) && !boxes[..index].iter().any(|other| area.overlaps(other)),
            "{area:?}"
        );
    }
    let paths = elements.iter().filter(|element| element.name == "path");
    let lines: Vec<_> =
        paths.filter(|path| path.attributes.iter().any(|(key, _)| *key == "marker-end")).collect();
    for line in &lines {
        for point in points(line.get("d")) {
            assert!(!boxes.iter().any(|area| area.has(point)), "a line crosses a box at {point:?}: {line:?}");
            assert!(whole.has(point), "{point:?}");
        }
    }
    (texts.len(), lines.len())
}

#[test]
fn no_label_overlaps_another_one() {
    for (inputs, texts, lines) in [
        (example("homelab"), 100, 40),
        (example("afrotomation"), 20, 5),
        (large(100), 400, 250),
        (large(3), 5, 1),
    ] {
        let [network, waves] = pictures(&inputs);
        let (found, drawn) = check(&network);
        assert!(found >= texts && drawn >= lines, "{found} texts, {drawn} lines");
        check(&waves);
    }
}

#[test]
fn names_of_any_length_and_script_stay_in_their_boxes() {
    let mut inputs = large(12);
    let text = String::from_utf8(inputs.applications.bytes.clone()).expect("text");
    let long = "a-namespace-that-is-as-long-as-kubernetes-permits-one-to-be-63";
    let text = text
        .replace("app-3,", &format!("{long},"))
        .replace("namespace: app-3\n", &format!("namespace: {long}\n"));
    let text = text.replace("tier: apps", "tier: \"アプリ <&>\\\"\"");
    inputs.applications = Source::new("applications.yml", text);
    let platform = inputs.platform.as_mut().expect("a platform");
    platform.bytes.extend_from_slice("tiers: [infrastructure, platform, \"アプリ <&>\\\"\"]\n".as_bytes());
    let [network, _] = pictures(&inputs);
    check(&network);
    assert!(network.contains("tier アプリ &lt;&amp;&gt;&quot;") && network.contains('…'));
}

#[test]
fn the_picture_of_the_docs_is_current() {
    let [network, _] = pictures(&example("homelab"));
    let path = root().join("docs/homelab-network.svg");
    if env::var_os("BLESS").is_some() && env::var_os("CI").is_none() {
        fs::write(&path, &network).expect("the picture is written");
    }
    let shown = fs::read_to_string(path).unwrap_or_default();
    assert!(shown == network, "to update it: BLESS=1 cargo test --test graph");
}

#[test]
fn the_same_catalog_gives_the_same_bytes() {
    let inputs = example("homelab");
    assert_eq!(pictures(&inputs), pictures(&inputs));
    let mut reversed = large(40);
    let text = String::from_utf8(reversed.applications.bytes.clone()).expect("text");
    let mut entries: Vec<_> = text.split_inclusive("\n- ").map(|part| part.trim_end_matches("- ")).collect();
    let first = entries[0].trim_start_matches("- ").to_owned();
    entries[0] = &first;
    entries.reverse();
    let turned =
        format!("- {}\n", entries.iter().map(|entry| entry.trim_end()).collect::<Vec<_>>().join("\n- "));
    reversed.applications = Source::new("applications.yml", turned);
    assert_eq!(pictures(&large(40))[0], pictures(&reversed)[0]);
}

fn graph(words: &[&str]) -> String {
    let words = [&["graph"], words, &["examples/homelab"]].concat();
    wharf(words).within(root()).succeeds().out
}

#[test]
fn an_entry_is_shown_with_its_neighbours() {
    let json: Json = serde_json::from_str(&graph(&["--format", "json", "--entry", "web-n8n"])).expect("JSON");
    let names: Vec<_> =
        json["entries"].as_array().expect("entries").iter().map(|entry| &entry["namespace"]).collect();
    assert_eq!(names, ["sys-postgres", "web-ai-engine", "web-home-assistant", "web-n8n", "web-ntfy"]);
    assert_eq!(json["hosts"].as_array().expect("hosts").len(), 1);
    let link = json!({"from": "web-n8n", "to": "sys-postgres", "ports": ["5432/TCP"], "conditional": false});
    assert!(json["links"].as_array().expect("links").contains(&link), "{json:#}");
    wharf(["graph", "--entry", "web-n9n"])
        .within(root().join("examples/homelab"))
        .fails(2)
        .says("there is no entry `web-n9n`; did you mean `web-n8n`?");
}

#[test]
fn other_programs_get_the_same_graph() {
    let (mermaid, dot) = (graph(&["--format", "mermaid"]), graph(&["--format", "dot"]));
    let links = |text: &str, arrow: &str| text.lines().filter(|line| line.contains(arrow)).count();
    let svg = graph(&[]);
    let lines = svg.matches("marker-end").count();
    assert_eq!((links(&mermaid, " --> "), links(&dot, " -> ")), (lines, lines));
    assert!(mermaid.starts_with("flowchart LR\n  subgraph c0 [\"hosts\"]\n"), "{mermaid}");
    assert!(dot.starts_with("digraph wharf {\n") && dot.ends_with("}\n"), "{dot}");
    assert!(graph(&["--waves", "--format", "mermaid"]).contains("subgraph c0 [\"wave 0\"]"));
    wharf(["graph", "--waves", "--format", "json"]).within(root().join("examples/homelab")).fails(2);
}
