//! What both implementations of folders do.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests make files, and fail where they cannot"
)]

macro_rules! tests_of {
    ($implementation:ident) => {
        mod $implementation {
            use std::fs;
            use std::io::{Read, Write};
            use std::os::unix::fs::symlink;
            use std::process::Command;

            use super::super::FileKind;
            use super::super::$implementation::{Folder, open_regular};

            fn made() -> (tempfile::TempDir, Folder) {
                let at = tempfile::tempdir().unwrap();
                let folder = Folder::open(at.path()).unwrap();
                (at, folder)
            }

            #[test]
            fn a_folder_lists_what_is_in_it() {
                let (at, folder) = made();
                fs::write(at.path().join("file"), "text").unwrap();
                fs::create_dir(at.path().join("folder")).unwrap();
                symlink("file", at.path().join("link")).unwrap();
                Command::new("mkfifo").arg(at.path().join("pipe")).status().unwrap();
                let mut items: Vec<_> = folder.items().unwrap().map(Result::unwrap).collect();
                items.sort_by(|(one, _), (other, _)| one.cmp(other));
                let expected = [
                    ("file", FileKind::File),
                    ("folder", FileKind::Folder),
                    ("link", FileKind::Link),
                    ("pipe", FileKind::Other),
                ];
                assert_eq!(items, expected.map(|(name, kind)| (name.into(), kind)));
                assert!(items.iter().all(|(name, kind)| folder.kind(name).unwrap() == *kind));
                assert_eq!(folder.link_target("link").unwrap().to_str(), Some("file"));
            }

            #[test]
            fn only_regular_files_are_opened_and_links_are_not_followed() {
                let (at, folder) = made();
                fs::write(at.path().join("file"), "text").unwrap();
                fs::create_dir(at.path().join("folder")).unwrap();
                symlink("file", at.path().join("link")).unwrap();
                symlink("folder", at.path().join("other")).unwrap();
                Command::new("mkfifo").arg(at.path().join("pipe")).status().unwrap();
                let mut text = String::new();
                folder.open_file("file").unwrap().read_to_string(&mut text).unwrap();
                assert_eq!(text, "text");
                for name in ["folder", "link", "other", "pipe", "missing"] {
                    assert!(folder.open_file(name).is_err(), "{name}");
                }
                assert!(folder.child("folder").is_ok() && folder.child("other").is_err());
                assert!(open_regular(&at.path().join("link")).is_ok(), "a path may have links");
                assert!(open_regular(&at.path().join("pipe")).is_err() && open_regular(at.path()).is_err());
            }

            #[test]
            fn a_name_is_never_a_path() {
                let (at, folder) = made();
                fs::create_dir(at.path().join("folder")).unwrap();
                for name in ["", ".", "..", "folder/..", "folder/", "/", "folder/file"] {
                    assert!(
                        folder.child(name).is_err()
                            && folder.kind(name).is_err()
                            && folder.create_file(name).is_err(),
                        "{name}"
                    );
                    assert!(
                        folder.remove_file(name).is_err()
                            && folder.make_child(name).is_err()
                            && folder.rename("folder", name).is_err(),
                        "{name}"
                    );
                }
            }

            #[test]
            fn files_are_made_named_and_removed() {
                let (at, folder) = made();
                folder.make_child("inner").unwrap();
                folder.make_child("inner").unwrap();
                let inner = folder.child("inner").unwrap();
                inner.create_file("new").unwrap().write_all(b"text").unwrap();
                assert!(inner.create_file("new").is_err(), "the name is taken");
                inner.hard_link("new", "second").unwrap();
                assert!(inner.hard_link("new", "second").is_err(), "the name is taken");
                inner.remove_file("new").unwrap();
                inner.create_file("new").unwrap();
                inner.rename("second", "new").unwrap();
                assert_eq!(fs::read_to_string(at.path().join("inner/new")).unwrap(), "text");
                assert!(folder.remove_folder("inner").is_err(), "the folder is not empty");
                inner.remove_file("new").unwrap();
                folder.remove_folder("inner").unwrap();
                assert_eq!(fs::read_dir(at.path()).unwrap().count(), 0);
            }

            #[test]
            fn a_folder_that_was_swapped_for_a_link_is_not_followed() {
                let (at, folder) = made();
                let elsewhere = tempfile::tempdir().unwrap();
                fs::create_dir(at.path().join("inner")).unwrap();
                let inner = folder.child("inner").unwrap();
                fs::rename(at.path().join("inner"), at.path().join("away")).unwrap();
                symlink(elsewhere.path(), at.path().join("inner")).unwrap();
                let _ = inner.create_file("file");
                assert!(folder.child("inner").is_err());
                assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
            }
        }
    };
}

tests_of!(portable);
tests_of!(unix);
