//! The Python programs with which tests check the emitted YAML; `scripts/test` installs what they need.
#![allow(dead_code, reason = "each test program uses its part of it")]

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value as Json;

/// The results of both parsers for a stream: a list of documents each.
pub(crate) struct Reading {
    /// YAML 1.1, as Kubernetes reads it.
    pub(crate) yaml11: Json,
    /// YAML 1.2.
    pub(crate) yaml12: Json,
}

/// The interpreter with the packages of `tests/requirements.txt`.
pub(crate) fn interpreter() -> PathBuf {
    env::var_os("WHARF_TEST_PYTHON").expect("WHARF_TEST_PYTHON is not set: run scripts/test").into()
}

fn support(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support").join(file)
}

/// Reads each of `streams`; a stream that a parser rejects is returned as its complaint.
pub(crate) fn try_read(streams: &[String]) -> Vec<Result<Reading, String>> {
    // Two processes, because the parsers are slow and most machines have two processors.
    let (first, second) = streams.split_at(streams.len() / 2);
    let (first, second) = thread::scope(|scope| {
        let first = scope.spawn(|| batch(first));
        let second = batch(second);
        (first.join().expect("the first half"), second)
    });
    first.into_iter().chain(second).collect()
}

/// Reads each of `streams`, none of which may be rejected.
pub(crate) fn read(streams: &[String]) -> Vec<Reading> {
    let readings = try_read(streams).into_iter().zip(streams);
    readings
        .map(|(reading, stream)| reading.unwrap_or_else(|error| panic!("{error}\nin this stream:\n{stream}")))
        .collect()
}

fn batch(streams: &[String]) -> Vec<Result<Reading, String>> {
    if streams.is_empty() {
        return Vec::new();
    }
    let mut input = Vec::new();
    for stream in streams {
        assert!(!stream.contains('\0'), "a bare NUL byte in {stream:?}");
        input.extend_from_slice(stream.as_bytes());
        input.push(0);
    }
    let mut child = Command::new(interpreter())
        .arg(support("readback.py"))
        .arg("--batch")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("WHARF_TEST_PYTHON cannot be started: run scripts/test");
    let mut stdin = child.stdin.take().expect("its input");
    let writer = thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the output of readback.py");
    writer.join().expect("the writer").expect("readback.py takes all input");
    let text = String::from_utf8(output.stdout).expect("readback.py prints UTF-8");
    let readings: Vec<_> = text.lines().map(reading).collect();
    assert_eq!(readings.len(), streams.len(), "readback.py prints one line a stream");
    readings
}

fn reading(line: &str) -> Result<Reading, String> {
    let mut json: Json = serde_json::from_str(line).expect("readback.py prints JSON");
    match json.get("error").and_then(Json::as_str) {
        Some(error) => Err(error.to_owned()),
        None => Ok(Reading { yaml11: json["yaml11"].take(), yaml12: json["yaml12"].take() }),
    }
}

/// The folder of the strict JSON Schemas of the built-in kinds of Kubernetes, of the newest version there is.
pub(crate) fn kubernetes_schemas() -> PathBuf {
    let script = "import kubernetes_validate, os; print(os.path.dirname(kubernetes_validate.__file__))";
    let output = Command::new(interpreter())
        .args(["-c", script])
        .output()
        .expect("WHARF_TEST_PYTHON cannot be started: run scripts/test");
    let package = String::from_utf8(output.stdout).expect("a path");
    assert!(output.status.success(), "kubernetes-validate is not installed: run scripts/test");
    Path::new(package.trim()).join("kubernetes-json-schema/v1.37.0-local-strict")
}
