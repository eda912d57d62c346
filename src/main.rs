//! The command line of wharf.

use clap::Parser;
use wharf::commands::{self, Arguments};
use wharf::exit::Exit;

fn main() -> Exit {
    commands::run(&Arguments::parse())
}
