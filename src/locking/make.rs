//! The entry of an application, from its renderings.

use std::collections::BTreeMap;

use crate::diagnostics::{FileId, Sink};
use crate::inputs::Source as Input;
use crate::kubernetes::Resource;
use crate::lock::extract::interface;
use crate::lock::{Digests, Entry, Lock, read, write};
use crate::model::Application;
use crate::syntax::Document;

/// What an application deploys: the common part of all its renderings. `None` if it has names that the lock
/// cannot represent, which Kubernetes refuses too.
pub fn make(application: &Application, digests: Digests, renderings: &[Vec<Resource>]) -> Option<Entry> {
    let mut interfaces =
        renderings.iter().map(|resources| interface(resources, application.namespace_of(None)));
    let first = interfaces.next()?;
    let content = interfaces.fold(first, |known, other| known.common(&other));
    let entry = Entry { digests, content: Ok(content) };
    comes_back(application, &entry).then_some(entry)
}

/// Whether an entry is unchanged after it is written and read.
fn comes_back(application: &Application, entry: &Entry) -> bool {
    let lock =
        Lock { exists: true, entries: BTreeMap::from([(application.code.clone(), entry.clone().into())]) };
    let source = Input::new(crate::lock::FILE, write(&lock));
    let mut findings = Sink::new();
    let document = Document::load(FileId::LOCK, &source, &mut findings);
    read(&document, &mut findings) == lock && findings.is_empty()
}
