//! Programs: started without a shell, in a folder, with limits of time and output.

#![allow(
    clippy::disallowed_methods,
    reason = "a program has a time limit; what it prints is read from a file of the scratch folder"
)]

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Failure;

/// The limits of a program.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long it may take.
    pub time: Duration,
    /// How many bytes it may print.
    pub output: u64,
}

/// How much of the error output of a program is kept, in bytes.
const MAX_ERROR: u64 = 64 << 10;

/// A program with its arguments.
#[derive(Clone, Debug)]
pub(super) struct Program<'p> {
    pub(super) name: &'static str,
    pub(super) arguments: Vec<OsString>,
    /// Its working directory.
    pub(super) folder: &'p Path,
}

/// Runs a program and returns its output. The output is written to files in `scratch`, so that it need not be
/// read while the program runs, and a child process of the program cannot block wharf by keeping a pipe open.
pub(super) fn run(program: &Program<'_>, scratch: &Path, limits: Limits) -> Result<Vec<u8>, Failure> {
    let (out, err) = (scratch.join("stdout"), scratch.join("stderr"));
    let create = |path: &Path| File::create(path).map_err(|error| failed(program.name, &error));
    let mut command = Command::new(program.name);
    command
        .args(&program.arguments)
        .current_dir(program.folder)
        .stdin(Stdio::null())
        .stdout(create(&out)?)
        .stderr(create(&err)?);
    let mut child = command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::MissingProgram(program.name),
        _ => failed(program.name, &error),
    })?;
    let status = wait(&mut child, program.name, &out, limits)?;
    if !status.success() {
        let message = read(&err, MAX_ERROR).map_err(|error| failed(program.name, &error))?;
        return Err(Failure::Failed(
            format!("{} could not render it", program.name),
            Some(summary(&message)),
        ));
    }
    let printed = read(&out, limits.output + 1).map_err(|error| failed(program.name, &error))?;
    if printed.len() as u64 > limits.output { Err(too_long(program.name, limits)) } else { Ok(printed) }
}

fn failed(name: &str, error: &io::Error) -> Failure {
    Failure::Failed(format!("{name} could not be started"), Some(error.to_string()))
}

fn too_long(name: &str, limits: Limits) -> Failure {
    Failure::Failed(format!("{name} printed more than {} MiB", limits.output >> 20), None)
}

/// Waits for the end of a program; kills it if it exceeds its limits.
fn wait(child: &mut Child, name: &'static str, out: &Path, limits: Limits) -> Result<ExitStatus, Failure> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait().map_err(|error| failed(name, &error))? {
            return Ok(status);
        }
        let printed = out.metadata().map_or(0, |data| data.len());
        let late = start.elapsed() > limits.time;
        if late || printed > limits.output {
            let _ = child.kill();
            let _ = child.wait();
            let slow =
                || Failure::Failed(format!("{name} took longer than {} s", limits.time.as_secs()), None);
            return Err(if late { slow() } else { too_long(name, limits) });
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(25));
    }
}

fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The lines with the error: Helm and Kustomize begin them with `Error:`, after warnings.
fn summary(message: &[u8]) -> String {
    let text = String::from_utf8_lossy(message);
    let lines: Vec<_> =
        text.lines().map(str::trim).map(without_log_header).filter(|line| !line.is_empty()).collect();
    let start = lines
        .iter()
        .position(|line| line.starts_with("Error:") || line.starts_with("error:"))
        .unwrap_or_default();
    let shown = lines.get(start..).unwrap_or_default().iter().take(4).copied().collect::<Vec<_>>().join("; ");
    shown.trim_start_matches("Error: ").trim_start_matches("error: ").chars().take(600).collect()
}

/// A line without the header of klog, which has the time and the number of the process (kubectl 1.36):
/// `E1126 04:29:48.861314   26627 run.go:72] "command failed"`.
fn without_log_header(line: &str) -> &str {
    let is_header = |header: &str| {
        let mut bytes = header.bytes();
        bytes.next().is_some_and(|level| b"IWEF".contains(&level))
            && bytes.by_ref().take(4).filter(u8::is_ascii_digit).count() == 4
            && bytes.next() == Some(b' ')
    };
    line.split_once("] ").filter(|(header, _)| is_header(header)).map_or(line, |(_, message)| message)
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn an_error_is_the_same_in_each_run() {
        let log = b"E1126 04:29:48.861314   26627 run.go:72] \"command failed\" err=\"no such file\"\n";
        assert_eq!(summary(log), "\"command failed\" err=\"no such file\"");
        assert_eq!(summary(b"WARNING: a\nError: values[0] is wrong\n"), "values[0] is wrong");
        assert_eq!(summary(b"Expected [a] here\n"), "Expected [a] here");
    }
}
