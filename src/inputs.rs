//! What a compilation reads, and the only code that reads it from the disk.

mod boundary;
mod checkout;
mod git;
mod limit;
mod meant;
mod repository;
mod revision;
mod tree;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostics::Role;
use boundary::Boundary;
pub use checkout::Checkout;
pub(crate) use limit::{MAX_ENTRIES, max_bytes, max_values};
pub use meant::{catalog_folder, has_catalog, instead};
pub use repository::{Item, Repository};
pub use revision::{Contents, Revision, UnreadableRevision, newer_revisions, older_revisions, read_revision};
pub use tree::{LeftOut, Tree, read_file_as_tree, read_standard_input_as_tree, read_text, read_tree};

/// The maximum number of profiles, and of templates.
const MAX_FILES: usize = 256;

/// One input file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The name to show in findings, as the user would write it.
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// `applications.yml`
    pub applications: Source,
    /// `platform.yml`; a missing one is a finding, not an error.
    pub platform: Option<Source>,
    /// `profiles/*.yml` by profile name, in name order.
    pub profiles: Vec<(String, Source)>,
    /// `templates/*.yml` by template name, in name order.
    pub templates: Vec<(String, Source)>,
    /// `applications.lock.yml`, which contains what applications deploy.
    pub lock: Option<Source>,
    /// `applications.baseline.yml`, which lists the findings that were accepted when it was written.
    pub baseline: Option<Source>,
    /// The environment variables that a catalog may read, without their prefix.
    pub environment: BTreeMap<String, String>,
    /// The git working tree of the files, if there is one.
    pub repository: Option<Repository>,
}

/// Why the inputs could not be read.
#[derive(Debug)]
pub struct Unreadable {
    /// The path.
    pub path: PathBuf,
    /// The error.
    pub error: io::Error,
}

/// The name of the file that records what applications deploy.
pub const LOCK_FILE: &str = "applications.lock.yml";

/// The name of the file that lists accepted findings.
pub const BASELINE_FILE: &str = "applications.baseline.yml";

/// Where `applications.yml` comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The folder of all input files.
    Folder(PathBuf),
    /// A folder of an untrusted repository: nothing outside `root` is read, whatever the targets of links.
    Untrusted {
        /// The folder of all input files.
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

/// Reads the input files of `origin`. Links are followed within the repository, or within the folder if there
/// is none.
///
/// # Errors
/// If `applications.yml` is missing, or if an existing file cannot be read.
pub fn read(origin: &Origin) -> Result<Inputs, Unreadable> {
    let folder = origin.folder();
    let boundary =
        boundary(origin).map_err(|error| Unreadable { path: folder.join("applications.yml"), error })?;
    let files = Files { folder, boundary };
    Ok(Inputs {
        applications: if *origin == Origin::StandardInput {
            read_standard_input()?
        } else {
            files.read(Path::new("applications.yml"), Role::Catalog)?
        },
        platform: files.read_optional("platform.yml", Role::Platform)?,
        profiles: files.read_folder("profiles", Role::Profile)?,
        templates: files.read_folder("templates", Role::Template)?,
        lock: files.read_optional(LOCK_FILE, Role::Lock)?,
        baseline: files.read_optional(BASELINE_FILE, Role::Baseline)?,
        environment: environment(),
        // Finding the working tree reads parent folders and follows a link of git, beyond any boundary.
        repository: if matches!(origin, Origin::Untrusted { .. }) {
            None
        } else {
            Repository::around(folder)
        },
    })
}

/// Reads what a folder says about a platform: `platform.yml`, the profiles and the lock, but no catalog.
///
/// # Errors
/// If `platform.yml` is missing, or if an existing file cannot be read.
pub fn read_platform(folder: &Path) -> Result<Inputs, Unreadable> {
    let unreadable = |error| Unreadable { path: folder.join("platform.yml"), error };
    let boundary = boundary(&Origin::Folder(folder.to_owned())).map_err(unreadable)?;
    let files = Files { folder, boundary };
    Ok(Inputs {
        platform: Some(files.read(Path::new("platform.yml"), Role::Platform)?),
        profiles: files.read_folder("profiles", Role::Profile)?,
        lock: files.read_optional(LOCK_FILE, Role::Lock)?,
        environment: environment(),
        ..Inputs::default()
    })
}

/// Reads the promises in `tests/*.yml` of `origin`, by name.
///
/// # Errors
/// If the folder exists and a file of it cannot be read.
pub fn read_tests(origin: &Origin) -> Result<Vec<(String, Source)>, Unreadable> {
    let folder = origin.folder();
    let boundary = boundary(origin).map_err(|error| Unreadable { path: folder.join("tests"), error })?;
    Files { folder, boundary }.read_folder("tests", Role::Test)
}

/// The bytes of a file that a comment of the catalog names, relative to the folder of `origin`; none if it
/// cannot be read, is longer than 1 MiB or outside of the repository.
pub(crate) fn read_beside(origin: &Origin, path: &Path) -> Option<Vec<u8>> {
    const MOST: usize = 1 << 20;
    let bytes = boundary(origin).ok()?.read_at_most(path, MOST).ok()?;
    (bytes.len() <= MOST).then_some(bytes)
}

/// What the names of environment variables that a catalog may read begin with. The environment of a CI job
/// has tokens too, and a catalog may come from a merge request of a stranger.
pub const ENVIRONMENT_PREFIX: &str = "WHARF_VAR_";

#[allow(clippy::disallowed_methods, reason = "the environment is an input")]
pub(super) fn environment() -> BTreeMap<String, String> {
    let named = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.to_str()?.strip_prefix(ENVIRONMENT_PREFIX)?.to_owned(), value.into_string().ok()?))
    };
    std::env::vars_os().filter_map(named).collect()
}

