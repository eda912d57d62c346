//! Work on several threads whose result does not depend on how many there are.

use std::num::NonZeroUsize;
use std::thread;

/// Below this many items a thread costs more than it saves.
const WORTH_A_THREAD: usize = 256;

/// Applies `work` to consecutive chunks of `items`, and gives the results in the order of the chunks.
pub fn map_chunks<T: Sync, R: Send>(items: &[T], threads: NonZeroUsize, work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let chunks = threads.get().min(items.len() / WORTH_A_THREAD).max(1);
    if chunks == 1 {
        return vec![work(items)];
    }
    let work = &work;
    thread::scope(|scope| {
        let running: Vec<_> = items.chunks(items.len().div_ceil(chunks)).map(|chunk| scope.spawn(move || work(chunk))).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
