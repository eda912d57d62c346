//! Whether the source of an entry can change without a commit.

use super::is_own;
use crate::model::{Platform, Source};

/// Whether a source only changes with the catalog or this repository: a folder of this repository, an exact
/// version of a chart, a commit. Names in the lock are reliable for such a source; the next release in a
/// range or on a branch may have others.
pub fn is_pinned(source: &Source, platform: &Platform) -> bool {
    if source.is_git() {
        is_own(source, platform) || is_commit(&source.revision)
    } else {
        is_exact(&source.revision)
    }
}

/// Whether a revision never changes by its form: a commit, or an exact version of a chart or tag.
pub fn is_fixed(revision: &str) -> bool {
    is_commit(revision) || is_exact(revision)
}

fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Three numbers and an optional suffix; a shorter version is a range for Helm (Masterminds semver 3), and a
/// digest is exact.
fn is_exact(revision: &str) -> bool {
    if revision.starts_with("sha256:") {
        return true;
    }
    let version = revision.strip_prefix('v').unwrap_or(revision);
    let (numbers, rest) = version.find(['-', '+']).map_or((version, ""), |at| version.split_at(at));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<_> = numbers.split('.').collect();
    parts.len() == 3
        && parts.into_iter().all(is_number)
        && !rest.contains(|char: char| char.is_whitespace() || char == '|')
}

#[cfg(test)]
mod tests {
    use super::{is_commit, is_exact};

    #[test]
    fn only_a_whole_version_is_exact() {
        for exact in ["1.2.3", "v1.2.3", "1.2.3-rc.1", "1.2.3+build", "sha256:00"] {
            assert!(is_exact(exact), "{exact}");
        }
        for range in
            ["1.2", "1", "*", "^1.2.3", "~1.2.3", "1.2.x", ">=1.2.3", "1.2.3 || 1.3.0", "1.2.3 - 1.4.0", ""]
        {
            assert!(!is_exact(range), "{range}");
        }
        assert!(is_commit("0123456789012345678901234567890123456789") && !is_commit("main"));
    }
}
