//! `wharf test`

use std::num::NonZeroUsize;

use clap::Args;

use super::check::Format;
use super::{Folder, compile_once, print, report};
use crate::diagnostics::{FileId, Role, Sink, bound, count};
use crate::exit::{CommandError, CommandResult, Exit};
use crate::inputs::{self, display};
use crate::promises;
use crate::reach::Reach;
use crate::syntax::Document;

/// Check the promises about the network in tests/*.yml
#[derive(Debug, Args)]
#[command(after_long_help = "\
Exit status: 0 if all promises are kept, 1 if one is broken or the catalog has errors.

Example:
  wharf test")]
pub struct Test {
    #[command(flatten)]
    folder: Folder,

    /// Output format; text is written to standard error, every other format to standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Test {
    pub(super) fn run(&self, threads: NonZeroUsize) -> CommandResult {
        let inputs = self.folder.read()?;
        let origin = self.folder.origin();
        let tests = inputs::read_tests(&origin)
            .map_err(|unreadable| CommandError::with(&unreadable.path, &unreadable.error))?;
        if tests.is_empty() {
            let folder = display(&origin.folder().join("tests"));
            return Err(CommandError(format!("there are no promises: write them to {folder}/NAME.yml")));
        }
        let mut compiled = compile_once(&inputs, threads);
        let compiled = &mut *compiled;
        if compiled.has_errors() {
            report(compiled);
            return Ok(Exit::Findings);
        }
        let mut findings = Sink::new();
        for ((_, source), number) in tests.iter().zip(0..) {
            let file = FileId::new(Role::Test, number);
            compiled.documents.insert(Document::load(file, source, &mut findings));
        }
        let reach = Reach::new(&compiled.model, &compiled.objects, &compiled.documents);
        let total = promises::check(&compiled.documents, &reach, &mut findings);
        compiled.findings.extend(findings);
        crate::report::sort(&mut compiled.findings, &compiled.documents);
        bound(&mut compiled.findings);
        let exit = if compiled.has_errors() { Exit::Findings } else { Exit::Clean };
        if let Some(text) = self.format.write(&compiled.findings, &compiled.documents) {
            print(&text)?;
            return Ok(exit);
        }
        report(compiled);
        print(&format!("{} of {} kept\n", total.kept, count(total.all, "promise")))?;
        Ok(exit)
    }
}
