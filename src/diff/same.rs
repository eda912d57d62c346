//! Whether two objects are the same to Kubernetes: the order of keys does not matter.

use crate::kubernetes::Object;
use crate::value::{Map, Value};

/// Whether both objects, which have the same identity, are the same to Kubernetes.
pub(super) fn same_object(one: &Object, other: &Object) -> bool {
    one.wave == other.wave
        && one.sync_options == other.sync_options
        && one.metadata().finalizers == other.metadata().finalizers
        && one.api_version() == other.api_version()
        && same_map(&one.metadata().labels, &other.metadata().labels)
        && same_map(&one.metadata().annotations, &other.metadata().annotations)
        && same_map(one.body.content(), other.body.content())
}

/// Whether both values are the same to Kubernetes.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one.get(), other.get()) {
        (Value::Map(one), Value::Map(other)) => same_map(one, other),
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (one, other) => one == other,
    }
}

fn same_map(one: &Map, other: &Map) -> bool {
    if one.iter().count() != other.iter().count() {
        return false;
    }
    // each value is compared once, or deep mappings would take exponential time
    if one.iter().zip(other.iter()).all(|((key, _), (known, _))| key == known) {
        return one.iter().zip(other.iter()).all(|((_, one), (_, other))| same(one, other));
    }
    one.iter().all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_does_not_matter_and_that_of_items_does() {
        let map = |keys: [(&'static str, i64); 2]| Value::from(keys.into_iter().collect::<Map>());
        assert!(same(&map([("a", 1), ("b", 2)]), &map([("b", 2), ("a", 1)])));
        assert!(!same(&map([("a", 1), ("b", 2)]), &map([("a", 2), ("b", 1)])));
        assert!(!same(&map([("a", 1), ("b", 2)]), &map([("a", 1), ("c", 2)])));
        assert!(!same(&Value::from(vec![1_i64, 2]), &Value::from(vec![2_i64, 1])));
    }
}