fn boundary(origin: &Origin) -> io::Result<Boundary> {
    let folder = origin.folder();
    if let Origin::Untrusted { root, .. } = origin {
        return Boundary::around(root, folder, "repository");
    }
    match repository::root(folder) {
        Some(root) => Boundary::around(&root, folder, "repository"),
        None => Boundary::around(folder, folder, "folder"),
    }
}

fn read_standard_input() -> Result<Source, Unreadable> {
    let bytes = limit::at_most(io::stdin().lock(), Role::Catalog)
        .map_err(|error| Unreadable { path: "standard input".into(), error })?;
    Ok(Source { name: "<stdin>".into(), bytes })
}

/// The files of a folder.
struct Files<'o> {
    folder: &'o Path,
    boundary: Boundary,
}

impl Files<'_> {
    fn read(&self, name: &Path, role: Role) -> Result<Source, Unreadable> {
        let path = self.folder.join(name);
        let bytes =
            self.boundary.read(name, role).map_err(|error| Unreadable { path: path.clone(), error })?;
        Ok(Source { name: display(&path), bytes })
    }

    fn read_optional(&self, name: &str, role: Role) -> Result<Option<Source>, Unreadable> {
        match self.read(Path::new(name), role) {
            Ok(source) => Ok(Some(source)),
            Err(unreadable) if unreadable.error.kind() == io::ErrorKind::NotFound => {
                let other = self.folder.join(name).with_extension("yaml");
                if other.symlink_metadata().is_ok() { Err(misnamed(&other)) } else { Ok(None) }
            }
            Err(unreadable) => Err(unreadable),
        }
    }

    /// The `*.yml` files of a folder, which need not exist.
    fn read_folder(&self, folder: &str, role: Role) -> Result<Vec<(String, Source)>, Unreadable> {
        let unreadable = |error| Unreadable { path: self.folder.join(folder), error };
        let mut names = match self.boundary.list(Path::new(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            names => names.map_err(unreadable)?,
        };
        if let Some(name) =
            names.iter().find(|name| Path::new(name).extension().is_some_and(|end| end == "yaml"))
        {
            return Err(misnamed(&self.folder.join(folder).join(name)));
        }
        names.retain(|name| Path::new(name).extension().is_some_and(|extension| extension == "yml"));
        if names.len() > MAX_FILES {
            return Err(unreadable(io::Error::other(format!(
                "it contains {} files, and at most {MAX_FILES} are supported",
                names.len()
            ))));
        }
        names.sort();
        names
            .iter()
            .map(|name| Ok((stem(Path::new(name)), self.read(&Path::new(folder).join(name), role)?)))
            .collect()
    }
}

/// A file that would silently be ignored because it ends in `.yaml`.
fn misnamed(path: &Path) -> Unreadable {
    let name = path.with_extension("yml");
    let name = name.file_name().unwrap_or_default().to_string_lossy();
    Unreadable {
        path: path.into(),
        error: io::Error::other(format!("wharf does not read this file: rename it to `{name}`")),
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The path as a user would write it: without a leading `./`.
pub(crate) fn display(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
