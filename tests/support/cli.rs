//! The real binary, run as a user would, but with a clean environment.

#![allow(dead_code, clippy::disallowed_methods, clippy::expect_used)]

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use tempfile::TempDir;

/// A run of `wharf` that is being prepared.
pub(crate) struct Run {
    program: OsString,
    arguments: Vec<OsString>,
    folder: Option<PathBuf>,
    input: Option<Vec<u8>>,
    variables: Vec<(String, OsString)>,
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit code; none if a signal ended the run.
    pub(crate) code: Option<i32>,
    /// Its standard output.
    pub(crate) out: String,
    /// Its standard error.
    pub(crate) err: String,
}

/// The path of the binary under test.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_wharf");

/// `wharf ARGUMENT…`
pub(crate) fn wharf<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    Run::program(BINARY, arguments)
}

/// A command line for `sh`, with the binary as `$WHARF`.
pub(crate) fn shell(line: &str) -> Run {
    let mut run = Run::program("sh", ["-c", line]);
    run.variables.push(("WHARF".into(), BINARY.into()));
    run
}

impl Run {
    fn program<A: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = A>) -> Self {
        let arguments = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
        Self { program: program.into(), arguments, folder: None, input: None, variables: Vec::new() }
    }

    /// Sets its working directory.
    pub(crate) fn within(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Some(folder.as_ref().into());
        self
    }

    /// Sets its standard input, which is empty by default.
    pub(crate) fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = Some(input.into());
        self
    }

    /// Sets an environment variable.
    pub(crate) fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// The command, with an environment that is the same on every machine.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear();
        for name in ["PATH", "SYSTEMROOT", "LLVM_PROFILE_FILE"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CEILING_DIRECTORIES", std::env::temp_dir());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }

    /// Runs it until it exits.
    #[track_caller]
    pub(crate) fn run(self) -> Ran {
        let mut command = self.command();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        let input = self.input.unwrap_or_default();
        // a program need not read its input
        let writer = thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().expect("the program ends");
        writer.join().expect("the input is written");
        let text = |bytes| String::from_utf8(bytes).expect("the output is text");
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs it, expects success, and returns its standard output.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Ran {
        let ran = self.run();
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran
    }

    /// Runs it and expects this exit code, a reason, and nothing on standard output.
    #[track_caller]
    pub(crate) fn fails(self, code: i32) -> Ran {
        let ran = self.run();
        assert_eq!(ran.code, Some(code), "{}{}", ran.out, ran.err);
        assert_eq!(ran.out, "", "nothing is printed by a run that fails");
        assert!(!ran.err.is_empty(), "a run that fails says why");
        ran
    }
}

impl Ran {
    /// Expects a text on standard error.
    #[track_caller]
    pub(crate) fn says(self, word: &str) -> Self {
        assert!(self.err.contains(word), "`{word}` is not on standard error:\n{}", self.err);
        self
    }

    /// Expects a text on standard output.
    #[track_caller]
    pub(crate) fn prints(self, word: &str) -> Self {
        assert!(self.out.contains(word), "`{word}` is not on standard output:\n{}", self.out);
        self
    }
}

/// A temporary folder for a test.
pub(crate) fn folder() -> TempDir {
    tempfile::Builder::new().prefix("wharf-test-").tempdir().expect("there is a folder for temporary files")
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
    let path = path.as_ref();
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder is made");
    fs::write(path, text).expect("the file is written");
}

/// A folder with this catalog and a platform for it.
pub(crate) fn catalog(applications: &str) -> TempDir {
    let folder = folder();
    write(folder.path().join("applications.yml"), applications);
    write(folder.path().join("platform.yml"), PLATFORM);
    folder
}

/// A platform for [`entries`].
pub(crate) const PLATFORM: &str = "\
repository: {url: https://git.example.com/home.git, revision: main}
domain: example.com
network: {ingressController: {namespace: traefik}}
routing:
  auth:
    forwardAuth: {address: http://auth.sys-auth.svc/verify}
";

/// An entry with an application, a route and an edge to the previous entry.
pub(crate) fn entry(number: usize, description: &str) -> String {
    let mut text = format!(
        "- namespace: web-{number:05}\n  description: {description}\n  networkPolicies:\n    \
         profile: web-app\n"
    );
    if number > 0 {
        let _ = writeln!(text, "    egress: [{{namespace: web-{:05}, ports: [8080]}}]", number - 1);
    }
    let _ = writeln!(
        text,
        "  applications: [{{applicationCode: web-{number:05}, path: charts/web, autoSync: true}}]"
    );
    let _ = writeln!(text, "  routes: [{{host: app-{number:05}, service: web, port: 80, targetPort: 8080}}]");
    text
}

/// A catalog with `count` entries.
pub(crate) fn entries(count: usize, description: &str) -> String {
    (0..count).map(|number| entry(number, description)).collect()
}

/// All files below `folder`, by path; links are not followed.
pub(crate) fn files(folder: impl AsRef<Path>) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(folder.as_ref(), "", &mut files);
    files
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for item in fs::read_dir(folder).expect("the folder can be read") {
        let item = item.expect("the folder can be read");
        let path = format!("{prefix}{}", item.file_name().to_string_lossy());
        let kind = item.file_type().expect("the kind of a file is known");
        if kind.is_dir() {
            collect(&item.path(), &format!("{path}/"), files);
        } else if kind.is_file() {
            files.insert(path, fs::read(item.path()).expect("the file can be read"));
        }
    }
}
