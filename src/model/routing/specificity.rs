//! How specific a path is: of two that match a request, the more specific one answers it.
//!
//! A prefix matches the path itself and everything below it: `/api` matches `/api` and `/api/…`, as in an
//! Ingress or HTTPRoute, but not `/api-secret`.

use super::routes::{Path, Route};
use crate::catalog::PathMatch;

impl Path {
    /// The prefix without its trailing slash, which has no effect; nothing if this is an exact path, or the
    /// whole host.
    pub fn bare_prefix(&self) -> Option<&str> {
        match &self.matching {
            Some((PathMatch::Prefix, path)) => {
                Some(path.trim_end_matches('/')).filter(|bare| !bare.is_empty())
            }
            _ => None,
        }
    }

    /// The prefix without its trailing slash, empty for the whole host; nothing if this is an exact path.
    pub fn prefix(&self) -> Option<&str> {
        match &self.matching {
            Some((PathMatch::Exact, _)) => None,
            _ => Some(self.bare_prefix().unwrap_or_default()),
        }
    }

    /// Whether it takes the requests for a path.
    pub fn takes(&self, path: &str) -> bool {
        match &self.matching {
            None => true,
            Some((PathMatch::Exact, exact)) => path == exact.as_str(),
            Some((PathMatch::Prefix, prefix)) => path
                .strip_prefix(prefix.trim_end_matches('/'))
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        }
    }

    /// The less specific prefixes that match its requests too, from the most specific one.
    pub fn wider_prefixes(&self) -> impl Iterator<Item = &str> {
        let (own, is_exact) = match &self.matching {
            None => ("", false),
            Some((matching, path)) => (path.trim_end_matches('/'), *matching == PathMatch::Exact),
        };
        let wider = own.match_indices('/').rev().filter_map(|(end, _)| own.get(..end));
        is_exact.then_some(own).into_iter().chain(wider)
    }

    /// How specific it is: the length without a trailing slash, and whether it is exact; more is more
    /// specific.
    pub fn specificity(&self) -> (usize, bool) {
        match &self.matching {
            Some((PathMatch::Exact, path)) => (path.trim_end_matches('/').len(), true),
            _ => (self.bare_prefix().map_or(0, str::len), false),
        }
    }
}

impl Route {
    /// The priority that is set.
    pub fn wanted_priority(&self) -> Option<u32> {
        self.priority.filter(|priority| *priority > 0)
    }

    /// How many paths of the route are less specific than this one.
    pub fn rank(&self, path: &Path) -> usize {
        self.paths.iter().filter(|other| other.specificity() < path.specificity()).count()
    }
}
