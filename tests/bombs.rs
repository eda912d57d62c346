//! Templates and name patterns that mean harm: whatever they hold, wharf ends with a report, within 512 MiB
//! and 10 seconds of one core.

#![cfg(target_os = "linux")]
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

#[path = "support/cli.rs"]
mod cli;

use std::fmt::Write;

use tempfile::TempDir;

/// A bomb: its name, its templates, and what the report says of it.
struct Bomb {
    name: &'static str,
    templates: Vec<String>,
    uses: usize,
    platform: String,
    report: &'static str,
}

/// Memory in KiB and seconds of CPU.
const LIMITS: &str = "ulimit -v 524288; ulimit -t 10";

fn bomb(name: &'static str, template: impl Into<String>, report: &'static str) -> Bomb {
    Bomb { name, templates: vec![template.into()], uses: 1, platform: String::new(), report }
}

fn pattern(name: &'static str, text: &str, report: &'static str) -> Bomb {
    let platform =
        format!("patterns:\n  application: {}\n", serde_json::to_string(text).expect("text is JSON"));
    Bomb { name, templates: Vec::new(), uses: 0, platform, report }
}

/// Writes `line` so many times, each with its number for `N` and the one before for `M`.
fn chain(first: &str, line: &str, count: usize, last: &str) -> String {
    let lines = (1..=count)
        .map(|number| line.replace('N', &number.to_string()).replace('M', &(number - 1).to_string()));
    format!("{first}{}{}", lines.collect::<String>(), last.replace('N', &count.to_string()))
}

