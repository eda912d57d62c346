//! The language of templates means what minijinja's means: its own evaluation is the oracle, for each
//! construct and for random expressions.

#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::panic, clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value as Theirs};
use proptest::prelude::*;
use wharf::template::{Budget, FILTERS, Problem, Program, Style, TESTS, Value};

fn ours(template: &str) -> Result<String, String> {
    let words = [
        ("number", Value::Int(7)),
        ("word", Value::text("web app")),
        ("map", Value::map([("b", Value::Int(1)), ("a", Value::text("x"))])),
    ];
    let program = Program::parse(template).map_err(|fault| format!("{fault:?}"))?;
    let rendered = program
        .render(&words, Style::Json, &mut Budget::new(100_000, 1 << 20))
        .map_err(|fault| format!("{fault:?}"))?;
    assert_eq!(rendered.lines.len(), rendered.text.split('\n').count(), "each line has an origin");
    Ok(rendered.text)
}

fn theirs(template: &str) -> Result<String, String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Json);
    let map = Theirs::from_pairs([("b", Theirs::from(1)), ("a", Theirs::from("x"))]);
    let words =
        Theirs::from_pairs([("number", Theirs::from(7)), ("word", Theirs::from("web app")), ("map", map)]);
    environment
        .template_from_str(template)
        .and_then(|template| template.render(words))
        .map_err(|error| error.to_string())
}

/// Templates that both read alike.
const ALIKE: &[&str] = &[
    "a\n  {{ word }}\n\n{#- a comment -#}\n  b\n",
    "{% raw %}{{ word }}{% endraw %}",
    "{{ number }} {{ -number }} {{ 1.5 }} {{ true }} {{ none }} {{ [1, 'a', [none]] }} {{ {'b': 1, 'a': \
     [2]} }} {{ (1, 2) }}",
    "{{ 'a\"b\\n\\t\\\\' }}",
    "{{ 7 + 2 }} {{ 7 - 9 }} {{ 7 * 2 }} {{ 7 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ \
     2 ** 9 }} {{ 1.5 + 1 }}",
    "{{ 7 == 7.0 }} {{ 'a' != 'b' }} {{ 1 < 2 < 3 }} {{ 1 < 2 > 3 }} {{ 'a' < 'b' }} {{ [1] == [1] }} {{ \
     {'a': 1} == {'a': 2} }}",
    "{{ 'a' in word }} {{ 1 in [1, 2] }} {{ 'a' in map }} {{ 'z' not in map }}",
    "{{ 0 or 'x' }} {{ '' and 'x' }} {{ not [] }} {{ 'y' if number > 5 else 'n' }}",
    "{{ word ~ '-' ~ number ~ true ~ none ~ 1.5 }} {{ 'a' + 'b' }} {{ [1] + [2] }} {{ 'ab' * 3 }}",
    "{{ map.a }} {{ map['b'] }} {{ word[0] }} {{ [1, 2, 3][-1] }} {{ word[1:3] }} {{ word[:-2] }} {{ [1, 2, \
     3, 4][1:] }} {{ [1][5:] }}",
    "{% if number > 9 %}a{% elif number > 5 %}b{% else %}c{% endif %}",
    "{% for a in [1, 2, 3] if a != 2 %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.first \
     }}{{ loop.last }}{{ loop.length }}{{ a }};{% endfor %}",
    "{% for a in [] %}x{% else %}nothing{% endfor %}{% for key in map %}{{ key }}{% endfor %}",
    "{% for key, value in map | items %}{{ key }}={{ value }},{% endfor %}{% for key, value in map | \
     dictsort %}{{ key }}{% endfor %}",
    "{% set a = 1 %}{% if true %}{% set b = 2 %}{% endif %}{% with a = 5, c = 6 %}{{ a }}{{ c }}{% endwith \
     %}{{ a }}",
    "{%- for a in range(3) -%}\n  {{ a }}\n{%- endfor %}\n{{ range(2, 5) | list }}{{ range(9, 0, -4) | list \
     }}",
    "{{ 'abc' | upper }} {{ 'ABC' | lower }} {{ 'aBC' | capitalize }} {{ 'web app-x' | title }} {{ ' a ' | \
     trim }} {{ 'xax' | trim('x') }}",
    "{{ 'a.b.c' | replace('.', '--') }} {{ 'a,b' | split(',') }} {{ 'a b' | split }} {{ 'abc' | reverse }} \
     {{ 'äö' | length }} {{ 'abc' | first }}{{ 'abc' | last }}",
    "{{ [3, 1, 2] | sort }} {{ [3, 1, 2] | sort(reverse=true) }} {{ [1, 2] | reverse }} {{ [1, 2] | first \
     }} {{ [1, 2] | last }} {{ [1, 2] | length }} {{ map | count }}",
    "{{ ['a', 1, true] | join('-') }} {{ ['a', 'b'] | join }} {{ [3, 1] | min }} {{ [3, 1] | max }} {{ [3, \
     1] | sum }} {{ [1, 1, 2] | unique }} {{ map | list }}",
    "{{ [{'a': 1}, {'a': 2}] | map(attribute='a') | list }} {{ [{'a': 1}, {'a': 2}] | selectattr('a', 'eq', \
     2) | list }} {{ [{'a': 0}, {'a': 2}] | rejectattr('a') | list }}",
    "{{ missing | default('d') }} {{ map.missing | d(1) }} {{ '' | default('x', true) }} {{ missing is \
     defined }} {{ missing is undefined }}",
    "{{ '7' | int }} {{ 'x' | int(default=3) }} {{ 7.9 | int }} {{ '1.5' | float }} {{ -3 | abs }} {{ 1 | \
     bool }} {{ 7 | string }} {{ true | string }}",
    "{{ 'a' | tojson }} {{ '' ~ ([1] | tojson) }}",
    "{{ 3 is odd }} {{ 3 is even }} {{ 9 is divisibleby 3 }} {{ 'ab' is startingwith 'a' }} {{ 'ab' is \
     endingwith('b') }} {{ 1 is number }} {{ 'a' is string }} {{ [] is sequence }} {{ {} is mapping }} {{ \
     none is none }} {{ 1 is integer }} {{ 1.5 is float }} {{ true is boolean }} {{ true is true }} {{ \
     false is false }} {{ 1 is eq 1 }} {{ 1 is in [1] }} {{ 2 is gt 1 }} {{ 2 is not le 1 }} {{ [] is \
     iterable }} {{ 1 is equalto 1 }} {{ 1 is ne 2 }} {{ 1 is lt 2 }} {{ 1 is lessthan 2 }} {{ 2 is ge 2 }} \
     {{ 2 is greaterthan 1 }}",
];

