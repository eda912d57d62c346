//! What `filters` of a route mean to the app and to the client.

use serde_json::Value as Json;

use crate::catalog::{Way, list, text};
use crate::probe::Facts;

impl Way<'_> {
    /// The headers that tests look at, after the filters.
    pub(crate) fn filtered(&self) -> Facts {
        let filters = &self.route["filters"];
        let mut facts = Facts::new();
        if let Some(host) = filters["host"].as_str() {
            facts.insert("host at app", host.to_owned());
        }
        let (request, response) = (&filters["requestHeaders"], &filters["responseHeaders"]);
        let header = |changes: &Json, name: &str, before: &str| {
            let removed = list(&changes["remove"]).iter().any(|header| header == name);
            let set = changes["set"][name].as_str();
            let kept = set.unwrap_or(if removed { "nothing" } else { before });
            match (changes["add"][name].as_str(), kept) {
                (None, _) => kept.to_owned(),
                (Some(added), "nothing") => added.to_owned(),
                (Some(added), _) => format!("{kept}, {added}"),
            }
        };
        for (fact, name, sent) in
            [("x-filter at app", "X-Filter", "nothing"), ("x-client at app", "X-Client", "said")]
        {
            let seen = header(request, name, sent);
            let of_backend = |backend: &Json| header(&backend["requestHeaders"], name, &seen);
            let others = list(&self.route["backends"]).iter().map(of_backend);
            let all: Vec<_> = [seen.clone()].into_iter().chain(others).collect();
            facts.insert(fact, all.join(" or "));
        }
        facts.insert("x-filter at client", header(response, "X-Filter", "nothing"));
        facts.insert("x-app at client", header(response, "X-App", "said"));
        facts
    }

    /// The path with its prefix replaced.
    pub(crate) fn path_after_filters(&self, path: &str) -> String {
        let Some(new) = self.route["filters"]["replacePrefix"].as_str() else { return path.to_owned() };
        let old = self.path.map_or("", |path| text(&path["path"])).trim_end_matches('/');
        let rest = path.strip_prefix(old).unwrap_or(path);
        let replaced = format!("{}{rest}", new.trim_end_matches('/'));
        if replaced.is_empty() { "/".to_owned() } else { replaced }
    }
}
