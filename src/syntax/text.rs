//! From bytes to text: files that are too large, or not UTF-8.

use std::str;

use crate::diagnostics::{FileId, Finding, Location, Role, Sink, rules};
use crate::inputs::{Source, max_bytes, max_values};

/// The longest prefix of the file that is text, and whether that is all of it.
pub(super) fn decode_utf8<'a>(file: FileId, source: &'a Source, findings: &mut Sink) -> (&'a str, bool) {
    if source.bytes.len() > max_bytes(file.role()) {
        findings.push(too_long(file));
        return ("", false);
    }
    match str::from_utf8(&source.bytes) {
        Ok(text) => (text, true),
        Err(error) => {
            let end = error.valid_up_to();
            findings.push(
                rules::INVALID_UTF8
                    .at(Location::bytes(file, end, end), "the file is not UTF-8")
                    .with_label("invalid bytes begin here")
                    .help("save the file as UTF-8"),
            );
            (str::from_utf8(&source.bytes[..end]).unwrap_or_default(), false)
        }
    }
}

fn too_long(file: FileId) -> Finding {
    let most = max_bytes(file.role());
    let size = if most < 1 << 20 { format!("{} KiB", most >> 10) } else { format!("{} MiB", most >> 20) };
    too_large(Location::bytes(file, 0, 0), format!("the file is longer than {size}"))
}

/// What holds too much to be read.
pub(super) fn too_many_values(file: FileId) -> Finding {
    let most = max_values(file.role());
    too_large(Location::bytes(file, 0, 0), format!("the file holds more than {most} values"))
}

/// Reports a file that is not read, because that could take too much memory or time.
pub(crate) fn too_large(location: Location, message: String) -> Finding {
    let help = match location.file.role() {
        Role::Catalog => "split the catalog into several folders, each with a root application of its own",
        Role::Lock => "remove the file and run `wharf lock`",
        _ => "remove what is not used",
    };
    let finding = rules::TOO_LARGE.at(location, message);
    finding.note("nothing of the file is read, so that no file takes all memory of CI or Argo CD").help(help)
}
