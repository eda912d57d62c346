//! The catalogs of this repository: `golden/*/` and `examples/*/`, each a folder with its inputs and its
//! output.
#![allow(dead_code, reason = "each test program uses its part of it")]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use wharf::bootstrap::Bootstrap;
use wharf::compile::compile;
use wharf::inputs::{self, Inputs, Origin, Repository, Source};
use wharf::report::text;
use wharf::tree::tree;

/// The platform of cases without their own.
const PLATFORM: &str = "golden/platform.yml";

/// What a folder of `golden/` may contain.
const KNOWN: [&str; 10] = [
    "applications.baseline.yml",
    "applications.lock.yml",
    "applications.yml",
    "bootstrap",
    "platform.yml",
    "profiles",
    "rendered",
    "report.txt",
    "repository",
    "templates",
];

/// The URL of the platform's repository for pushes.
const REMOTE: &str = "ssh://git@git.example.com:2222/home/cluster.git";

/// Files by their path within a case.
pub(crate) type Files = BTreeMap<String, String>;

/// A folder with a catalog.
#[derive(Clone)]
pub(crate) struct Case {
    /// `route-auth-none`, `examples/homelab`
    pub(crate) name: String,
    /// Where it is.
    pub(crate) folder: PathBuf,
    /// Whether it is one of the examples for users.
    pub(crate) is_example: bool,
}

/// The output of a case.
pub(crate) struct Buckets {
    /// `rendered/**`, `report.txt`, and `bootstrap/**` of an example or if there is such a folder
    pub(crate) files: Files,
    /// Whether the catalog has errors.
    pub(crate) is_faulty: bool,
}

/// All cases, in the order of their names.
pub(crate) fn all() -> io::Result<Vec<Case>> {
    let golden =
        folders("golden")?.into_iter().map(|(name, folder)| Case { name, folder, is_example: false });
    let examples = folders("examples")?.into_iter().map(|(name, folder)| Case {
        name: format!("examples/{name}"),
        folder,
        is_example: true,
    });
    Ok(golden.chain(examples).collect())
}

/// The cases without errors in their reports: each property of a valid catalog applies to each of them.
pub(crate) fn without_errors() -> io::Result<Vec<Case>> {
    all()?
        .into_iter()
        .filter_map(|case| case.has_errors().map(|has_errors| (!has_errors).then_some(case)).transpose())
        .collect()
}

impl Case {
    /// Whether its report contains an error.
    fn has_errors(&self) -> io::Result<bool> {
        match fs::read_to_string(self.folder.join("report.txt")) {
            Ok(report) => Ok(report.lines().any(|line| line.starts_with("error["))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads its inputs. The names of the files are relative to the case, so that reports are the same
    /// everywhere.
    pub(crate) fn inputs(&self) -> io::Result<Inputs> {
        let mut inputs =
            inputs::read(&Origin::Folder(self.folder.clone())).map_err(|unreadable| unreadable.error)?;
        if inputs.platform.is_none() && !self.is_example {
            inputs.platform = Some(Source::new(PLATFORM, fs::read(root().join(PLATFORM))?));
        }
        inputs.applications.name = "applications.yml".into();
        if let Some(platform) = &mut inputs.platform {
            platform.name = "platform.yml".into();
        }
        for (name, source) in &mut inputs.profiles {
            source.name = format!("profiles/{name}.yml");
        }
        for (name, source) in &mut inputs.templates {
            source.name = format!("templates/{name}.yml");
        }
        if let Some(lock) = &mut inputs.lock {
            lock.name = "applications.lock.yml".into();
        }
        if let Some(baseline) = &mut inputs.baseline {
            baseline.name = "applications.baseline.yml".into();
        }
        // The environment of the tests must not matter.
        inputs.environment = BTreeMap::from([("HIDDEN".into(), "hidden.example.com".into())]);
        // The working directory of the tests must not matter.
        let tree = self.folder.join("repository");
        inputs.repository = tree.is_dir().then(|| Repository::new(tree, vec![REMOTE.into()]));
        Ok(inputs)
    }

    /// Compiles it.
    pub(crate) fn make(&self) -> io::Result<Buckets> {
        let inputs = self.inputs()?;
        let compiled = compile(&inputs, NonZeroUsize::MIN);
        let is_faulty = compiled.has_errors();
        let tree = if is_faulty { Files::new() } else { tree(&compiled.objects, NonZeroUsize::MIN) };
        let mut files: Files =
            tree.into_iter().map(|(path, text)| (format!("rendered/{path}"), text)).collect();
        if !is_faulty && (self.is_example || self.folder.join("bootstrap").is_dir()) {
            let bootstrap = Bootstrap::new(&compiled.model, &compiled.objects).tree();
            files.extend(bootstrap.into_iter().map(|(path, text)| (format!("bootstrap/{path}"), text)));
        }
        let report = text::draw(&compiled.findings, &compiled.documents, false);
        if !report.is_empty() {
            files.insert("report.txt".into(), report);
        }
        Ok(Buckets { files, is_faulty })
    }

    /// Reads the blessed output.
    pub(crate) fn expected(&self) -> io::Result<Files> {
        let mut files = Files::new();
        walk(&self.folder.join("rendered"), "rendered", &mut files)?;
        walk(&self.folder.join("bootstrap"), "bootstrap", &mut files)?;
        match fs::read_to_string(self.folder.join("report.txt")) {
            Ok(report) => drop(files.insert("report.txt".into(), report)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        Ok(files)
    }

    /// What is wrong with the folder itself: each case states what it shows, and contains nothing that no
    /// test reads.
    pub(crate) fn flaw(&self) -> io::Result<Option<String>> {
        if self.is_example {
            return Ok(None);
        }
        let applications = fs::read(self.folder.join("applications.yml"))?;
        let applications = String::from_utf8_lossy(&applications);
        let first = applications.lines().find(|line| !line.starts_with("# yaml-language-server:"));
        if !first.is_some_and(|line| line.starts_with("# ")) {
            return Ok(Some(
                "applications.yml has to begin with a comment that states what the case shows".into(),
            ));
        }
        for item in fs::read_dir(&self.folder)? {
            let name = item?.file_name().to_string_lossy().into_owned();
            if !KNOWN.contains(&name.as_str()) {
                return Ok(Some(format!("`{name}` is not a file of a case")));
            }
        }
        Ok(None)
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folders(parent: &str) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut folders = BTreeMap::new();
    for item in fs::read_dir(root().join(parent))? {
        let item = item?;
        if item.file_type()?.is_dir() {
            folders.insert(item.file_name().to_string_lossy().into_owned(), item.path());
        }
    }
    Ok(folders)
}

fn walk(folder: &Path, prefix: &str, files: &mut Files) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    for item in fs::read_dir(folder)? {
        let item = item?;
        let path = format!("{prefix}/{}", item.file_name().to_string_lossy());
        if item.file_type()?.is_dir() {
            walk(&item.path(), &path, files)?;
        } else {
            files.insert(path, String::from_utf8_lossy(&fs::read(item.path())?).into_owned());
        }
    }
    Ok(())
}