#[test]
fn each_construct_means_what_minijinja_means() {
    for template in ALIKE {
        assert_eq!(ours(template), theirs(template), "{template}");
    }
}

#[test]
fn every_filter_and_every_test_is_compared() {
    let all = ALIKE.concat();
    let words: BTreeSet<_> = all.split(|char: char| !char.is_ascii_alphanumeric()).collect();
    // `values` is ours; signs as names of tests can only be arguments
    let missing: Vec<_> = FILTERS
        .iter()
        .chain(&TESTS)
        .filter(|name| !["values", "==", "!="].contains(name) && !words.contains(**name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn what_minijinja_refuses_is_refused() {
    let faults = [
        "{{ missing }}",
        "{{ map.missing }}",
        "{{ missing.a }}",
        "{% if missing %}{% endif %}",
        "{{ missing ~ 'a' }}",
        "{% for a in missing %}{% endfor %}",
        "{{ 1 / 0 }}",
        "{{ 'a' - 1 }}",
        "{{ map | sort | sum }}",
        "{{ 'a' | replace }}",
        "{{ 'a' | upper(1) }}",
        "{% for a, b in [1] %}{% endfor %}",
        "{{",
        "{% if %}",
        "{% endif %}",
    ];
    for template in faults {
        assert!(
            ours(template).is_err() && theirs(template).is_err(),
            "{template}: {:?} and {:?}",
            ours(template),
            theirs(template)
        );
    }
}

#[test]
fn names_end_with_their_block() {
    assert_eq!(
        ours("{% for a in [1, 2] %}{{ b is defined }}{% set b = 1 %}{% endfor %}{{ b is defined }}")
            .as_deref(),
        Ok("falsefalsefalse")
    );
    assert_eq!(ours("{% if true %}{% set b = 1 %}{% endif %}{{ b is defined }}").as_deref(), Ok("false"));
}

#[test]
fn a_value_stays_in_its_field_whatever_it_holds() {
    let odd = "a\u{7F}\u{85}\u{2028}\u{2029}\u{FEFF}\u{FFFE}\"\\\n\r\t\u{1}";
    let program = Program::parse("{{ odd }}").unwrap();
    let rendered =
        program.render(&[("odd", Value::text(odd))], Style::Json, &mut Budget::new(1000, 1000)).unwrap();
    assert!(
        rendered
            .text
            .chars()
            .all(|char| !char.is_control() && !"\u{2028}\u{2029}\u{FEFF}\u{FFFE}".contains(char)),
        "{}",
        rendered.text
    );
    assert_eq!(serde_json::from_str::<String>(&rendered.text).unwrap(), odd);
}

#[test]
fn a_line_knows_where_it_came_from() {
    let program = Program::parse("a\n{%- for b in [1, 2] %}\nb: {{ b }}\n{%- endfor %}\nc\n").unwrap();
    let rendered = program.render(&[], Style::Json, &mut Budget::new(1000, 1000)).unwrap();
    assert_eq!(rendered.text, "a\nb: 1\nb: 2\nc");
    assert_eq!(rendered.lines, [0, 2, 2, 4]);
}

/// Expressions of numbers, texts and lists, many of which have no value.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0..99_i64).prop_map(|number| number.to_string()),
        (0..99_i64).prop_map(|number| format!("{number}.5")),
        "[a-c ]{0,4}".prop_map(|text| format!("'{text}'")),
        Just("word".to_owned()),
        Just("number".to_owned()),
        Just("map".to_owned()),
        Just("missing".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let operator = prop::sample::select(vec![
            "+", "-", "*", "//", "%", "~", "==", "!=", "<", ">=", "in", "and", "or",
        ]);
        let filter = prop::sample::select(vec![
            "upper",
            "length",
            "first",
            "last",
            "reverse",
            "list",
            "default(1)",
            "string",
            "sort",
            "sum",
            "join('-')",
            "unique",
        ]);
        prop_oneof![
            (inner.clone(), operator, inner.clone())
                .prop_map(|(one, operator, other)| format!("({one} {operator} {other})")),
            (inner.clone(), filter).prop_map(|(value, filter)| format!("({value} | {filter})")),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|items| format!("[{}]", items.join(", "))),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(one, condition, other)| format!("({one} if {condition} else {other})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Ours is stricter: it has no text for lists, no order of kinds and no numbers of booleans. Where it has
    /// a value, it is the same one.
    #[test]
    fn random_expressions_have_minijinjas_value_or_none(expression in expression()) {
        let template = format!("{{{{ {expression} }}}}");
        if let Ok(ours) = ours(&template) {
            prop_assert_eq!(Ok(ours), theirs(&template), "{}", template);
        }
    }

    /// Whatever the text is, there is a result within the budget.
    #[test]
    fn any_text_is_a_template_or_a_fault(pieces in prop::collection::vec(prop::sample::select(vec![
        "{{", "}}", "{%", "%}", "{#", "#}", "-", "if ", "for ", "a", " \
            in ", "set ", "=", "endif", "endfor", "'",
        "\"", "|", "upper", "(", ")", "[", "]", "{", "}", ",", ":", ".", "1", "\n", "\r", "loop", "is ",
        "defined", "not ", "é", "\0", "raw", "endraw", "with ", "~",
    ]), 0..40)) {
        let text = pieces.concat();
        match Program::parse(&text) {
            Ok(program) => {
                let _ = program.render(&[("a", Value::text("x"))], Style::Json, &mut Budget::new(500, 500));
            }
            Err(fault) => {
                prop_assert!(fault.span.start <= fault.span.end && fault.span.end <= text.len());
                prop_assert!(fault.problem != Problem::Steps);
            }
        }
    }
}
