//! The command line of wharf.

use clap::Parser;
use wharf::commands::{self, Arguments};
use wharf::exit::Exit;

/// A large catalog becomes a million small values on several threads, for which the system's allocator takes
/// a third longer.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Exit {
    commands::run(&Arguments::parse())
}
