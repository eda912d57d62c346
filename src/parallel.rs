//! Work on several threads whose result does not depend on how many there are.

use std::num::NonZeroUsize;
use std::sync::mpsc;
use std::{panic, thread};

/// More threads make no machine faster.
const MAX_THREADS: usize = 64;

/// For fewer items, a thread costs more than it saves.
pub const MIN_PARALLEL_ITEMS: usize = 256;

/// How many results of a thread wait until they are taken.
const MAX_WAITING: usize = 2;

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

/// The same for items that the work consumes; it is also given the index of the first one.
pub fn map_owned<T: Send, R: Send>(
    mut items: Vec<T>,
    threads: NonZeroUsize,
    work: impl Fn(usize, Vec<T>) -> R + Sync,
) -> Vec<R> {
    let (count, size) = (items.len(), chunk_size(items.len(), threads));
    let mut chunks = Vec::new();
    // from the end, so that no item is moved twice
    for first in (size..count).step_by(size).collect::<Vec<_>>().into_iter().rev() {
        chunks.push((first, items.split_off(first)));
    }
    chunks.push((0, items));
    chunks.reverse();
    run(chunks, |(first, items)| work(first, items))
}

/// Applies `work` to chunks of `size` items, and passes the results to `take` in the order of the chunks,
/// until it fails. Only a few results exist at a time, and `work` replaces those that are taken: memory that
/// was used before is cheaper than new memory.
///
/// # Errors
///
/// The error of `take`.
pub fn stream_chunks<T: Sync, R: Default + Send, E>(
    items: &[T],
    size: usize,
    threads: NonZeroUsize,
    work: impl Fn(&[T], &mut R) + Sync,
    mut take: impl FnMut(&R) -> Result<(), E>,
) -> Result<(), E> {
    let chunks = || items.chunks(size);
    let workers = threads.get().min(MAX_THREADS).min(chunks().len());
    if workers < 2 {
        let mut result = R::default();
        return chunks().try_for_each(|chunk| {
            work(chunk, &mut result);
            take(&result)
        });
    }
    let work = &work;
    thread::scope(|scope| {
        let start = |first| {
            let (sender, receiver) = mpsc::sync_channel(MAX_WAITING);
            let (give_back, used) = mpsc::channel::<R>();
            scope.spawn(move || {
                // the receiver is gone if `take` has failed
                items.chunks(size).skip(first).step_by(workers).try_for_each(|chunk| {
                    let mut result = used.try_recv().unwrap_or_default();
                    work(chunk, &mut result);
                    sender.send(result)
                })
            });
            (receiver, give_back)
        };
        let workers: Vec<_> = (0..workers).map(start).collect();
        for ((receiver, give_back), _) in workers.iter().cycle().zip(chunks()) {
            // a thread that panics sends nothing, and the panic continues at the end of the scope
            let Ok(result) = receiver.recv() else { break };
            take(&result)?;
            // the thread is gone after its last chunk
            let _ = give_back.send(result);
        }
        Ok(())
    })
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

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::{map_owned, stream_chunks};

    fn threads(number: usize) -> NonZeroUsize {
        NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN)
    }

    #[test]
    fn the_results_of_a_stream_come_in_order_until_one_is_refused() {
        let items: Vec<usize> = (0..1000).collect();
        for number in [1, 2, 3, 8] {
            let mut taken = Vec::new();
            let copy = |chunk: &[usize], copy: &mut Vec<usize>| chunk.clone_into(copy);
            let all = stream_chunks(&items, 7, threads(number), copy, |chunk| {
                taken.extend(chunk);
                Ok::<(), ()>(())
            });
            assert_eq!((all, &taken), (Ok(()), &items));

            let mut taken = 0;
            let sum = |chunk: &[usize], sum: &mut usize| *sum = chunk.iter().sum();
            let refused = stream_chunks(&items, 7, threads(number), sum, |&sum| {
                taken += 1;
                if sum > 1000 { Err(sum) } else { Ok(()) }
            });
            assert_eq!((refused, taken), (Err((140..147).sum()), 21));
        }
    }

    #[test]
    fn each_chunk_knows_the_index_of_its_first_item() {
        for number in [1, 2, 3, 8] {
            let items: Vec<usize> = (0..1000).collect();
            let chunks = map_owned(items.clone(), threads(number), |first, chunk| (first, chunk));
            assert_eq!(chunks.len(), number.min(3));
            assert!(chunks.iter().all(|(first, chunk)| chunk.first() == Some(first)));
            assert_eq!(chunks.into_iter().flat_map(|(_, chunk)| chunk).collect::<Vec<_>>(), items);
        }
    }
}
