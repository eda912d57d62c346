//! Which path of a host Traefik tries first: the one with the higher priority, which by default is the length
//! of the rule (Traefik 3.7, routers).
//!
//! A prefix matches the path itself and everything below it: `/api` matches `/api` and `/api/…`, as in an
//! Ingress or HTTPRoute, but not `/api-secret`. Traefik's own `PathPrefix` compares text and would match that
//! as well, bypassing the auth of its route.

use super::routes::{Path, Route};
use crate::catalog::PathMatch;
use crate::names::Host;

/// More than the length of the rule for a whole host: 253 for the longest host, 27 for the rest of the rule.
const MAX_HOST_RULE: usize = 300;

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

    /// The rule of an `IngressRoute`, with one value per matcher, as Traefik 3 requires.
    pub fn rule(&self, host: &Host) -> String {
        match &self.matching {
            None => format!("Host(`{host}`)"),
            Some((PathMatch::Exact, path)) => format!("Host(`{host}`) && Path(`{path}`)"),
            Some((PathMatch::Prefix, path)) => self.bare_prefix().map_or_else(
                || format!("Host(`{host}`) && PathPrefix(`{path}`)"),
                |bare| prefix_rule(host, bare),
            ),
        }
    }

    /// The prefix without its trailing slash, empty for the whole host; nothing if this is an exact path.
    pub fn prefix(&self) -> Option<&str> {
        match &self.matching {
            Some((PathMatch::Exact, _)) => None,
            _ => Some(self.bare_prefix().unwrap_or_default()),
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

    /// How specific it is; more is more specific.
    fn specificity(&self) -> (usize, bool) {
        match &self.matching {
            Some((PathMatch::Exact, path)) => (path.trim_end_matches('/').len(), true),
            _ => (self.bare_prefix().map_or(0, str::len), false),
        }
    }
}

impl Route {
    /// The priority that the rule of an `IngressRoute` needs. `Path` is a short word: without a priority,
    /// `/admin` alone would be tried after everything below `/`. If the user sets a priority, the paths of
    /// the route keep their order above it.
    pub fn rule_priority(&self, host: &Host, path: &Path) -> Option<i64> {
        match (self.wanted_priority(), &path.matching) {
            (Some(wanted), _) => Some(wanted.saturating_add(number(self.rank(path)))),
            (None, Some((PathMatch::Exact, path))) => Some(number(prefix_rule(host, path).len() + 1)),
            (None, _) => None,
        }
    }

    /// The priority that an Ingress of the path needs: it becomes two rules, and the one for the path itself
    /// is shorter than the one for the whole host. It is the same for each host, because the annotation is.
    pub fn ingress_priority(&self, path: &Path) -> Option<i64> {
        let (length, exact) = path.specificity();
        let own = (length > 0 || exact).then(|| number(MAX_HOST_RULE + 2 * length + usize::from(exact)));
        self.wanted_priority().or(own)
    }

    fn wanted_priority(&self) -> Option<i64> {
        self.priority.filter(|priority| *priority > 0).map(i64::from)
    }

    /// How many paths of the route are less specific than this one.
    fn rank(&self, path: &Path) -> usize {
        self.paths.iter().filter(|other| other.specificity() < path.specificity()).count()
    }
}

fn prefix_rule(host: &Host, bare: &str) -> String {
    format!("Host(`{host}`) && (Path(`{bare}`) || PathPrefix(`{bare}/`))")
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
