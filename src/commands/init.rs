//! `wharf init`

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use super::print;
use crate::disk;
use crate::exit::{CommandError, CommandResult};
use crate::inputs::display;
use crate::schema::{self, PUBLISHED};

/// Create a folder with a minimal catalog; never overwrites files
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  wharf init my-cluster")]
pub struct Init {
    /// Folder to create the files in
    #[arg(default_value = ".")]
    folder: PathBuf,
}

/// The files of the minimal example.
const FILES: [(&str, &str); 6] = [
    ("applications.yml", include_str!("../../examples/minimal/applications.yml")),
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

impl Init {
    pub(super) fn run(&self) -> CommandResult {
        let remote = remote(&self.folder);
        let files: Vec<_> =
            files(remote.as_deref()).into_iter().map(|(name, text)| (self.folder.join(name), text)).collect();
        if let Some((path, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
            return Err(CommandError(format!(
                "{}: this file already exists; nothing was written",
                display(path)
            )));
        }
        let mut said: Vec<String> = Vec::new();
        for (path, text) in files {
            disk::create(&path, &text)?;
            said.push(format!("wrote {}\n", display(&path)));
        }
        said.push(match remote {
            Some(_) => "next: set the domain in platform.yml, then run wharf render\n".into(),
            None => "next: set the repository and the domain in platform.yml, then run wharf render\n".into(),
        });
        print(&said.concat())
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

/// The URL of the git remote `origin`, if the folder is in a repository that has one.
fn remote(folder: &Path) -> Option<String> {
    let folder = folder.ancestors().find(|folder| folder.is_dir() || folder.as_os_str().is_empty())?;
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let output =
        Command::new("git").arg("-C").arg(folder).args(["remote", "get-url", "origin"]).output().ok()?;
    let url = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    let url = without_secret(&url);
    let plain = !url.is_empty() && crate::kubernetes::yaml::is_plain(&url);
    (output.status.success() && plain).then_some(url)
}

/// The URL without the user and the password or token that CI systems add to it, because the file will be
/// committed.
fn without_secret(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://").filter(|(scheme, _)| scheme.starts_with("http")) else {
        return url.to_owned();
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let user = authority.rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}://{}", &rest[user..])
}
