//! Work on several threads whose result does not depend on how many there are.

use std::num::NonZeroUsize;
use std::{panic, thread};

/// More threads make no machine faster.
const MAX_THREADS: usize = 64;

/// For fewer items, a thread costs more than it saves.
pub const MIN_PARALLEL_ITEMS: usize = 256;

/// Runs two functions, in parallel if there is a second thread.
pub fn both<A: Send, B>(
    threads: NonZeroUsize,
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B,
) -> (A, B) {
    if threads.get() == 1 {
        return (one(), other());
    }
    thread::scope(|scope| {
        let running = scope.spawn(one);
        let other = other();
        (running.join().unwrap_or_else(|cause| panic::resume_unwind(cause)), other)
    })
}

/// Applies `work` to consecutive chunks of `items`, and returns the results in the order of the chunks.
pub fn map_chunks<T: Sync, R: Send>(
    items: &[T],
    threads: NonZeroUsize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    run(items.chunks(chunk_size(items.len(), threads)).collect(), work)
}

/// The same for items that the work consumes.
pub fn map_owned<T: Send, R: Send>(
    mut items: Vec<T>,
    threads: NonZeroUsize,
    work: impl Fn(Vec<T>) -> R + Sync,
) -> Vec<R> {
    let size = chunk_size(items.len(), threads);
    let mut chunks = Vec::new();
    while items.len() > size {
        let rest = items.split_off(size);
        chunks.push(std::mem::replace(&mut items, rest));
    }
    chunks.push(items);
    run(chunks, work)
}

fn chunk_size(items: usize, threads: NonZeroUsize) -> usize {
    let chunks = threads.get().min(MAX_THREADS).min(items / MIN_PARALLEL_ITEMS).max(1);
    items.div_ceil(chunks).max(1)
}

/// Runs the last chunk on this thread and each other chunk on its own thread.
fn run<C: Send, R: Send>(mut chunks: Vec<C>, work: impl Fn(C) -> R + Sync) -> Vec<R> {
    let Some(last) = chunks.pop() else { return Vec::new() };
    let work = &work;
    thread::scope(|scope| {
        let running: Vec<_> = chunks.into_iter().map(|chunk| scope.spawn(move || work(chunk))).collect();
        let last = work(last);
        let finished = running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|cause| panic::resume_unwind(cause)));
        finished.chain([last]).collect()
    })
}
