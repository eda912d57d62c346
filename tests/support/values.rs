//! Random values, and whether two of them are the same to a parser.
#![allow(dead_code, reason = "each test program uses its part of it")]

use proptest::prelude::*;
use serde_json::Value as Json;
use wharf::value::{Map, Value};

/// Text that is hard on emitters: indicators, whitespace, line breaks, numbers, words, all of Unicode.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{0,8}",
        2 => "[-+0-9_.:eExobTZ ]{0,8}",
        3 => r#"[a-z :#'"\\\[\]{},&*!|>%@`~?=<\t\n-]{0,12}"#,
        2 => "([ \ta-z]{0,4}\n){0,4}[ \ta-z]{0,3}",
        1 => "(yes|no|on|off|y|n|true|false|null|~|<<|=|---|\\.\\.\\.)[ \n]?",
        2 => any::<String>(),
        1 => "\\PC{0,6}",
        1 => "[\\x00-\\x20\u{7f}-\u{a0}\u{2028}\u{2029}\u{feff}\u{fffe}a]{0,4}",
        1 => "[a-z ]{120,140}|[a-z]{990,1010}",
    ]
}

fn number() -> impl Strategy<Value = Value> {
    let float = prop_oneof![any::<f64>(), -1e6..1e6, (-40_i32..40).prop_map(|power| 10_f64.powi(power))];
    prop_oneof![
        any::<i64>().prop_map(Value::Int),
        (-100_i64..100).prop_map(Value::Int),
        float.prop_filter_map("finite", |number| number.is_finite().then_some(Value::Float(number))),
    ]
}

/// A value of any depth that a catalog may pass through.
pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        2 => number(),
        5 => any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
            prop::collection::btree_map(any_text(), inner, 0..6)
                .prop_map(|pairs| Value::Map(pairs.into_iter().collect::<Map>())),
        ]
    })
}

/// Whether two values are equal, including their types: `1` and `1.0` are not, except that parsers print a
/// float without a fraction as they like.
pub(crate) fn same(one: &Json, other: &Json) -> bool {
    match (one, other) {
        (Json::Array(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Json::Object(one), Json::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        (Json::Number(one), Json::Number(other)) => {
            one.is_f64() == other.is_f64() && (one == other || one.as_f64() == other.as_f64())
        }
        _ => one == other,
    }
}
