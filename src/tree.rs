//! The objects as files: `<namespace>/<kind>.yaml`, so that a review shows an entry in one folder.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use crate::kubernetes::Object;
use crate::kubernetes::yaml;
use crate::parallel::{map_chunks, stream_chunks};

/// The first line of every file that wharf writes. Files without it are never deleted.
pub const HEADER: &str = "# rendered by wharf, do not edit: change applications.yml and run wharf render\n";

/// File contents by path, relative to the output folder.
pub type Tree = BTreeMap<String, String>;

/// Distributes the objects to files.
pub fn tree(objects: &[Object], threads: NonZeroUsize) -> Tree {
    let mut files: BTreeMap<(&str, &str), Vec<&Object>> = BTreeMap::new();
    for object in objects {
        files.entry((object.folder.as_str(), object.file())).or_default().push(object);
    }
    let files: Vec<_> = files.into_iter().collect();
    let texts = map_chunks(&files, threads, |files| {
        let text = |((folder, file), objects): &((&str, &str), Vec<&Object>)| {
            (format!("{folder}/{file}"), file_text(objects))
        };
        files.iter().map(text).collect::<Vec<_>>()
    });
    texts.into_iter().flatten().collect()
}

fn file_text(objects: &[&Object]) -> String {
    let mut text = String::from(HEADER);
    for object in objects {
        text.push_str("---\n");
        yaml::write_object(&mut text, object);
    }
    text
}

/// How many objects are written to one piece of a stream.
const PIECE: usize = 512;

/// The most bytes that most objects take.
const USUAL_BYTES: usize = 800;

/// Passes the objects as one YAML stream to `take`, in pieces, until it fails.
///
/// # Errors
///
/// The error of `take`.
pub fn stream<E>(
    objects: &[Object],
    threads: NonZeroUsize,
    mut take: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    stream_chunks(objects, PIECE, threads, write_piece, |piece: &String| take(piece))
}

/// The objects as one YAML stream.
pub fn text(objects: &[Object]) -> String {
    let mut text = String::new();
    write_piece(objects, &mut text);
    text
}

fn write_piece(objects: &[Object], text: &mut String) {
    text.clear();
    text.reserve(objects.len() * USUAL_BYTES);
    for object in objects {
        text.push_str("---\n");
        yaml::write_object(text, object);
    }
}
