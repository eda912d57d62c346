//! git, as a program: it is started without a shell, in a folder, and reads only. Neither the working tree
//! nor the index is touched, and nothing is downloaded.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// How much of the output of a command is read, in bytes.
const MAX_OUTPUT: u64 = 64 << 10;

/// Variables of git's hooks that would make it read another repository or index.
const HOOK_VARIABLES: [&str; 5] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"];

/// Why git did not answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// There is no git.
    Missing,
    /// It failed, and said this.
    Failed(String),
}

/// git in a folder.
#[derive(Clone, Copy, Debug)]
pub(super) struct Git<'f>(pub(super) &'f Path);

impl Git<'_> {
    /// The lines that a command prints.
    pub(super) fn lines(self, arguments: &[&str]) -> Result<Vec<String>, Failure> {
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(|error| failure(&error))?;
        let printed = read(child.stdout.take());
        let said = read(child.stderr.take());
        if child.wait().map_err(|error| failure(&error))?.success() {
            Ok(printed.lines().map(str::to_owned).collect())
        } else {
            let said = said.lines().next().unwrap_or("git failed").trim_start_matches("fatal: ").to_owned();
            Err(Failure::Failed(said))
        }
    }

    /// The first line that a command prints.
    pub(super) fn line(self, arguments: &[&str]) -> Result<String, Failure> {
        Ok(self.lines(arguments)?.into_iter().next().unwrap_or_default())
    }

    /// Starts to read objects.
    pub(super) fn objects(self) -> Result<Objects, Failure> {
        let mut command = self.command(&["cat-file", "--batch", "--follow-symlinks"]);
        let mut child =
            command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|error| failure(&error))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(requests), Some(answers)) => {
                Ok(Objects { child, requests: Some(requests), answers: BufReader::new(answers) })
            }
            _ => Err(Failure::Failed("git has no standard input".into())),
        }
    }

    fn command(self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.0).args(arguments).stdout(Stdio::piped());
        for variable in HOOK_VARIABLES {
            command.env_remove(variable);
        }
        command.env("LC_ALL", "C").env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0");
        command
    }
}

fn failure(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::NotFound {
        Failure::Missing
    } else {
        Failure::Failed(error.to_string())
    }
}

fn read(from: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        let _ = from.take(MAX_OUTPUT).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An object of git.
#[derive(Debug)]
pub(super) enum Object {
    /// A file, or as much of it as was asked for.
    Blob(Vec<u8>),
    /// A folder: the mode and the name of each item.
    Tree(Vec<(String, Vec<u8>)>),
    /// A submodule, or anything else.
    Other,
    /// There is none.
    Missing,
    /// A link that leads out of the repository, or nowhere.
    Link,
}

/// A running git that answers with objects.
#[derive(Debug)]
pub(super) struct Objects {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Objects {
    /// An object by its name, such as `HEAD:platform.yml`; at most `limit` bytes of it.
    pub(super) fn get(&mut self, name: &str, limit: usize) -> io::Result<Object> {
        if name.contains('\n') {
            return Ok(Object::Missing);
        }
        let requests = self.requests.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(requests, "{name}")?;
        requests.flush()?;
        let mut head = String::new();
        self.answers.by_ref().take(MAX_OUTPUT).read_line(&mut head)?;
        let words: Vec<_> = head.split_whitespace().collect();
        match words.as_slice() {
            [id, kind, size] if is_id(id) => {
                let size = size.parse().map_err(io::Error::other)?;
                let bytes = self.contents(size, limit)?;
                Ok(match *kind {
                    "blob" => Object::Blob(bytes),
                    "tree" => Object::Tree(items(&bytes, id.len() / 2)),
                    _ => Object::Other,
                })
            }
            ["symlink" | "dangling" | "loop" | "notdir", size] => {
                self.contents(size.parse().map_err(io::Error::other)?, 0)?;
                Ok(Object::Link)
            }
            [] => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(Object::Missing),
        }
    }

    /// The first bytes of an object; the rest is skipped, with the line break behind it.
    fn contents(&mut self, size: u64, limit: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let wanted = size.min(limit as u64);
        self.answers.by_ref().take(wanted).read_to_end(&mut bytes)?;
        io::copy(&mut self.answers.by_ref().take(size - wanted + 1), &mut io::sink())?;
        Ok(bytes)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // git ends when its standard input does
        drop(self.requests.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_id(word: &str) -> bool {
    word.len() >= 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The items of a tree: `MODE NAME\0` and the id, whose length depends on the hash of the repository.
fn items(mut bytes: &[u8], id: usize) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    while let Some(end) = bytes.iter().position(|byte| *byte == 0) {
        let (head, rest) = bytes.split_at(end);
        let space = head.iter().position(|byte| *byte == b' ').unwrap_or(head.len());
        let (mode, name) = head.split_at(space);
        found.push((String::from_utf8_lossy(mode).into_owned(), name.get(1..).unwrap_or_default().to_vec()));
        bytes = rest.get(1 + id..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::items;

    #[test]
    fn items_of_a_tree_have_a_mode_and_a_name() {
        let mut tree = b"100644 a b\0".to_vec();
        tree.extend([b'0'; 20]);
        tree.extend(b"40000 profiles\0");
        tree.extend([0; 20]);
        let found = items(&tree, 20);
        assert_eq!(found, [("100644".into(), b"a b".to_vec()), ("40000".into(), b"profiles".to_vec())]);
        assert!(items(b"100644", 20).is_empty());
    }
}
