//! What a compilation reads, and the only code that reads it from the disk.

#![allow(clippy::disallowed_methods, reason = "the only reader of input files")]

mod boundary;
mod repository;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::lock;
use boundary::Boundary;
pub use repository::{Item, Repository};

/// How many profiles, and how many templates, are read: each may ask for as much as its file has room for.
const MAX_FILES: usize = 256;

/// One input file.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The name to show in findings, as the user would type it.
    pub name: String,
    /// Its bytes, whatever they are.
    pub bytes: Vec<u8>,
}

impl Source {
    /// A file that exists only in memory.
    pub fn new(name: impl Into<String>, text: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: text.into() }
    }
}

/// Everything that a compilation depends on.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// `applications.yml`
    pub applications: Source,
    /// `platform.yml`; a missing one is a finding, not a failure.
    pub platform: Option<Source>,
    /// `profiles/*.yml` by profile name, in name order.
    pub profiles: Vec<(String, Source)>,
    /// `templates/*.yml` by template name, in name order.
    pub templates: Vec<(String, Source)>,
    /// `applications.lock.yml`, which says what applications deploy.
    pub lock: Option<Source>,
    /// The git working tree that the files lie in, if there is one.
    pub repository: Option<Repository>,
}

/// Why the inputs could not be read.
#[derive(Debug)]
pub struct Unreadable {
    /// What was to be read.
    pub path: PathBuf,
    /// What went wrong.
    pub error: io::Error,
}

/// Where `applications.yml` comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A folder that holds all input files.
    Folder(PathBuf),
    /// A folder of a repository that nobody vouches for: nothing outside `root` is read, whatever links say.
    Untrusted {
        /// The folder that holds all input files.
        folder: PathBuf,
        /// The repository.
        root: PathBuf,
    },
    /// Standard input; the other files come from the current folder.
    StandardInput,
}

impl Origin {
    /// The folder of the input files.
    pub fn folder(&self) -> &Path {
        match self {
            Self::Folder(folder) | Self::Untrusted { folder, .. } => folder,
            Self::StandardInput => Path::new("."),
        }
    }
}

/// Reads the input files of `origin`.
///
/// # Errors
/// If `applications.yml` is missing, or if a file that is there cannot be read.
pub fn read(origin: &Origin) -> Result<Inputs, Unreadable> {
    let folder = origin.folder();
    let boundary = match origin {
        Origin::Untrusted { root, .. } => {
            Boundary::around(root).map_err(|error| Unreadable { path: root.clone(), error })?
        }
        Origin::Folder(_) | Origin::StandardInput => Boundary::default(),
    };
    let applications = match origin {
        Origin::Folder(_) | Origin::Untrusted { .. } => {
            read_file(&folder.join("applications.yml"), &boundary)?
        }
        Origin::StandardInput => read_standard_input()?,
    };
    Ok(Inputs {
        applications,
        platform: read_optional(&folder.join("platform.yml"), &boundary)?,
        profiles: read_folder(&folder.join("profiles"), &boundary)?,
        templates: read_folder(&folder.join("templates"), &boundary)?,
        lock: read_optional(&folder.join(lock::FILE), &boundary)?,
        // The way to a working tree leads upwards and through a link of git's own, past any fence.
        repository: if matches!(origin, Origin::Untrusted { .. }) {
            None
        } else {
            Repository::around(folder)
        },
    })
}

fn read_standard_input() -> Result<Source, Unreadable> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|error| Unreadable { path: "standard input".into(), error })?;
    Ok(Source { name: "<stdin>".into(), bytes })
}

fn read_file(path: &Path, boundary: &Boundary) -> Result<Source, Unreadable> {
    let bytes = boundary.read(path).map_err(|error| Unreadable { path: path.into(), error })?;
    Ok(Source { name: display(path), bytes })
}

fn read_optional(path: &Path, boundary: &Boundary) -> Result<Option<Source>, Unreadable> {
    match read_file(path, boundary) {
        Ok(source) => Ok(Some(source)),
        Err(unreadable) if unreadable.error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(unreadable) => Err(unreadable),
    }
}

/// The `*.yml` files of a folder, which need not be there.
fn read_folder(folder: &Path, boundary: &Boundary) -> Result<Vec<(String, Source)>, Unreadable> {
    let unreadable = |error| Unreadable { path: folder.into(), error };
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut paths = Vec::new();
    for file in listing {
        let path = file.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "yml") {
            paths.push(path);
        }
    }
    if paths.len() > MAX_FILES {
        return Err(unreadable(io::Error::other(format!(
            "it holds {} files, and {MAX_FILES} are the most",
            paths.len()
        ))));
    }
    paths.sort();
    paths.into_iter().map(|path| Ok((stem(&path), read_file(&path, boundary)?))).collect()
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The path as a user would type it: without a leading `./`.
pub(crate) fn display(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
