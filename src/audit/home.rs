//! Which repository the files are from, and where the paths of Applications are in them.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::has_placeholder;
use crate::inputs::Tree;
use crate::model::{is_same_repository, within};

/// How many paths decide where the files were moved.
const MAX_PATHS: usize = 2000;

/// The repository of the files.
#[derive(Clone, Debug, Default)]
pub(super) struct Home {
    urls: Vec<String>,
    /// The path of the tree from the root of the repository.
    prefix: String,
    /// Folders of the repository, and where they are in the tree.
    moves: Vec<(String, String)>,
    /// What was assumed, as sentences.
    pub(super) assumptions: Vec<String>,
}

/// A folder that an Application names in some repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) url: String,
    pub(super) path: String,
}

impl Home {
    /// The repository with this URL, or the one that the git remotes or most Applications name.
    pub(super) fn new(
        tree: &Tree,
        stated: Option<&str>,
        moves: &[(String, String)],
        named: &[Named],
    ) -> Self {
        let mut home = Self { prefix: tree.prefix.clone(), moves: moves.to_vec(), ..Self::default() };
        home.urls = match stated {
            Some(url) => vec![url.to_owned()],
            None => tree.remotes.clone(),
        };
        if !named.iter().any(|named| home.is_own(&named.url)) && stated.is_none() {
            home.assume_url(tree, named);
        }
        if moves.is_empty() {
            home.assume_move(tree, named);
        }
        home
    }

    /// Whether a URL is that of this repository.
    pub(super) fn is_own(&self, url: &str) -> bool {
        self.urls.iter().any(|own| own == url || is_same_repository(own, url))
    }

    /// The path in the tree of a path from the root of the repository; nothing if it is elsewhere.
    pub(super) fn inside(&self, path: &str) -> Option<String> {
        let path = within("", path)?;
        let moved = self.moves.iter().find_map(|(from, to)| Some(join(to, strip(&path, from)?)));
        moved.or_else(|| strip(&path, &self.prefix).map(str::to_owned))
    }

    /// The path from the root of the repository of a path in the tree.
    pub(super) fn outside(&self, path: &str) -> String {
        let moved = self.moves.iter().find_map(|(from, to)| Some(join(from, strip(path, to)?)));
        moved.unwrap_or_else(|| join(&self.prefix, path))
    }

    /// The URL with the most folders that exist, then the one that is named most often.
    fn assume_url(&mut self, tree: &Tree, named: &[Named]) {
        let mut votes = BTreeMap::<&str, (usize, usize)>::new();
        for named in named {
            let vote = votes.entry(&named.url).or_default();
            vote.0 += usize::from(self.inside(&named.path).is_some_and(|path| tree.is_folder(&path)));
            vote.1 += 1;
        }
        if let Some((url, _)) = votes.iter().max_by_key(|(url, vote)| (**vote, std::cmp::Reverse(**url))) {
            self.urls.push((*url).to_owned());
            self.assumptions
                .push(format!("assumed that {url} is this repository (state it with --repository)"));
        }
    }

    /// Finds out where the folders are if none of them is where the Applications name it, or if their names
    /// contain placeholders.
    fn assume_move(&mut self, tree: &Tree, named: &[Named]) {
        let own: BTreeSet<_> =
            named.iter().filter(|named| self.is_own(&named.url)).map(|named| named.path.as_str()).collect();
        let exists = |path: &&str| self.inside(path).is_some_and(|path| tree.is_folder(&path));
        let any = own.iter().any(exists);
        let missing = own.iter().copied().filter(|path| !exists(path) && (!any || has_placeholder(path)));
        let missing: Vec<_> = missing.take(MAX_PATHS).collect();
        if missing.len() < 2 {
            return;
        }
        let votes = votes(&folders_by_name(tree), &missing);
        let best = votes.iter().max_by_key(|((from, to), vote)| {
            (**vote, std::cmp::Reverse((from.len(), to.len())), std::cmp::Reverse((from, to)))
        });
        if let Some(((from, to), _)) = best.filter(|(_, vote)| **vote * 2 > missing.len()) {
            let folder = if to.is_empty() { "." } else { to };
            self.assumptions.push(format!(
                "assumed that `{from}` of the repository is `{folder}` here (state it with --path)"
            ));
            self.moves.push((from.clone(), to.clone()));
        }
    }
}

/// The folders of a tree by their last steps.
fn folders_by_name(tree: &Tree) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::<_, Vec<_>>::new();
    for folder in folders(tree) {
        let name = folder.rsplit('/').next().unwrap_or_default().to_owned();
        found.entry(name).or_default().push(folder);
    }
    found
}

/// How many paths would exist with each move.
fn votes(folders: &BTreeMap<String, Vec<String>>, paths: &[&str]) -> BTreeMap<(String, String), usize> {
    let mut votes = BTreeMap::new();
    for path in paths {
        let name = path.rsplit('/').next().unwrap_or_default();
        for folder in folders.get(name).into_iter().flatten().take(20) {
            let (mut from, mut to) = (*path, folder.as_str());
            while let (Some((above, last)), Some((above_to, last_to))) = (split(from), split(to))
                && last == last_to
            {
                (from, to) = (above, above_to);
                *votes.entry((from.to_owned(), to.to_owned())).or_default() += 1;
            }
        }
    }
    votes
}

/// A path as the folder above it and its last step.
fn split(path: &str) -> Option<(&str, &str)> {
    if path.is_empty() { None } else { Some(path.rsplit_once('/').unwrap_or(("", path))) }
}

/// All folders of a tree.
pub(super) fn folders(tree: &Tree) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for path in tree.files.keys() {
        let mut folder = path.as_str();
        while let Some((above, _)) = folder.rsplit_once('/') {
            if !found.insert(above.to_owned()) {
                break;
            }
            folder = above;
        }
    }
    found
}

/// The rest of a path below a folder.
fn strip<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() || path == folder {
        return Some(path.strip_prefix(folder).unwrap_or(path));
    }
    path.strip_prefix(folder)?.strip_prefix('/')
}

fn join(folder: &str, rest: &str) -> String {
    match (folder, rest) {
        ("", rest) => rest.to_owned(),
        (folder, "") => folder.to_owned(),
        _ => format!("{folder}/{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Home, Named};
    use crate::inputs::Tree;

    fn named(path: &str) -> Named {
        Named { url: "<URL>".into(), path: path.into() }
    }

    #[test]
    fn folders_with_placeholders_are_found() {
        let tree = Tree::of_files([("types/mgmt/a/x.yaml", ""), ("types/mgmt/b/c/x.yaml", "")]);
        let paths = [named("registry/<NAME>/a"), named("registry/<NAME>/b"), named("registry/<NAME>/b/c")];
        let home = Home::new(&tree, None, &[], &paths);
        assert!(home.is_own("<URL>"));
        assert_eq!(home.inside("registry/<NAME>/b/c").as_deref(), Some("types/mgmt/b/c"));
        assert_eq!(home.outside("types/mgmt/b"), "registry/<NAME>/b");
        assert_eq!(home.assumptions.len(), 2);
    }

    #[test]
    fn two_wrong_paths_are_no_move() {
        let tree = Tree::of_files([("apps/a/x.yaml", ""), ("apps/b/x.yaml", ""), ("c/x.yaml", "")]);
        let home = Home::new(&tree, None, &[], &[named("old/a"), named("old/b"), named("c")]);
        assert_eq!(home.inside("old/a").as_deref(), Some("old/a"));
    }
}
