//! The input files of a git revision, read from git's own objects.

use std::path::Path;

use super::git::{Failure, Git, Object, Objects};
use super::{BASELINE_FILE, Inputs, LOCK_FILE, MAX_FILES, Source, environment, max_bytes, repository, stem};
use crate::diagnostics::Role;

/// Branches that others branch off, in the order in which they are looked for.
const DEFAULT_BRANCHES: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
];

/// How many bytes of a folder of git are read.
const MAX_TREE: usize = 1 << 20;

/// The mode of a submodule in a folder of git.
const SUBMODULE: &str = "160000";

/// The catalog of a git revision.
#[derive(Debug)]
pub struct Revision {
    /// The revision, for people.
    pub name: String,
    /// The files.
    pub contents: Contents,
}

/// The files of a catalog, if there is one.
#[derive(Debug)]
pub enum Contents {
    /// The files.
    Catalog(Box<Inputs>),
    /// There is no catalog, or no commit yet: a message for the user.
    Missing(String),
}

/// Why the files of a revision could not be read: a message for the user.
#[derive(Debug)]
pub struct UnreadableRevision(pub String);

impl From<Failure> for UnreadableRevision {
    fn from(failure: Failure) -> Self {
        Self(match failure {
            Failure::Missing => {
                "git is not installed: install it, or compare two folders with `--from DIR`".into()
            }
            Failure::Failed(said) => format!("git: {said}"),
        })
    }
}

type Read<T> = Result<T, UnreadableRevision>;

/// Reads the catalog that `folder` had in a revision; without one, in the merge base of `HEAD` and the
/// default branch.
///
/// # Errors
/// If there is no such revision, or if a file cannot be read.
pub fn read_revision(folder: &Path, revision: Option<&str>) -> Read<Revision> {
    if repository::root(folder).is_none() {
        return Err(UnreadableRevision(
            "this folder is in no git repository: compare two folders with `--from DIR`".into(),
        ));
    }
    let git = Git(folder);
    let prefix = git.line(&["rev-parse", "--show-prefix"])?;
    if matches!(revision, None | Some("HEAD")) && has_no_commit(git)? {
        let contents = Contents::Missing("there is no commit yet to compare with".into());
        return Ok(Revision { name: "HEAD".into(), contents });
    }
    let (name, commit) = match revision {
        Some(revision) => (revision.to_owned(), commit(git, revision)?),
        None => {
            let commit = merge_base(git)?;
            (commit.chars().take(10).collect(), commit)
        }
    };
    let files = Files { objects: git.objects()?, name: name.clone(), commit, prefix };
    Ok(Revision { name, contents: files.read()? })
}

/// How many revisions before or after another one are looked at.
const MAX_NEAR: usize = 20;

/// The commits before a revision that changed `folder`, the newest first; none if git does not say.
pub fn older_revisions(folder: &Path, revision: &str) -> Vec<String> {
    let mut listed = changes(folder, revision);
    let is_itself = |id: &String| commit(Git(folder), id).ok() == commit(Git(folder), revision).ok();
    listed.retain(|id| !is_itself(id));
    listed.truncate(MAX_NEAR);
    listed
}

/// The commits from a revision to `HEAD` that changed `folder`, the oldest first; none if git does not say.
pub fn newer_revisions(folder: &Path, revision: &str) -> Vec<String> {
    let mut listed = changes(folder, &format!("{revision}..HEAD"));
    listed.reverse();
    listed.truncate(MAX_NEAR);
    listed
}

fn changes(folder: &Path, range: &str) -> Vec<String> {
    let arguments = ["rev-list", "--abbrev-commit", "--end-of-options", range, "--", "."];
    Git(folder).lines(&arguments).unwrap_or_default()
}

/// The id of the commit that a revision names.
fn commit(git: Git<'_>, revision: &str) -> Read<String> {
    let wanted = format!("{revision}^{{commit}}");
    match git.line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted]) {
        Ok(commit) => Ok(commit),
        Err(Failure::Missing) => Err(Failure::Missing.into()),
        Err(Failure::Failed(_)) if is_shallow(git) => Err(UnreadableRevision(format!(
            "there is no revision `{revision}` in this clone, which is shallow: run `git fetch \
             --unshallow`, or fetch the revision"
        ))),
        Err(Failure::Failed(_)) => Err(UnreadableRevision(format!(
            "there is no revision `{revision}`: name a commit, a tag or a branch, as `git log` shows them"
        ))),
    }
}

/// Whether nothing was committed yet.
fn has_no_commit(git: Git<'_>) -> Read<bool> {
    match git.line(&["rev-parse", "--verify", "--quiet", "HEAD"]) {
        Ok(_) => Ok(false),
        Err(Failure::Missing) => Err(Failure::Missing.into()),
        Err(Failure::Failed(_)) => Ok(true),
    }
}

