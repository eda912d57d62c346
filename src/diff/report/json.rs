//! The difference for programs: one JSON document with a version.

use serde_json::{Map, Value, json};

use super::Drawn;
use crate::diagnostics::printable;
use crate::diff::{Change, Level, Pair, Place, Side};
use crate::names::Namespace;
use crate::report::json::escape;

/// The version of the format; it is incremented when a reader of the old format would misread the new one.
const VERSION: u32 = 1;

/// The difference as one JSON document that ends with a line break.
pub fn json(drawn: &Drawn<'_>) -> String {
    let diff = drawn.diff;
    let counts: Map<String, Value> =
        Level::ALL.into_iter().map(|level| (level.number().to_string(), diff.count(level).into())).collect();
    let found = diff.changes.iter().map(|change| of_change(change, drawn));
    let rest = diff.rest().map(|pair| of_rest(pair, drawn));
    let [from, to] = drawn.names;
    let document = json!({
        "version": VERSION,
        "from": printable(from),
        "to": printable(to),
        "verdict": diff.verdict(),
        "counts": counts,
        "changes": found.chain(rest).collect::<Vec<_>>(),
    });
    escape(&format!("{document:#}\n"))
}

fn of_change(change: &Change, drawn: &Drawn<'_>) -> Value {
    let objects = &drawn.diff.comparison.objects;
    let named: Vec<_> =
        change.objects.iter().filter_map(|index| objects.get(*index)).map(of_object).collect();
    let mut value = json!({
        "level": change.level().number(),
        "rule": change.judge.name,
        "message": printable(&change.message),
        "consequence": printable(&change.consequence),
        "origin": position(&change.place, drawn),
    });
    let stated = change.stated.as_ref().map(|(key, place)| {
        let (file, line) = file_and_line(place, drawn);
        json!({ "file": file, "line": line, "key": key })
    });
    let optional = [
        ("help", change.help.as_deref().map(|help| printable(help).into())),
        ("host", change.host().map(Value::from)),
        ("connection", change.connection().map(Value::from)),
        ("entry", change.entry.as_ref().map(|entry| entry.as_str().into())),
        ("stated", stated),
        ("object", if let [only] = named.as_slice() { Some(only.clone()) } else { None }),
        ("objects", (named.len() > 1).then(|| named.clone().into())),
    ];
    if let Some(value) = value.as_object_mut() {
        value.extend(optional.into_iter().filter_map(|(key, found)| Some((key.to_owned(), found?))));
    }
    value
}

/// An object that no judge explains.
fn of_rest(pair: &Pair<'_>, drawn: &Drawn<'_>) -> Value {
    let side = if pair.after.is_some() { Side::After } else { Side::Before };
    let origin = pair.either().and_then(|object| object.origins.first());
    let place = Place { side, location: origin.map(|origin| origin.location.clone()).unwrap_or_default() };
    json!({
        "level": Level::Rest.number(),
        "rule": format!("object-{}", pair.verb()),
        "message": format!("the object is {}", pair.verb()),
        "consequence": "",
        "origin": position(&place, drawn),
        "object": of_object(pair),
    })
}

fn of_object(pair: &Pair<'_>) -> Value {
    let Some(object) = pair.either() else { return Value::Null };
    let kind = object.group_kind();
    json!({
        "group": kind.group.as_str(),
        "kind": kind.kind.as_str(),
        "namespace": object.namespace.as_ref().map(Namespace::as_str),
        "name": object.name.as_str(),
        "change": pair.verb(),
    })
}

fn position(place: &Place, drawn: &Drawn<'_>) -> Value {
    let (file, line) = file_and_line(place, drawn);
    json!({ "file": file, "line": line })
}

/// Both are null for a place in no file.
fn file_and_line(place: &Place, drawn: &Drawn<'_>) -> (Option<String>, Option<usize>) {
    drawn.position(place).map(|(file, line)| (printable(file).into_owned(), line)).unzip()
}
