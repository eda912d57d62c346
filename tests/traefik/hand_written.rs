//! Manually written objects: some are correct, most have an error that Kubernetes and Argo CD accept
//! silently.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::catalog::Catalog;

/// A file of `hand-written/`.
pub(crate) struct HandWritten {
    pub(crate) name: String,
    /// What the objects should do.
    pub(crate) catalog: Catalog,
    /// The objects; JSON is YAML.
    pub(crate) manifests: Vec<String>,
    /// How they fail; several alternatives if Traefik does not always do the same.
    pub(crate) fails: Vec<Vec<String>>,
}

/// The format of such a file, except for its first comment, which states what it shows.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    /// What differs from `platform.yml` beside it.
    #[serde(default)]
    platform: Json,
    /// Whether Traefik does not know about the tunnel.
    #[serde(default)]
    distrusts_tunnels: bool,
    /// Replaces `applications.yml` beside it.
    applications: Option<Vec<Json>>,
    /// The objects.
    objects: Vec<Json>,
    /// The failures, one per line.
    fails: Vec<String>,
    /// The failures of other starts.
    or_fails: Option<Vec<String>>,
}

/// All of them, in the order of their names.
pub(crate) fn all() -> Result<Vec<HandWritten>, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traefik/hand-written");
    let platform: Json = serde_yaml::from_str(&fs::read_to_string(folder.join("platform.yml"))?)?;
    let applications: Vec<Json> =
        serde_yaml::from_str(&fs::read_to_string(folder.join("applications.yml"))?)?;
    let mut all = Vec::new();
    for item in fs::read_dir(&folder)? {
        let path = item?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if name == "platform" || name == "applications" {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        assert!(text.starts_with("# "), "{name} begins with a comment that states what it shows");
        let written: Written = serde_yaml::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        assert_eq!(
            name.starts_with("right-"),
            written.fails.is_empty(),
            "{name}: only correct objects have no failures"
        );
        let entries = written.applications.unwrap_or_else(|| applications.clone());
        let mut catalog = Catalog::new(entries, merged(platform.clone(), written.platform));
        catalog.trusts_tunnels = !written.distrusts_tunnels;
        let manifests = written.objects.iter().map(Json::to_string).collect();
        let fails = [written.fails].into_iter().chain(written.or_fails).collect();
        all.push(HandWritten { name, catalog, manifests, fails });
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

/// `base` with the changes of `change`; a null removes a key.
fn merged(base: Json, change: Json) -> Json {
    match (base, change) {
        (base, Json::Null) => base,
        (Json::Object(mut base), Json::Object(change)) => {
            for (key, value) in change {
                let old = base.remove(&key).unwrap_or_default();
                if !value.is_null() {
                    base.insert(key, merged(old, value));
                }
            }
            Json::Object(base)
        }
        (_, Json::Object(change)) => merged(Json::Object(Map::new()), Json::Object(change)),
        (_, change) => change,
    }
}