/// The commit at which `HEAD` branched off the default branch.
fn merge_base(git: Git<'_>) -> Read<String> {
    let head = commit(git, "HEAD")?;
    let format = ["for-each-ref", "--format=%(refname)"];
    let known = git.lines(&[&format[..], &DEFAULT_BRANCHES[..]].concat())?;
    let Some(default) = DEFAULT_BRANCHES.iter().find(|branch| known.iter().any(|known| known == *branch))
    else {
        return Ok(head);
    };
    let base = git.line(&["merge-base", "HEAD", default]);
    base.map_err(|_| {
        let short = default.trim_start_matches("refs/remotes/").trim_start_matches("refs/heads/");
        UnreadableRevision(if is_shallow(git) {
            format!(
                "this clone is shallow, without the commit at which `HEAD` branched off `{short}`: run `git \
                 fetch --unshallow`, or name a revision"
            )
        } else {
            format!("`HEAD` and `{short}` have no commit in common: name a revision")
        })
    })
}

fn is_shallow(git: Git<'_>) -> bool {
    git.line(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|answer| answer == "true")
}

/// The files of a folder in a commit.
struct Files {
    objects: Objects,
    name: String,
    commit: String,
    prefix: String,
}

/// The items of a folder: the mode and the name of each.
type Items = Vec<(String, Vec<u8>)>;

impl Files {
    fn read(mut self) -> Read<Contents> {
        let items = self.items("")?.unwrap_or_default();
        let applications = self.optional(&items, "applications.yml", Role::Catalog)?;
        let Some(applications) = applications else {
            return Ok(Contents::Missing(format!(
                "there was no `{}applications.yml` in `{}`: all of the catalog is new",
                self.prefix, self.name
            )));
        };
        Ok(Contents::Catalog(Box::new(Inputs {
            applications,
            platform: self.optional(&items, "platform.yml", Role::Platform)?,
            profiles: self.folder(&items, "profiles", Role::Profile)?,
            templates: self.folder(&items, "templates", Role::Template)?,
            lock: self.optional(&items, LOCK_FILE, Role::Lock)?,
            baseline: self.optional(&items, BASELINE_FILE, Role::Baseline)?,
            environment: environment(),
            repository: None,
        })))
    }

    fn optional(&mut self, items: &Items, name: &str, role: Role) -> Read<Option<Source>> {
        if !is_listed(items, name) {
            return Ok(None);
        }
        self.file(name, role).map(Some)
    }

    /// The `*.yml` files of a folder, which need not exist.
    fn folder(&mut self, items: &Items, folder: &str, role: Role) -> Read<Vec<(String, Source)>> {
        if items.iter().any(|(mode, name)| mode == SUBMODULE && name == folder.as_bytes()) {
            return Err(self.unreadable(folder, "it is a submodule, whose files are in another repository"));
        }
        if !is_listed(items, folder) {
            return Ok(Vec::new());
        }
        let Some(items) = self.items(folder)? else {
            return Err(self.unreadable(folder, "it is not a folder"));
        };
        let names = items.into_iter().filter_map(|(_, name)| String::from_utf8(name).ok());
        let mut names: Vec<_> =
            names.filter(|name| Path::new(name).extension().is_some_and(|end| end == "yml")).collect();
        names.sort();
        if names.len() > MAX_FILES {
            return Err(self.unreadable(folder, &format!("at most {MAX_FILES} files are supported")));
        }
        let mut read = Vec::new();
        for name in names {
            read.push((stem(Path::new(&name)), self.file(&format!("{folder}/{name}"), role)?));
        }
        Ok(read)
    }

    fn file(&mut self, name: &str, role: Role) -> Read<Source> {
        match self.get(name, max_bytes(role) + 1)? {
            Object::Blob(bytes) => Ok(Source { name: self.display(name), bytes }),
            Object::Link => Err(self.unreadable(name, "this link leads out of the repository, or nowhere")),
            Object::Missing => Err(self.unreadable(
                name,
                "its contents are not in this clone, which is a partial one: `git archive` of the revision \
                 downloads them",
            )),
            Object::Tree(_) | Object::Other => Err(self.unreadable(name, "it is not a file")),
        }
    }

    /// The items of a folder; nothing if it is none.
    fn items(&mut self, folder: &str) -> Read<Option<Items>> {
        Ok(match self.get(folder, MAX_TREE)? {
            Object::Tree(items) => Some(items),
            _ => None,
        })
    }

    fn get(&mut self, path: &str, limit: usize) -> Read<Object> {
        let path = format!("{}{path}", self.prefix);
        let name = format!("{}:{}", self.commit, path.trim_end_matches('/'));
        self.objects.get(&name, limit).map_err(|error| UnreadableRevision(format!("git: {error}")))
    }

    fn unreadable(&self, path: &str, why: &str) -> UnreadableRevision {
        UnreadableRevision(format!("{}: {why}", self.display(path)))
    }

    /// The path as `git show` reads it.
    fn display(&self, path: &str) -> String {
        format!("{}:{}{path}", self.name, self.prefix)
    }
}

fn is_listed(items: &Items, name: &str) -> bool {
    items.iter().any(|(_, known)| known == name.as_bytes())
}
