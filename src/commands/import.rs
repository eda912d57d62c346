//! `wharf import`

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::audit::render;
use super::{print, print_message};
use crate::audit::{Audited, Settings, audit, paths};
use crate::diagnostics::{count, printable};
use crate::disk;
use crate::exit::{CommandError, CommandResult, Exit};
use crate::import::{Before, Facts, Folders, Import as Imported, import};
use crate::inputs::{
    Inputs, Tree, display, read_file_as_tree, read_platform, read_standard_input_as_tree, read_tree,
};
use crate::schema::{self, PUBLISHED};

/// Write a catalog for what a cluster or a repository contains, and prove that it renders the same; never
/// overwrites files
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:\n  kubectl get \
                             applications,appprojects,namespaces,networkpolicies,ingressroutes -A -o yaml \
                             | wharf import - --output catalog --repository .\n  wharf import clusters/home \
                             --output catalog")]
pub struct Import {
    /// Folder of a GitOps repository, or a file with manifests; `-` reads manifests from standard input
    #[arg(value_name = "FILE|DIR")]
    from: PathBuf,

    /// Folder to write the catalog to
    #[arg(long, value_name = "DIR")]
    output: PathBuf,

    /// Checkout of the repository that a stream was deployed from: it tells charts, kustomizations and plain
    /// folders apart
    #[arg(long, value_name = "DIR")]
    repository: Option<PathBuf>,

    /// Folder with a platform.yml that is taken over, with its profiles and its lock. Default: the platform
    /// is inferred
    #[arg(long, value_name = "DIR")]
    platform: Option<PathBuf>,

    /// File or folder with the Applications that are applied manually; may be repeated
    #[arg(long, value_name = "PATH")]
    root: Vec<String>,

    /// Format of the table on standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How the table is printed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A line for each object that does not come back exactly as it was, and a summary
    #[default]
    Text,
    /// Every object
    Json,
}

impl Import {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let tree = self.tree()?;
        let facts = self.facts(&tree)?;
        let settings = Settings { roots: self.root.clone(), ..Settings::default() };
        let missing = RefCell::default();
        let audited = audit(&tree, &settings, &|chart| render(chart, &tree, &missing));
        let paths = paths(&tree);
        let before = Before::of_survey(&audited.survey, &facts.folders, |file| paths.get(&file).copied());
        let imported = import(&before, &facts, threads);
        let files = files(&imported);
        if let Some(path) = self.existing(&files) {
            let path = display(&path);
            print_message(&format!("wharf: {path}: this file already exists; nothing was written\n"));
            return Ok(Exit::Findings);
        }
        for (name, text) in &files {
            disk::create(&self.output.join(name), text)?;
        }
        print(&self.table(&imported))?;
        print_message(&summary(&audited, &imported, files.len(), &self.output));
        Ok(if imported.proof.is_complete() { Exit::Clean } else { Exit::Findings })
    }

    fn tree(&self) -> Result<Tree, CommandError> {
        let tree = if self.from.as_os_str() == "-" {
            read_standard_input_as_tree()
        } else if self.from.is_file() {
            read_file_as_tree(&self.from)
        } else {
            read_tree(&self.from)
        };
        tree.map_err(|unreadable| CommandError::with(&unreadable.path, &unreadable.error))
    }

    fn facts(&self, tree: &Tree) -> Result<Facts, CommandError> {
        let stated = self.platform.as_ref().map(|folder| stated(folder)).transpose()?;
        let folders = match &self.repository {
            Some(folder) => {
                let checkout = read_tree(folder)
                    .map_err(|unreadable| CommandError::with(&unreadable.path, &unreadable.error))?;
                Folders::of_tree(&checkout)
            }
            None => Folders::of_tree(tree),
        };
        Ok(Facts { folders, ..stated.unwrap_or_default() })
    }

    /// A file that would be overwritten.
    fn existing(&self, files: &[(String, String)]) -> Option<PathBuf> {
        let mut paths = files.iter().map(|(name, _)| self.output.join(name));
        paths.find(|path| path.symlink_metadata().is_ok())
    }

    fn table(&self, imported: &Imported) -> String {
        match self.format {
            Format::Text => imported.proof.lines().map(|line| printable(&line).into_owned() + "\n").collect(),
            Format::Json => format!("{:#}\n", imported.proof.to_json()),
        }
    }
}

/// The facts of a catalog that exists.
fn stated(folder: &Path) -> Result<Facts, CommandError> {
    let inputs = read_platform(folder)
        .map_err(|unreadable| CommandError::with(&unreadable.path, &unreadable.error))?;
    let Inputs { platform, profiles, lock, environment, .. } = inputs;
    Ok(Facts { platform, profiles, lock, environment, folders: Folders::default() })
}

/// The files of the catalog, and the schemas for the editor.
fn files(imported: &Imported) -> Vec<(String, String)> {
    let own = imported.files.iter().map(|(name, text)| (name.clone(), text.clone()));
    let schemas =
        PUBLISHED.iter().map(|published| (format!("schema/{}", published.file), schema::text(published)));
    own.chain(schemas).collect()
}

/// What was assumed and left out, and what was written.
fn summary(audited: &Audited<'_>, imported: &Imported, files: usize, output: &Path) -> String {
    // an import has no options to state the repository
    let told = |assumption: &String| match assumption.split_once(" (state it with --") {
        Some((told, option)) if !option.starts_with("root") => told.to_owned(),
        _ => assumption.clone(),
    };
    let mut lines: Vec<_> = audited.assumptions.iter().map(told).collect();
    let left_out =
        audited.left_out.iter().take(5).map(|one| format!("left out {}: {}", one.path, one.reason));
    lines.extend(left_out);
    if audited.left_out.len() > 5 {
        lines.push(format!("{} more left out; `wharf audit --reach` lists them", audited.left_out.len() - 5));
    }
    lines.extend(imported.proof.errors.iter().map(|error| format!("the catalog has an error: {error}")));
    lines.push(format!("wrote {} to {}", count(files, "file"), display(output)));
    let printed = |line: &String| ["wharf: ", &*printable(line), "\n"].concat();
    lines.iter().map(printed).collect()
}
