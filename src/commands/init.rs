//! `wharf init`

mod public_url;

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use super::print;
use crate::disk;
use crate::exit::{CommandError, CommandResult};
use crate::inputs::display;
use crate::schema::{self, PUBLISHED};
use crate::syntax::is_plain;
use public_url::public_url;

/// Create a folder with a minimal catalog; never overwrites files
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  wharf init my-cluster")]
pub struct Init {
    /// Folder to create the files in
    #[arg(default_value = ".")]
    folder: PathBuf,
}

/// The files of the minimal example.
const FILES: [(&str, &str); 7] = [
    ("applications.yml", include_str!("../../examples/minimal/applications.yml")),
    ("applications.lock.yml", include_str!("../../examples/minimal/applications.lock.yml")),
    ("platform.yml", include_str!("../../examples/minimal/platform.yml")),
    (
        "helm-charts/extra-objects/Chart.yaml",
        include_str!("../../examples/minimal/helm-charts/extra-objects/Chart.yaml"),
    ),
    (
        "helm-charts/extra-objects/templates/objects.yaml",
        include_str!("../../examples/minimal/helm-charts/extra-objects/templates/objects.yaml"),
    ),
    (
        "helm-charts/extra-objects/values.yaml",
        include_str!("../../examples/minimal/helm-charts/extra-objects/values.yaml"),
    ),
    (
        "helm-charts/extra-objects/values-web-vaultwarden.yml",
        include_str!("../../examples/minimal/helm-charts/extra-objects/values-web-vaultwarden.yml"),
    ),
];

/// The repository of the minimal example.
const EXAMPLE_URL: &str = "https://git.example.com/home/cluster.git";

/// What follows each change.
const NEXT: &str = "then run wharf lock, wharf check and wharf render";

impl Init {
    pub(super) fn run(&self) -> CommandResult {
        let remote = remote(&self.folder);
        let url = if let Remote::Url(url) = &remote { Some(url.as_str()) } else { None };
        let files: Vec<_> =
            files(url).into_iter().map(|(name, text)| (self.folder.join(name), text)).collect();
        if let Some((path, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
            return Err(CommandError(format!(
                "{}: this file already exists; nothing was written",
                display(path)
            )));
        }
        let mut messages: Vec<String> = Vec::new();
        for (path, text) in files {
            disk::create(&path, &text)?;
            messages.push(format!("wrote {}\n", display(&path)));
        }
        messages.push(match remote {
            Remote::Url(_) => format!("next: set the domain in platform.yml, {NEXT}\n"),
            Remote::Unknown => format!("next: set the repository and the domain in platform.yml, {NEXT}\n"),
            Remote::Personal => format!(
                "next: set the repository and the domain in platform.yml, {NEXT}\n\
                the URL of the git remote was not copied, as it holds a user or a secret\n"
            ),
        });
        print(&messages.concat())
    }
}

/// The files to write: the minimal example with the user's repository, and the schemas for the editor.
fn files(remote: Option<&str>) -> Vec<(String, String)> {
    let example = FILES.iter().map(|(name, text)| {
        let text = text.replace("$schema=../../schema/", "$schema=schema/");
        let text = if *name == "platform.yml" {
            text.replace(EXAMPLE_URL, remote.unwrap_or(EXAMPLE_URL))
        } else {
            text
        };
        ((*name).to_owned(), text)
    });
    let schemas =
        PUBLISHED.iter().map(|published| (format!("schema/{}", published.file), schema::text(published)));
    example.chain(schemas).collect()
}

/// What is known of the git remote `origin`.
enum Remote {
    /// There is none, or its URL cannot be written.
    Unknown,
    /// Its URL holds a user or more that should not be committed, and would lead elsewhere, or nowhere,
    /// without it.
    Personal,
    Url(String),
}

/// The git remote `origin`, if the folder is in a repository that has one.
fn remote(folder: &Path) -> Remote {
    let folder = folder.ancestors().find(|folder| folder.is_dir() || folder.as_os_str().is_empty());
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let output =
        Command::new("git").arg("-C").arg(folder).args(["remote", "get-url", "origin"]).output().ok();
    let url = output
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok());
    let Some(url) = url else { return Remote::Unknown };
    match public_url(url.trim()) {
        Some(url) if url.is_empty() || !is_plain(&url) => Remote::Unknown,
        Some(url) => Remote::Url(url),
        None => Remote::Personal,
    }
}
