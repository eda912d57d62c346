//! The floor: the time that no program can beat which reads this catalog with this parser and writes this
//! much.
//!
//! `floor CATALOG BYTES` parses the YAML file `CATALOG` with the parser that wharf uses (events, locations
//! and comments, building nothing from them), then writes `BYTES` bytes of manifest-like text to standard
//! output. `benches/table` runs it beside wharf and prints how many times longer wharf takes.

#![allow(clippy::disallowed_methods, reason = "a separate program, outside the compiler")]

use std::env;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io::{self, ErrorKind, Write};

use granit_parser::Parser;

/// The number of bytes per write.
const PIECE: usize = 64 * 1024;

/// The text that is written repeatedly: of the form and density of wharf's own output.
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

/// Takes every event of `text` from the parser; returns the first error.
fn parse(text: &str) -> Result<(), granit_parser::ScanError> {
    for event in Parser::new_from_str(text) {
        black_box(event?);
    }
    Ok(())
}

/// Writes exactly `bytes` bytes, one piece at a time.
fn write(out: &mut impl Write, bytes: usize) -> io::Result<()> {
    // A piece ends with a line feed: standard output buffers what follows the last one, so that each piece
    // becomes one write.
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
