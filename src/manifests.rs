//! The manifests of an application, as Argo CD generates them (Argo CD 3.5, `reposerver/repository`): plain
//! folders are read, charts are rendered by Helm, kustomizations by Kustomize. The output of programs is
//! untrusted and limited.

mod capabilities;
mod chart;
mod directory;
mod folder_chart;
mod glob;
mod kustomize;
mod pinned;
mod process;
mod scratch;
mod values;

use std::time::Duration;

pub(crate) use directory::all_files;
pub use directory::files as directory_files;
pub use folder_chart::{ChartFolder, render_folder};
pub(crate) use glob::matches as matches_glob;
pub use kustomize::build_folder;
pub use pinned::{is_fixed, is_pinned};
pub use process::Limits;

use crate::inputs::{Repository, Source as Input};
use crate::kubernetes::{Manifests, Problem, Resource, read};
use crate::model::{Application, Platform, Source, SourceType, is_same_repository, within};

/// The time limit of a program. Default of `wharf lock --timeout`.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// The environment of rendering an application.
#[derive(Clone, Copy, Debug)]
pub struct Environment<'e> {
    /// The platform.
    pub platform: &'e Platform,
    /// The working tree of the platform's repository, if there is one.
    pub repository: Option<&'e Repository>,
    /// API versions of the cluster that charts can check for.
    pub api_versions: &'e [String],
    /// The bounds of programs.
    pub limits: Limits,
}

impl<'e> Environment<'e> {
    /// The working tree, if it is what a source refers to; `what` it is needed for is for the reason why not.
    fn working_tree(&self, source: &Source, what: &str) -> Result<&'e Repository, Failure> {
        if !is_own(source, self.platform) {
            let (repository, revision) = (&source.repository, &source.revision);
            return Err(Failure::Unknown(format!("its {what} are in {repository} at {revision}")));
        }
        self.repository
            .ok_or_else(|| Failure::Unknown("this is not a working tree of the platform's repository".into()))
    }
}

/// Why there are no manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// They are not available here, which is not an error: the reason, as a phrase.
    Unknown(String),
    /// A program is not installed.
    MissingProgram(&'static str),
    /// An error, and the output of the program about it.
    Failed(String, Option<String>),
}

/// The resources of an application.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// One rendering, or two where a chart renders differently each time.
    pub renderings: Vec<Vec<Resource>>,
    /// Whether one of its charts may check for APIs of the cluster.
    pub checks_apis: bool,
}

/// Renders an application.
///
/// # Errors
/// If one of its sources cannot be rendered: a partial application would be misleading.
pub fn render(application: &Application, environment: &Environment<'_>) -> Result<Rendered, Failure> {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let (mut differs, mut checks_apis) = (false, false);
    for source in &application.sources {
        for Rendering { input, again, checks_apis: checks } in of_source(source, application, environment)? {
            let resources = resources_of(&input)?;
            let other = again.map(|input| resources_of(&input)).transpose()?;
            differs |= other.is_some();
            checks_apis |= checks;
            second.extend(other.unwrap_or_else(|| resources.clone()));
            first.extend(resources);
        }
    }
    let renderings = if differs { vec![first, second] } else { vec![first] };
    Ok(Rendered { renderings, checks_apis })
}

/// The manifests of a source.
struct Rendering {
    input: Input,
    /// Those of a second rendering, if they differ: the chart generates random values.
    again: Option<Input>,
    /// Whether it is a chart that may check for APIs of the cluster.
    checks_apis: bool,
}

impl From<Input> for Rendering {
    fn from(input: Input) -> Self {
        Self { input, again: None, checks_apis: false }
    }
}

/// The resources of a text.
///
/// # Errors
/// If any of it is not a manifest.
pub fn resources_of(input: &Input) -> Result<Vec<Resource>, Failure> {
    let Manifests { resources, problems } = read(input);
    match problems.as_slice() {
        [] => Ok(resources),
        [Problem { line, message }, rest @ ..] => {
            let more = if rest.is_empty() { String::new() } else { format!("; {} more", rest.len()) };
            Err(Failure::Failed(format!("{}, line {line}: {message}{more}", input.name), None))
        }
    }
}

fn of_source(
    source: &Source,
    application: &Application,
    environment: &Environment<'_>,
) -> Result<Vec<Rendering>, Failure> {
    match source.source_type() {
        SourceType::Reference => Ok(Vec::new()),
        SourceType::Plugin => {
            let name = source.plugin.as_ref().map_or("", |plugin| &plugin.name);
            Err(Failure::Unknown(format!("it is rendered by the plugin {name}")))
        }
        SourceType::Directory => directory::render(&own_folder(source, environment)?, source)
            .map(|inputs| inputs.into_iter().map(Rendering::from).collect()),
        SourceType::Kustomize => kustomize::render(&own_folder(source, environment)?, source, environment)
            .map(|input| vec![input.into()]),
        SourceType::Helm => chart::render(source, application, environment).map(|rendering| vec![rendering]),
    }
}

/// Whether a source is in the platform's repository, at the revision that the working tree most likely has.
pub fn is_own(source: &Source, platform: &Platform) -> bool {
    is_same_repository(&source.repository, &platform.repository) && source.revision == platform.revision
}

/// A folder of the working tree.
pub(crate) struct OwnFolder<'e> {
    repository: &'e Repository,
    /// The path from the root, without `.` and `..`.
    path: String,
}

fn own_folder<'e>(source: &Source, environment: &Environment<'e>) -> Result<OwnFolder<'e>, Failure> {
    let repository = environment.working_tree(source, "manifests")?;
    let written = source.path.as_ref().map_or(".", |path| path);
    let path = within("", written)
        .ok_or_else(|| Failure::Failed(format!("`{written}` points outside the repository"), None))?;
    if !repository.path(&path).is_some_and(|path| path.is_dir()) {
        return Err(Failure::Failed(format!("there is no folder `{path}` in the repository"), None));
    }
    Ok(OwnFolder { repository, path: path.to_string() })
}
