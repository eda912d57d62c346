//! Inputs on both sides of each limit: the last that is accepted, and the first that is not. They are too
//! long, or too many, for folders.

use std::fmt::Display;

use wharf::inputs::{Inputs, Source};

/// A limit, and what is said beyond it.
pub(crate) struct Limit {
    pub(crate) name: &'static str,
    /// Nothing is said about these.
    pub(crate) within: Inputs,
    /// Exactly this is said about these: the messages of all findings.
    pub(crate) beyond: Inputs,
    pub(crate) says: String,
}

const PLATFORM: &str = include_str!("../../golden/platform.yml");

/// All limits that a golden case could only show at length.
pub(crate) fn all() -> Vec<Limit> {
    let mut all = vec![
        limit("bytes-of-catalog", [4 << 20, (4 << 20) + 1], long_catalog, "the file is longer than 4 MiB"),
        limit(
            "values-of-catalog",
            [400_000, 400_001],
            values_of_catalog,
            "the file holds more than 400000 values",
        ),
        limit(
            "bytes-of-platform",
            [256 << 10, (256 << 10) + 1],
            long_platform,
            "the file is longer than 256 KiB",
        ),
        limit("entries", [20_000, 20_001], entries, "the catalog has more than 20000 entries"),
        limit(
            "chain-of-applications",
            [100, 101],
            chain,
            "the chain of dependencies before `app-100` has 100 applications",
        ),
        limit("tiers", [100, 101], tiers, "101 tiers are listed, and at most 100 are allowed"),
        limit(
            "entry-points",
            [16, 17],
            entry_points,
            "17 entry points are listed, and at most 16 are allowed",
        ),
        limit(
            "hosts-of-route",
            [1000, 1001],
            hosts,
            "this route has 1001 rules and references, and at most 1000 are allowed",
        ),
        limit(
            "rules-of-route",
            [50, 51],
            hosts_by_paths,
            "this route has 1020 rules and references, and at most 1000 are allowed",
        ),
        limit(
            "expression-of-template",
            [1000, 1001],
            expression,
            "this expression is longer than 1,000 bytes",
        ),
        limit(
            "label-of-host",
            [63, 64],
            label,
            format!("the host would be `{}…`, 76 characters", "a".repeat(60)),
        ),
        limit(
            "name-of-application",
            [61, 62],
            application,
            format!("the Application would be named `a-{}…`, 64 characters", "b".repeat(58)),
        ),
        limit(
            "name-of-port",
            [15, 16],
            port_name,
            format!("`{}` is not a valid port name: it has more than 15 characters", "p".repeat(16)),
        ),
    ];
    all.extend(texts_that_readers_disagree_on());
    all.extend([
        either_side(
            "bytes-of-templates",
            templates(8),
            templates(9),
            "the templates are longer than 2 MiB in total",
        ),
        either_side(
            "priority-of-prefix",
            priority(67),
            priority(68),
            "`app.example.com/admin` never gets a request",
        ),
        either_side(
            "argo-cd-of-retry-refresh",
            retry_refresh("3.2.0"),
            retry_refresh("3.1.99"),
            "`refresh` needs Argo CD 3.2, and platform.yml has 3.1.99",
        ),
        either_side(
            "argo-cd-of-large-definitions",
            own_argo_cd("3.2.99"),
            own_argo_cd("3.3.0"),
            "Argo CD cannot apply its own custom resource definitions with these options",
        ),
    ]);
    all
}

fn texts_that_readers_disagree_on() -> [Limit; 3] {
    let entry = |line: &str| inputs(line, PLATFORM);
    [
        either_side(
            "anchor",
            entry("  labels: &labels {a: b}\n"),
            entry("  labels: &12:30 {a: b}\n"),
            "YAML parsers disagree on the name of the anchor `&12:30`",
        ),
        either_side(
            "line-separator",
            entry("  # a comment\n"),
            entry("  # a\u{2028}comment\n"),
            "`\\u{2028}` is a line break for some YAML parsers only",
        ),
        either_side(
            "byte-order-mark",
            entry("  description: a text\n"),
            entry("  description: a\u{feff}text\n"),
            "there is a byte order mark within the file",
        ),
    ]
}

fn limit(
    name: &'static str,
    [last, first]: [usize; 2],
    make: fn(usize) -> Inputs,
    says: impl Into<String>,
) -> Limit {
    Limit { name, within: make(last), beyond: make(first), says: says.into() }
}

fn either_side(name: &'static str, within: Inputs, beyond: Inputs, says: &str) -> Limit {
    Limit { name, within, beyond, says: says.into() }
}

fn inputs(applications: impl Display, platform: impl Into<Vec<u8>>) -> Inputs {
    let applications =
        format!("- namespace: web-app\n  networkPolicies: {{profile: web-app}}\n{applications}");
    let platform = Some(Source::new("platform.yml", platform));
    Inputs { applications: Source::new("applications.yml", applications), platform, ..Inputs::default() }
}

fn long_platform(length: usize) -> Inputs {
    inputs("", format!("{PLATFORM}#{}", " ".repeat(length - PLATFORM.len() - 1)))
}

fn long_catalog(length: usize) -> Inputs {
    let short = inputs("", PLATFORM).applications.bytes.len();
    inputs(format_args!("#{}", " ".repeat(length - short - 1)), PLATFORM)
}

