//! The floor: what no program can beat that reads this catalog with this parser and writes this much.
//!
//! `floor CATALOG BYTES` parses the YAML file `CATALOG` to its end with the parser that wharf uses (events,
//! places and comments, nothing built from them), then writes `BYTES` bytes of manifest-like text to standard
//! output. `benches/table` runs it beside wharf and prints how many times longer wharf takes.

#![allow(clippy::disallowed_methods, reason = "a program of its own, outside the compiler")]

use std::env;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io::{self, ErrorKind, Write};

use granit_parser::Parser;

/// How much one write hands over.
const PIECE: usize = 64 * 1024;

/// What is written again and again: text of the shape and density that wharf itself writes.
const MANIFEST: &str = "\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-from-ingress-controller
  namespace: web-vaultwarden
  labels:
    app.kubernetes.io/managed-by: wharf
  annotations:
    argocd.argoproj.io/sync-wave: '-10'
spec:
  podSelector: {}
  policyTypes:
    - Ingress
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: sys-traefik
          podSelector:
            matchLabels:
              app.kubernetes.io/name: traefik
---
";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [catalog, bytes] = arguments.as_slice() else {
        return Err("usage: floor CATALOG BYTES".into());
    };
    let bytes = bytes.parse()?;

    parse(&fs::read_to_string(catalog)?)?;
    match write(&mut io::stdout().lock(), bytes) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => Ok(outcome?),
    }
}

/// Takes every event of `text` from the parser; the first mistake in it is the error.
fn parse(text: &str) -> Result<(), granit_parser::ScanError> {
    for event in Parser::new_from_str(text) {
        black_box(event?);
    }
    Ok(())
}

/// Writes exactly `bytes` bytes, a piece at a time.
fn write(out: &mut impl Write, bytes: usize) -> io::Result<()> {
    // A piece ends with a line feed, so that standard output, which keeps back what follows the last one,
    // passes each piece on in one write.
    let mut piece: Vec<u8> = MANIFEST.bytes().cycle().take(PIECE - 1).collect();
    piece.push(b'\n');

    let mut left = bytes;
    while left > 0 {
        let now = left.min(piece.len());
        out.write_all(&piece[..now])?;
        left -= now;
    }
    out.flush()
}
