//! An Application of Argo CD, as others wrote it.

use crate::diagnostics::Location;
use crate::kubernetes::Resource;
use crate::kubernetes::resource::{at, is_true, items_at, text, text_at};
use crate::value::{Map, Value};

/// The address by which Argo CD calls the cluster that it runs in.
pub const IN_CLUSTER: &str = "https://kubernetes.default.svc";

/// An Application.
#[derive(Clone, Debug)]
pub struct Application {
    /// The object itself; for one of an ApplicationSet, its location is that of the template.
    pub resource: Resource,
    /// The number of the Application that deploys it; nothing if it is deployed manually.
    pub parent: Option<usize>,
    /// Whether an ApplicationSet generates it.
    pub is_generated: bool,
    /// Whether it may have fields that are not known, because a patch changes it.
    pub is_patched: bool,
    /// The sources whose folder of this repository does not exist, by their numbers.
    pub missing_paths: Vec<usize>,
    /// The sources whose `directory.include` matches no file, by their numbers.
    pub empty_includes: Vec<usize>,
}

/// A source of an Application.
#[derive(Clone, Debug)]
pub struct ApplicationSource<'a> {
    /// The mapping of the source.
    pub value: &'a Map,
    /// Its location.
    pub location: Location,
}

impl Application {
    /// An Application of which nothing else is known.
    pub fn new(resource: Resource) -> Self {
        Self {
            resource,
            parent: None,
            is_generated: false,
            is_patched: false,
            missing_paths: Vec::new(),
            empty_includes: Vec::new(),
        }
    }

    /// The text at a path of keys below `spec`.
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        text_at(self.spec()?, path)
    }

    /// The location of a path of keys below `spec`.
    pub fn location(&self, path: &[&str]) -> Location {
        let spec = self.resource.location.key("spec");
        path.iter().fold(spec, |location, key| location.key((*key).to_owned()))
    }

    /// `spec`
    pub fn spec(&self) -> Option<&Map> {
        at(&self.resource.value, &["spec"]).and_then(Value::map)
    }

    /// The project; `default` if it names none.
    pub fn project(&self) -> &str {
        self.text(&["project"]).unwrap_or("default")
    }

    /// Whether a sync is started automatically.
    pub fn is_automated(&self) -> bool {
        let automated = self.spec().and_then(|spec| at(spec, &["syncPolicy", "automated"]));
        automated.and_then(Value::map).is_some_and(|automated| {
            !matches!(automated.get("enabled").map(Value::get), Some(Value::Bool(false)))
        })
    }

    /// Whether it deletes what is removed from the repository.
    pub fn prunes(&self) -> bool {
        self.is_automated() && self.flag("prune")
    }

    /// Whether it undoes manual changes.
    pub fn self_heals(&self) -> bool {
        self.is_automated() && self.flag("selfHeal")
    }

    fn flag(&self, name: &str) -> bool {
        self.spec().is_some_and(|spec| is_true(spec, &["syncPolicy", "automated", name]))
    }

    /// The sync options with their numbers.
    pub fn sync_options(&self) -> impl Iterator<Item = (usize, &str)> {
        let options = self.spec().map_or(&[][..], |spec| items_at(spec, &["syncPolicy", "syncOptions"]));
        options.iter().enumerate().filter_map(|(index, option)| Some((index, text(option)?)))
    }

    /// Whether it has a sync option.
    pub fn has_option(&self, wanted: &str) -> bool {
        self.sync_options().any(|(_, option)| option == wanted)
    }

    /// The sources. Argo CD ignores `source` if `sources` has items (Argo CD 3.5, `GetSources`).
    pub fn sources(&self) -> Vec<ApplicationSource<'_>> {
        let Some(spec) = self.spec() else { return Vec::new() };
        let listed = items_at(spec, &["sources"]).iter().enumerate().filter_map(|(index, source)| {
            let location = self.location(&["sources"]).index(index);
            Some(ApplicationSource { value: source.map()?, location })
        });
        let listed: Vec<_> = listed.collect();
        let only = at(spec, &["source"]).and_then(Value::map).filter(|_| listed.is_empty());
        let only = only.map(|value| ApplicationSource { value, location: self.location(&["source"]) });
        listed.into_iter().chain(only).collect()
    }

    /// The address of the cluster that it deploys to, or its name.
    pub fn destination(&self) -> &str {
        match self.text(&["destination", "server"]).or_else(|| self.text(&["destination", "name"])) {
            None | Some("in-cluster") => IN_CLUSTER,
            Some(cluster) => cluster,
        }
    }

    /// The namespace of its resources without one; may be empty.
    pub fn namespace(&self) -> &str {
        self.text(&["destination", "namespace"]).unwrap_or_default()
    }
}

impl<'a> ApplicationSource<'a> {
    /// The text at a path of keys.
    pub fn text(&self, path: &[&str]) -> Option<&'a str> {
        text_at(self.value, path)
    }

    /// Whether it has a key.
    pub fn has(&self, key: &str) -> bool {
        self.value.get(key).is_some_and(|value| *value.get() != Value::Null)
    }
}

/// Whether a text contains a placeholder that something replaces before the manifest is applied: `<TOKEN>`,
/// `{{ value }}`, `${VARIABLE}`, `$(VARIABLE)`.
pub fn has_placeholder(text: &str) -> bool {
    let angle = text.find('<').is_some_and(|start| text.get(start..).is_some_and(|rest| rest.contains('>')));
    angle || ["{{", "${", "$(", "[[", "%%"].iter().any(|mark| text.contains(mark))
}