/// A catalog of so many values: the list, the entry and its contents, the rest in the values of an
/// application.
fn values_of_catalog(number: usize) -> Inputs {
    let values = |rest: usize| {
        format!(
            "  applications:\n    - applicationCode: web-app\n      path: charts/app\n      autoSync: true\n\
             \x20     helm: {{values: {{list: [{}]}}}}\n",
            joined(rest, |_| "a".into())
        )
    };
    inputs(values(number - 23), PLATFORM)
}

fn entries(number: usize) -> Inputs {
    let entry = |index| format!("- namespace: app-{index}\n  networkPolicies: {{profile: web-app}}\n");
    inputs((1..number).map(entry).collect::<String>(), PLATFORM)
}

fn chain(length: usize) -> Inputs {
    let depends = |index: usize| {
        index.checked_sub(1).map(|before| format!(", dependsOn: [app-{before}]")).unwrap_or_default()
    };
    let application = |index| {
        format!(
            "    - {{applicationCode: app-{index}, path: charts/app, autoSync: true{}}}\n",
            depends(index)
        )
    };
    inputs(format_args!("  applications:\n{}", (0..length).map(application).collect::<String>()), PLATFORM)
}

fn tiers(number: usize) -> Inputs {
    inputs("", format!("{PLATFORM}tiers: [{}]\n", joined(number, |index| format!("tier-{index}"))))
}

fn entry_points(number: usize) -> Inputs {
    let point =
        |index| format!("{{name: point-{index}, exposure: internal, port: {}, tls: true}}", 8000 + index);
    inputs("", format!("{PLATFORM}  entryPoints: [{}]\n", joined(number, point)))
}

fn hosts(number: usize) -> Inputs {
    route(format_args!("aliases: [{}]", joined(number - 1, |index| format!("host-{index}"))))
}

fn hosts_by_paths(paths: usize) -> Inputs {
    let aliases = joined(19, |index| format!("host-{index}"));
    route(format_args!(
        "aliases: [{aliases}], paths: [{}]",
        joined(paths, |index| format!("{{path: /{index}}}"))
    ))
}

fn label(length: usize) -> Inputs {
    let host = "a".repeat(length);
    inputs(format_args!("  routes: [{{host: {host}.example.com, service: app, port: 80}}]\n"), PLATFORM)
}

fn route(more: impl Display) -> Inputs {
    inputs(format_args!("  routes: [{{host: app, service: app, port: 80, {more}}}]\n"), PLATFORM)
}

/// An expression of so many bytes, counted from its opening braces to its last quote.
fn expression(length: usize) -> Inputs {
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: app}}\ndata:\n  text: {{{{'{}'}}}}\n",
        "a".repeat(length - 4)
    );
    let templates = vec![("app".into(), Source::new("templates/app.yml", text))];
    Inputs { templates, ..inputs("  templates: [{name: app}]\n", PLATFORM) }
}

/// So many used templates of 256 KiB.
fn templates(number: usize) -> Inputs {
    let text = |index| {
        let object = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: map-{index}}}\n#");
        object.clone() + &" ".repeat((256 << 10) - object.len())
    };
    let files = (0..number).map(|index| {
        let name = format!("map-{index}");
        (name.clone(), Source::new(format!("templates/{name}.yml"), text(index)))
    });
    let uses = joined(number, |index| format!("{{name: map-{index}}}"));
    Inputs { templates: files.collect(), ..inputs(format_args!("  templates: [{uses}]\n"), PLATFORM) }
}

/// `a-` and a code of so many letters. A release of Helm has fewer, so this is a folder of plain manifests.
fn application(length: usize) -> Inputs {
    let application = format!(
        "{{applicationCode: {}, path: deploy, directory: {{recurse: true}}, autoSync: true}}",
        "b".repeat(length)
    );
    inputs(
        format_args!("  applications: [{application}]\n"),
        format!("{PLATFORM}patterns: {{application: 'a-{{{{ applicationCode }}}}'}}\n"),
    )
}

fn port_name(length: usize) -> Inputs {
    route(format_args!("targetPort: {}", "p".repeat(length)))
}

/// The longer path comes first as long as its rule is longer than the number that everything else of the
/// host is given.
fn priority(priority: usize) -> Inputs {
    let all = format!("{{host: app, service: app, port: 80, priority: {priority}}}");
    inputs(
        format_args!(
            "  routes:\n    - {all}\n    - {{host: app, service: app, port: 80, paths: [{{path: /admin}}]}}\n"
        ),
        PLATFORM,
    )
}

fn retry_refresh(version: &str) -> Inputs {
    let application =
        "{applicationCode: app, path: charts/app, autoSync: true, sync: {retry: {refresh: true}}}";
    inputs(format_args!("  applications: [{application}]\n"), argo_cd(version))
}

fn own_argo_cd(version: &str) -> Inputs {
    let values = "{configs: {cm: {application.resourceTrackingMethod: annotation}}}";
    let application = format!(
        "{{applicationCode: argocd, repoURL: https://argoproj.github.io/argo-helm, chart: argo-cd, \
         targetRevision: 9.0.0, autoSync: true, finalizer: none, sync: {{prune: false}}, helm: {{values: \
         {values}}}}}"
    );
    inputs(
        format_args!(
            "- namespace: argocd\n  networkPolicies: {{profile: system}}\n  applications: [{application}]\n"
        ),
        argo_cd(version),
    )
}

fn argo_cd(version: &str) -> String {
    PLATFORM.replace("argocd:\n", &format!("argocd:\n  version: '{version}'\n"))
}

fn joined(number: usize, item: impl Fn(usize) -> String) -> String {
    (0..number).map(item).collect::<Vec<_>>().join(", ")
}
