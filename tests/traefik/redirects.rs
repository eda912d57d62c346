//! What `redirect` of a route means to a client.

use crate::catalog::{Way, words};
use crate::probe::Facts;

impl Way<'_> {
    /// Whether the route leads to another address instead of an app.
    pub(crate) fn redirects(&self) -> bool {
        !self.route["redirect"].is_null()
    }

    /// The expected answer to a request for a host and a path with its query; nothing if an app answers.
    pub(crate) fn redirected(&self, host: &str, path: &str) -> Option<Facts> {
        let address = &self.route["redirect"];
        if !self.redirects() {
            return None;
        }
        let scheme = address["scheme"].as_str().unwrap_or("https");
        let is_default = [("http", "80"), ("https", "443")].contains(&(scheme, &words(&address["port"])));
        let port = if address["port"].is_null() || is_default {
            String::new()
        } else {
            format!(":{}", words(&address["port"]))
        };
        let host = address["host"].as_str().unwrap_or(host);
        let (own, query) =
            path.split_once('?').map_or((path, String::new()), |(path, query)| (path, format!("?{query}")));
        let path = address["path"].as_str().map_or_else(|| self.path_at_app(own), str::to_owned);
        let status = if address["permanent"] == true { 301 } else { 302 };
        Some(Facts::from([
            ("answer", format!("{status} by Traefik")),
            ("location", format!("{scheme}://{host}{port}{path}{query}")),
        ]))
    }
}
