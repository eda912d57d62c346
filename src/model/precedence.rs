//! Which path of a host Traefik tries first: the one with the higher number, which is the length of the rule
//! where nobody gives another (Traefik 3.7, routers).
//!
//! A prefix is the path itself and what is below it: `/api` is `/api` and `/api/…`, as an Ingress and an
//! HTTPRoute have it, and never `/api-secret`. Traefik's own `PathPrefix` compares text and would take that
//! as well, past the auth of whatever it belongs to.

use super::routes::{Path, Route};
use crate::catalog::PathMatch;

/// More than the rule for all of the longest host has letters: 253 for the host, 27 for what is around it.
const MAX_HOST_RULE: usize = 300;

impl Path {
    /// The prefix without its last slash, which says nothing; nothing if this is an exact path, or all of the
    /// host.
    pub fn bare_prefix(&self) -> Option<&str> {
        match &self.matching {
            Some((PathMatch::Prefix, path)) => {
                Some(path.trim_end_matches('/')).filter(|bare| !bare.is_empty())
            }
            _ => None,
        }
    }

    /// The rule of an `IngressRoute`. One value for each matcher, as Traefik 3 wants it.
    pub fn rule(&self, host: &str) -> String {
        match &self.matching {
            None => format!("Host(`{host}`)"),
            Some((PathMatch::Exact, path)) => format!("Host(`{host}`) && Path(`{path}`)"),
            Some((PathMatch::Prefix, path)) => self.bare_prefix().map_or_else(
                || format!("Host(`{host}`) && PathPrefix(`{path}`)"),
                |bare| prefix_rule(host, bare),
            ),
        }
    }

    /// The prefix without its last slash, empty for all of the host; nothing if this is an exact path.
    pub fn prefix(&self) -> Option<&str> {
        match &self.matching {
            Some((PathMatch::Exact, _)) => None,
            _ => Some(self.bare_prefix().unwrap_or_default()),
        }
    }

    /// The prefixes that take its requests, too, and say less; the narrowest first.
    pub fn around(&self) -> impl Iterator<Item = &str> {
        let (own, is_exact) = match &self.matching {
            None => ("", false),
            Some((matching, path)) => (path.trim_end_matches('/'), *matching == PathMatch::Exact),
        };
        let wider = own.match_indices('/').rev().filter_map(|(end, _)| own.get(..end));
        is_exact.then_some(own).into_iter().chain(wider)
    }

    /// How exactly it says which requests it means; more is more exact.
    fn exactness(&self) -> (usize, bool) {
        match &self.matching {
            Some((PathMatch::Exact, path)) => (path.trim_end_matches('/').len(), true),
            _ => (self.bare_prefix().map_or(0, str::len), false),
        }
    }
}

impl Route {
    /// The number that the rule of an `IngressRoute` has to carry. `Path` is a short word: without a number,
    /// `/admin` alone would be tried after everything below `/`. Where the user gives the number, the paths
    /// of the route keep their order above it.
    pub fn rule_priority(&self, host: &str, path: &Path) -> Option<i64> {
        match (self.wanted_priority(), &path.matching) {
            (Some(wanted), _) => Some(wanted.saturating_add(number(self.rank(path)))),
            (None, Some((PathMatch::Exact, path))) => Some(number(prefix_rule(host, path).len() + 1)),
            (None, _) => None,
        }
    }

    /// The number that an Ingress of the path has to carry: it becomes two rules, of which the one for the
    /// path itself is shorter than that for all of the host. The same for each host, as the annotation is.
    pub fn ingress_priority(&self, path: &Path) -> Option<i64> {
        let (length, exact) = path.exactness();
        let own = (length > 0 || exact).then(|| number(MAX_HOST_RULE + 2 * length + usize::from(exact)));
        self.wanted_priority().or(own)
    }

    fn wanted_priority(&self) -> Option<i64> {
        self.priority.filter(|priority| *priority > 0).map(i64::from)
    }

    /// How many paths of the route are less exact than this one.
    fn rank(&self, path: &Path) -> usize {
        self.paths.iter().filter(|other| other.exactness() < path.exactness()).count()
    }
}

fn prefix_rule(host: &str, bare: &str) -> String {
    format!("Host(`{host}`) && (Path(`{bare}`) || PathPrefix(`{bare}/`))")
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
