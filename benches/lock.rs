//! Reads a lock and nothing else: `lock FILE`. `benches/table` measures the CPU time of the whole process.

#![allow(clippy::disallowed_methods, reason = "a separate program, outside the compiler")]

use std::env;
use std::error::Error;
use std::fs;
use std::hint::black_box;

use wharf::lock::read_canonical;

/// That of wharf.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("usage: lock FILE")?;
    let lock = read_canonical(&fs::read_to_string(file)?).ok_or("this is not what `wharf lock` writes")?;
    black_box(lock);
    Ok(())
}
