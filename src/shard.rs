//! A part of a catalog, for several root Applications that share one: the parameters of the Argo CD plugin
//! select it.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::exit::CommandError;
use crate::kubernetes::Object;
use crate::model::Model;
use crate::names::Namespace;
use crate::value::Text;

/// The names of the parameters.
const PARAMETERS: [&str; 2] = ["entries", "tiers"];

/// The part of the catalog that a root Application selects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shard {
    /// The namespaces of its entries. Default: all.
    entries: Option<Vec<String>>,
    /// The tiers of its entries. Default: all.
    tiers: Option<Vec<String>>,
}

/// A parameter as Argo CD passes it: a name, and the values that the Application sets, of three types (Argo
/// CD 3.5, `ApplicationSourcePluginParameter.MarshalJSON`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameter {
    name: String,
    array: Option<Vec<String>>,
    string: Option<serde_json::Value>,
    map: Option<serde_json::Value>,
}

impl Shard {
    /// Parses the parameters of an Application, a JSON list or `null`.
    ///
    /// # Errors
    /// If a parameter is not valid: ignoring it would render more or less than intended.
    pub fn parse(json: &str) -> Result<Self, CommandError> {
        let parameters: Option<Vec<Parameter>> = serde_json::from_str(json)
            .map_err(|error| CommandError(format!("the parameters cannot be read: {error}")))?;
        let mut shard = Self::default();
        for parameter in parameters.into_iter().flatten() {
            let slot = match parameter.name.as_str() {
                "entries" => &mut shard.entries,
                "tiers" => &mut shard.tiers,
                name => return Err(CommandError::unknown("parameter", name, PARAMETERS)),
            };
            if slot.is_some() {
                return Err(CommandError(format!("the parameter `{}` is listed twice", parameter.name)));
            }
            *slot = Some(parameter.list()?);
        }
        Ok(shard)
    }

    /// Checks that the catalog contains what the parameters name.
    ///
    /// # Errors
    /// If it does not: nothing would be rendered, and Argo CD would prune the existing objects.
    pub fn check(&self, model: &Model, objects: &[Object]) -> Result<(), CommandError> {
        let tiers: Vec<&str> = model.platform.tiers.iter().map(Text::as_str).collect();
        known("tier", self.tiers.as_deref(), &tiers)?;
        let disabled = model.disabled.iter().map(Namespace::as_str);
        let owners = model.entries.iter().map(|entry| entry.namespace.as_str());
        let namespaces: BTreeSet<&str> =
            objects.iter().map(|object| object.folder.as_str()).chain(owners).chain(disabled).collect();
        known("entry", self.entries.as_deref(), &namespaces.into_iter().collect::<Vec<_>>())
    }

    /// Whether the object belongs to this part. An object belongs to the entry whose namespace is the name of
    /// its folder. An object in another namespace, such as the wildcard Certificate beside an ingress
    /// controller outside the catalog, belongs to the last tier.
    pub fn contains(&self, object: &Object, model: &Model) -> bool {
        let is_selected = |selected: &Option<Vec<String>>, name: &str| {
            selected.as_ref().is_none_or(|selected| selected.iter().any(|one| one == name))
        };
        let tiers = &model.platform.tiers;
        let tier = model.entry(&object.folder).map_or(tiers.last(), |entry| tiers.get(entry.tier));
        is_selected(&self.entries, object.folder.as_str())
            && is_selected(&self.tiers, tier.map_or("", Text::as_str))
    }
}

impl Parameter {
    /// The listed values.
    fn list(self) -> Result<Vec<String>, CommandError> {
        let name = self.name;
        match self.array {
            Some(list) if list.is_empty() => {
                Err(CommandError(format!("the parameter `{name}` is empty; remove it to select all")))
            }
            Some(list) if self.string.is_none() && self.map.is_none() => Ok(list),
            _ => Err(CommandError(format!("the parameter `{name}` is a list: use `array` only"))),
        }
    }
}

fn known(noun: &str, selected: Option<&[String]>, known: &[&str]) -> Result<(), CommandError> {
    let unknown = selected.unwrap_or_default().iter().find(|word| !known.contains(&word.as_str()));
    unknown.map_or(Ok(()), |word| Err(CommandError::unknown(noun, word, known.iter().copied())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> String {
        Shard::parse(json).expect_err(json).to_string()
    }

    #[test]
    fn no_parameters_select_everything() {
        for json in ["null", "[]", " [ ] "] {
            assert_eq!(Shard::parse(json).expect(json), Shard::default());
        }
    }

    #[test]
    fn lists_are_read_unchanged() {
        let shard =
            Shard::parse(r#"[{"name":"tiers","array":["apps","apps"]},{"array":["a"],"name":"entries"}]"#)
                .expect("legal");
        assert_eq!(
            (shard.tiers, shard.entries),
            (Some(vec!["apps".into(), "apps".into()]), Some(vec!["a".into()]))
        );
    }

    #[test]
    fn invalid_parameters_are_refused() {
        assert_eq!(
            refused(r#"[{"name":"tier","array":["apps"]}]"#),
            "there is no parameter `tier`; did you mean `tiers`?"
        );
        assert!(refused(r#"[{"name":"x","string":"y"}]"#).contains("use `entries` or `tiers`"));
        assert!(
            refused(r#"[{"name":"tiers","array":["a"]},{"name":"tiers","array":["b"]}]"#).contains("twice")
        );
        assert!(refused(r#"[{"name":"tiers","array":[]}]"#).contains("is empty"));
        for value in [r#""string":"apps""#, r#""map":{"a":"b"}"#, r#""array":["a"],"string":"b""#] {
            assert!(refused(&format!(r#"[{{"name":"tiers",{value}}}]"#)).contains("is a list"));
        }
        for json in [
            "",
            "{}",
            "[1]",
            r#"[{"array":["a"]}]"#,
            r#"[{"name":"tiers"}]"#,
            r#"[{"name":"tiers","array":[1]}]"#,
            "[] []",
        ] {
            refused(json);
        }
    }
}