#[allow(clippy::too_many_lines, reason = "a flat list of cases")]
fn bombs() -> Vec<Bomb> {
    let steps = "this template takes more than 50000 steps";
    let refused = "the only function of templates is `range`";
    let mut bombs = vec![
        bomb("a namespace that holds itself", "{% set n = namespace() %}{% set n.a = n %}{{ n }}", refused),
        bomb("the fields of debug", "{{ debug() }}", refused),
        bomb("batch", "{{ [1] | batch(4000000000) }}", "there is no filter `batch`"),
        bomb("slice", "{{ [1] | slice(4000000000) }}", "there is no filter `slice`"),
        bomb("indented JSON", "{{ [[1]] | tojson(4000000000) }}", "the filter has too many arguments"),
        bomb("padding", "{{ 'x' | center(4000000000) }}", "there is no filter `center`"),
        bomb("a repeated text", "{{ 'x' * 99999999 }}", steps),
        bomb(
            "a repeated list",
            "{{ ([1] * 99999999) | length }}",
            "`*` is not defined for a list and a number",
        ),
        bomb(
            "joined ranges",
            chain(
                "{% set a = range(90000) %}",
                "{% set x = a | join(a | join('xxxxxxxxx')) %}",
                9,
                "{{ x }}",
            ),
            steps,
        ),
        bomb(
            "a text joined to itself",
            chain("{% set a0 = 'x' * 9000 %}", "{% set aN = aM ~ aM %}", 20, "{{ aN | length }}"),
            steps,
        ),
        bomb(
            "a text added to itself",
            chain("{% set a0 = 'x' * 9000 %}", "{% set aN = aM + aM %}", 20, "{{ aN | length }}"),
            steps,
        ),
        bomb(
            "a list added to itself",
            chain("{% set a0 = range(9000) %}", "{% set aN = (aM + aM) | list %}", 20, "{{ aN | length }}"),
            steps,
        ),
        bomb(
            "a lazy list added to itself",
            chain("{% set a0 = range(9000) %}", "{% set aN = aM + aM %}", 40, "{{ aN | sort | first }}"),
            steps,
        ),
        bomb(
            "captured blocks",
            chain(
                "{% set a0 %}xxxxxxxx{% endset %}",
                "{% set aN %}{{ aM }}{{ aM }}{% endset %}",
                40,
                "{{ aN }}",
            ),
            "a `set` without `=`",
        ),
        bomb(
            "filtered blocks",
            "{% filter upper %}{% for a in range(9000) %}{% for b in range(9000) %}x{% endfor %}{% endfor \
             %}{% endfilter %}",
            "`filter` around a block",
        ),
        bomb(
            "mappings that hold the one before twice",
            chain("{% set a0 = {'a': 1} %}", "{% set aN = {'a': aM, 'b': aM} %}", 60, "{{ aN }}"),
            steps,
        ),
        bomb(
            "mappings that are compared",
            chain(
                "{% set a0 = {'a': 1} %}",
                "{% set aN = {'a': aM, 'b': aM} %}",
                60,
                "{{ aN == {'a': a59, 'b': a59} }}",
            ),
            steps,
        ),
        bomb(
            "lists within lists",
            chain("{% set a0 = [] %}", "{% set aN = [aM] %}", 9000, "{{ aN }}"),
            "nested more than 128 levels deep",
        ),
        bomb(
            "sorted ranges in a loop",
            "{% for a in range(9000) %}{% set b = range(90000) | sort | sum %}{% endfor %}",
            steps,
        ),
        bomb(
            "unique ranges in a loop",
            "{% for a in range(900) %}{% set b = range(9000) | unique | length %}{% endfor %}",
            steps,
        ),
        bomb(
            "replaced letters",
            chain(
                "{% set a0 = 'xxxxxxxx' %}",
                "{% set aN = aM | replace('x', 'xxxxxxxx') %}",
                20,
                "{{ aN | length }}",
            ),
            steps,
        ),
        bomb(
            "split texts",
            chain(
                "{% set a = 'x ' * 90000 %}",
                "{% set aN = a | split %}{% set bN = a | split(' ') %}",
                90,
                "",
            ),
            steps,
        ),
        bomb("a power of powers", "{{ 9 ** 9 ** 9 ** 9 }}", "`387420489 ** 9` has no result"),
        bomb(
            "loops in loops",
            "{% for a in range(9000) %}{% for b in range(9000) %}{% endfor %}{% endfor %}",
            steps,
        ),
        bomb(
            "a recursive loop",
            "{% for a in [1] recursive %}{{ loop([a]) }}{% endfor %}",
            "a recursive loop",
        ),
        bomb(
            "many names",
            chain(
                "",
                "{% set aN = 1 %}",
                10_000,
                "{% for a in range(40000) %}{% set b = zz is defined %}{% endfor %}",
            ),
            steps,
        ),
        bomb(
            "signs in a row",
            format!("{{{{ 1{} }}}}", "+1".repeat(100_000)),
            "this expression has more than 300 tokens",
        ),
        bomb(
            "signs behind a mapping",
            format!("{{{{ {{'a': {{'a': 1}}}} }}}}{{{{ {{'a': {{'a': 1}}}}.a{} }}}}", "+1".repeat(100_000)),
            "this expression has more than 300 tokens",
        ),
        bomb(
            "a long word",
            format!("{{{{ {} }}}}", "a".repeat(200_000)),
            "this expression is longer than 1,000 bytes",
        ),
        bomb(
            "prefixes",
            format!("{{{{ {}1 }}}}", "-".repeat(900)),
            "this expression has more than 300 tokens",
        ),
        bomb(
            "words as prefixes",
            format!("{{{{ {}1 }}}}", "not ".repeat(240)),
            "operators are nested more than 60 levels deep",
        ),
        bomb("brackets", format!("{{{{ {}1{} }}}}", "[".repeat(149), "]".repeat(149)), "recursion limits"),
        bomb(
            "branches",
            format!("{{% if 1 %}}{}{{% endif %}}", "{% elif 1 %}".repeat(20_000)),
            "more than 100 `elif`",
        ),
        bomb(
            "blocks",
            format!("{}{}", "{% if 1 %}".repeat(140), "{% endif %}".repeat(140)),
            "blocks are nested more than 20 levels deep",
        ),
        bomb("a million expressions", "{{1}}".repeat(52_000), "this template"),
        bomb("many faults", format!("a:\n{}", "  k: v\n".repeat(25_000)), "twice"),
        bomb("many documents", "- a\n---\n".repeat(32_000), "this is not an object"),
        bomb("quotes in words", format!("a: [{}]", "x\"y, ".repeat(50_000)), "no `apiVersion`"),
        pattern(
            "a pattern that repeats its word",
            "{{ namespace * 99999999 }}",
            "it takes more than 500 steps",
        ),
        pattern(
            "a pattern that pads its word",
            "{{ namespace | center(4000000000) }}",
            "there is no filter `center`",
        ),
        pattern(
            "a pattern that doubles its word",
            &chain("{% set a0 = namespace %}", "{% set aN = aM ~ aM %}", 40, "{{ aN }}"),
            "it takes more than 500 steps",
        ),
        pattern(
            "a pattern with a long expression",
            &format!("{{{{ namespace{} }}}}", "~1".repeat(120)),
            "operators are nested more than 60 levels deep",
        ),
        pattern(
            "a pattern that holds itself",
            "{% set n = namespace %}{% set n.a = n %}{{ n }}",
            "only a name can be assigned a value",
        ),
    ];
    bombs.extend(of_many());
    bombs
}

