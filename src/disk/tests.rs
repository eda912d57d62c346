//! What happens if the output folder changes between the comparison and the writing.

#![allow(clippy::unwrap_used, reason = "tests make files, and fail where they cannot")]

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use super::{Output, Tree, apply, compare_in, with_line_feeds};

const HEADER: &str = "# by wharf\n";

fn tree(text: &str) -> Tree {
    ["a/x.yaml", "b/x.yaml"].map(|path| (path.to_owned(), format!("{HEADER}{text}\n"))).into()
}

/// Compares, changes the folder, and writes.
fn write_after(tree: &Tree, folder: &Path, change: impl FnOnce()) -> bool {
    let mut output = Output::open(folder).unwrap();
    let difference = compare_in(tree, HEADER, &mut output).unwrap();
    change();
    // as in a process that compared more folders than it keeps open
    apply(tree, &difference, &mut Output::open(folder).unwrap()).is_ok()
}

fn names(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn a_folder_that_is_swapped_for_a_link_is_not_written_through() {
    let (folder, outside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    assert!(write_after(&tree("first"), folder.path(), || {}));
    let swap = || {
        fs::rename(folder.path().join("b"), folder.path().join("moved")).unwrap();
        symlink(outside.path(), folder.path().join("b")).unwrap();
    };
    assert!(!write_after(&tree("second"), folder.path(), swap));
    assert_eq!(names(outside.path()), 0);
}

#[test]
fn nothing_is_removed_through_a_link() {
    let (folder, outside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    assert!(write_after(&tree("first"), folder.path(), || {}));
    fs::write(outside.path().join("x.yaml"), format!("{HEADER}theirs\n")).unwrap();
    let mut less = tree("first");
    less.remove("b/x.yaml");
    let swap = || {
        fs::rename(folder.path().join("b"), folder.path().join("moved")).unwrap();
        symlink(outside.path(), folder.path().join("b")).unwrap();
    };
    assert!(!write_after(&less, folder.path(), swap));
    assert_eq!(names(outside.path()), 1);
}

#[test]
fn a_new_folder_is_not_made_through_a_link() {
    let (folder, outside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let swap = || symlink(outside.path(), folder.path().join("b")).unwrap();
    assert!(!write_after(&tree("first"), folder.path(), swap));
    assert_eq!(names(outside.path()), 0);
}

#[test]
fn a_file_that_turns_into_a_link_is_replaced_and_not_written_through() -> io::Result<()> {
    let (folder, outside) = (TempDir::new()?, TempDir::new()?);
    assert!(write_after(&tree("first"), folder.path(), || {}));
    let (file, theirs) = (folder.path().join("b/x.yaml"), outside.path().join("theirs"));
    fs::write(&theirs, "theirs")?;
    let swap = || {
        fs::remove_file(&file).unwrap();
        symlink(&theirs, &file).unwrap();
    };
    assert!(write_after(&tree("second"), folder.path(), swap));
    assert_eq!(fs::read_to_string(&theirs)?, "theirs");
    assert!(!file.symlink_metadata()?.is_symlink());
    Ok(())
}

#[test]
fn only_the_carriage_returns_of_line_ends_go() {
    for (text, wanted) in
        [("", ""), ("a\r\nb\r\n", "a\nb\n"), ("a\rb\r", "a\rb\r"), ("a\r\r\nb\n", "a\r\nb\n"), ("\r\n", "\n")]
    {
        assert_eq!(&*with_line_feeds(text.as_bytes()), wanted.as_bytes());
    }
}
