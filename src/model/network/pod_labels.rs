//! Which pods of a namespace, by their labels.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::{Key, Map, SortedMap, Text, Value};

/// The labels that pods must have; all pods if there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PodLabels(Option<Arc<BTreeMap<Text, Text>>>);

/// The maximum length of the labels in the name of a policy.
const MAX_NAME: usize = 60;

impl PodLabels {
    /// The pods with these labels.
    pub fn new(labels: BTreeMap<Text, Text>) -> Self {
        Self((!labels.is_empty()).then(|| Arc::new(labels)))
    }

    /// Whether they are all pods.
    pub fn is_all(&self) -> bool {
        self.0.is_none()
    }

    /// The labels, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Text)> {
        self.0.iter().flat_map(|labels| labels.iter())
    }

    /// Whether a pod with these labels is one of them.
    pub fn selects(&self, labels: &SortedMap<Text, Text>) -> bool {
        self.iter().all(|(key, value)| labels.get(key) == Some(value))
    }

    /// Whether all pods that `other` selects are among them.
    pub fn covers(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(_), Some(labels)) => self.iter().all(|(key, value)| labels.get(key) == Some(value)),
        }
    }

    /// The labels as a mapping of a manifest.
    pub fn to_map(&self) -> Map {
        self.iter().map(|(key, value)| (Key::user(key.as_str()), Value::from(value.clone()))).collect()
    }

    /// A part of the name of a policy: the values, and a digest of all labels, so that other labels never
    /// have the same name.
    pub(crate) fn name(&self) -> String {
        let mut words: Vec<String> = self.iter().map(|(_, value)| to_dns(value)).collect();
        words.dedup();
        words.retain(|word| !word.is_empty());
        let mut name = words.join("-");
        name.truncate(MAX_NAME);
        let name = name.trim_end_matches('-');
        let digest = self.digest();
        if name.is_empty() { format!("{digest:08x}") } else { format!("{name}-{digest:08x}") }
    }

    /// FNV-1a with 32 bits, over keys and values that zero bytes separate.
    fn digest(&self) -> u32 {
        let bytes = self.iter().flat_map(|(key, value)| {
            [key.as_bytes(), &[0], value.as_bytes(), &[0]].map(<[u8]>::to_vec).concat()
        });
        bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
}

impl From<&BTreeMap<String, String>> for PodLabels {
    fn from(labels: &BTreeMap<String, String>) -> Self {
        Self::new(labels.iter().map(|(key, value)| (Text::copied(key), Text::copied(value))).collect())
    }
}

impl FromIterator<(Text, Text)> for PodLabels {
    fn from_iter<I: IntoIterator<Item = (Text, Text)>>(labels: I) -> Self {
        Self::new(labels.into_iter().collect())
    }
}

/// The value of a label as a part of a DNS name.
fn to_dns(value: &str) -> String {
    let mapped = value.bytes().map(|byte| match byte {
        b'_' | b'.' => '-',
        other => char::from(other).to_ascii_lowercase(),
    });
    mapped.filter(|char| char.is_ascii_alphanumeric() || *char == '-').collect()
}

#[cfg(test)]
mod tests {
    use super::PodLabels;
    use crate::value::Text;

    fn labels(pairs: &[(&str, &str)]) -> PodLabels {
        PodLabels::new(pairs.iter().map(|(key, value)| (Text::copied(key), Text::copied(value))).collect())
    }

    #[test]
    fn fewer_labels_cover_more_pods() {
        let (all, one, two) = (labels(&[]), labels(&[("a", "1")]), labels(&[("a", "1"), ("b", "2")]));
        assert!(all.covers(&one) && one.covers(&two) && all.covers(&all));
        assert!(!two.covers(&one) && !one.covers(&all));
    }

    #[test]
    fn labels_with_the_same_values_have_different_names() {
        let names = [
            labels(&[("a", "My_App.x")]),
            labels(&[("b", "My_App.x")]),
            labels(&[("a", "")]),
            labels(&[("a", "x"), ("b", "x")]),
        ];
        assert_eq!(
            names.map(|labels| labels.name()),
            ["my-app-x-70cab038", "my-app-x-49479c29", "2ef3db0c", "x-50f7b346"]
        );
    }
}