/// What is only too much together.
fn of_many() -> Vec<Bomb> {
    let costly = "{% set a = range(45000) | sum %}apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ \
        values.name }}}\n";
    let wide = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {{{{ values.name }}}}}}\ndata: {{a: [{}]}}\n",
        "a,".repeat(120_000)
    );
    let long = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {{{{ values.name }}}}}}\ndata: {{a: {}}}\n",
        "a".repeat(250_000)
    );
    let short = "{% for a in range(4000) %}apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ values.name \
        ~ a }}}\n---\n{% endfor %}";
    let many = |name, template: &str, uses, report| Bomb { uses, ..bomb(name, template, report) };
    vec![
        many(
            "a costly template that is used often",
            costly,
            10_000,
            "the templates of this catalog take more than",
        ),
        many(
            "a template of many values that is used often",
            &wide,
            2000,
            "the output of the templates of this catalog is longer than 12 MiB in total",
        ),
        many(
            "a template of a long text that is used often",
            &long,
            2000,
            "the output of the templates of this catalog is longer than 12 MiB in total",
        ),
        many("a template of many objects that is used often", short, 2000, "of this catalog"),
        many(
            "a template with faults that is used often",
            &"- a\n---\n".repeat(9000),
            10_000,
            "of this catalog",
        ),
        Bomb {
            templates: vec!["{{1}}".repeat(52_000); 250],
            ..bomb("many long templates", "", "the templates are longer than 2 MiB in total")
        },
    ]
}

impl Bomb {
    /// A folder with its catalog.
    fn write(&self) -> TempDir {
        let folder = cli::folder();
        let mut catalog = String::from(
            "- namespace: web-shop\n  networkPolicies: {profile: base}\n  applications: [{applicationCode: \
             shop, path: charts/shop}]\n",
        );
        if self.uses > 0 {
            catalog.push_str("  templates:\n");
        }
        for number in 0..self.uses.max(self.templates.len()).min(self.uses * 10_000) {
            let _ = writeln!(
                catalog,
                "    - {{name: bomb-{}, values: {{name: bomb-{number}}}}}",
                number % self.templates.len()
            );
        }
        cli::write(folder.path().join("applications.yml"), catalog);
        cli::write(folder.path().join("platform.yml"), format!("{}{}", cli::PLATFORM, self.platform));
        for (number, template) in self.templates.iter().enumerate() {
            cli::write(folder.path().join(format!("templates/bomb-{number}.yml")), template);
        }
        folder
    }

    fn goes_off(&self, verb: &str, folder: &TempDir) -> Option<String> {
        let ran = cli::shell(&format!("{LIMITS}; exec \"$WHARF\" {verb}")).within(folder).run();
        let fails = ran.code == Some(1) && (ran.err.contains(self.report) || ran.out.contains(self.report));
        (!fails).then(|| {
            format!(
                "{} ({verb}): exit code {:?}\n{}",
                self.name,
                ran.code,
                ran.err.chars().take(600).collect::<String>()
            )
        })
    }
}

#[test]
fn no_template_goes_beyond_its_bounds() {
    let mut gone_off = Vec::new();
    for bomb in bombs() {
        let folder = bomb.write();
        gone_off.extend(bomb.goes_off("plugin", &folder));
        if bomb.uses > 1 {
            gone_off.extend(bomb.goes_off("check --format text", &folder));
            gone_off.extend(bomb.goes_off("check --format sarif", &folder));
        }
    }
    assert!(gone_off.is_empty(), "{}", gone_off.join("\n\n"));
}
