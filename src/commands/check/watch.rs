//! `wharf check --watch`

use std::num::NonZeroUsize;
use std::thread;
use std::time::Duration;

use super::Check;
use crate::commands::print_message;
use crate::exit::{CommandError, CommandResult};
use crate::inputs::Origin;
use crate::session::Session;

/// How often the input files are read: a reader does not notice the delay, and reading takes far less time.
const INTERVAL: Duration = Duration::from_millis(300);

impl Check {
    /// Checks the catalog again after each change of an input file, until the process is interrupted.
    /// That a file cannot be read is only reported, since an editor may be replacing it.
    ///
    /// # Errors
    /// If the output cannot be checked.
    pub(super) fn watch(&self, session: &mut Session, threads: NonZeroUsize) -> CommandResult {
        let Origin::Folder(_) = self.folder.origin() else {
            return Err(CommandError("`--watch` needs the folder of a catalog, not standard input".into()));
        };
        let mut reported = None;
        loop {
            thread::sleep(INTERVAL);
            match self.folder.read() {
                Ok(inputs) => {
                    reported = None;
                    if session.update(inputs) {
                        self.check(session, threads)?;
                    }
                }
                Err(CommandError(error)) if reported.as_ref() != Some(&error) => {
                    print_message(&format!("wharf: {error}\n"));
                    reported = Some(error);
                }
                Err(_) => {}
            }
        }
    }
}
