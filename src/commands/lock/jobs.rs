//! Rendering several applications at once. What comes of it does not depend on which of them ends first.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::Session;
use super::progress::Progress;
use crate::lock::Entry;
use crate::locking;
use crate::manifests::{self, Failure};
use crate::model::Application;

/// How many programs run at a time at most: each may take hundreds of megabytes.
const MAX_JOBS: usize = 8;

/// Renders applications and makes their entries, in the order in which they are given.
pub(super) fn render<'s>(
    wanted: &[&'s Application],
    session: &Session<'_>,
    threads: NonZeroUsize,
) -> Vec<(&'s Application, Result<Entry, Failure>)> {
    let progress = Progress::new(wanted.len());
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(wanted.len()));
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(application) = wanted.get(index) else { return };
            progress.begin(application.code.as_str());
            let made = entry(application, session);
            progress.end(application.code.as_str(), verdict(&made));
            if let Ok(mut done) = done.lock() {
                done.push((index, made));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.get().min(MAX_JOBS).min(wanted.len()) {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(index, made)| (wanted[index], made)).collect()
}

fn entry(application: &Application, session: &Session<'_>) -> Result<Entry, Failure> {
    let rendered = manifests::render(application, &session.environment)?;
    let mut digests = session.digests(application);
    digests.apis = digests.apis.filter(|_| rendered.checks_apis);
    locking::make(application, digests, &rendered.renderings).ok_or_else(unspeakable)
}

/// Manifests with names that Kubernetes refuses.
pub(super) fn unspeakable() -> Failure {
    Failure::Failed("its manifests contain names that Kubernetes refuses".into(), None)
}

fn verdict(made: &Result<Entry, Failure>) -> &'static str {
    match made {
        Ok(_) => "is rendered",
        Err(Failure::Unknown(_)) => "cannot be rendered here",
        Err(_) => "could not be rendered",
    }
}
