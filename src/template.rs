//! The language of templates and of name patterns: minijinja's syntax, evaluated within bounds.
//!
//! minijinja parses; what its virtual machine would do with memory and time cannot be bounded from outside
//! (minijinja 3.0.5: fuel counts instructions, and one of them may make a gigabyte of text). So the tree is
//! turned into a [`Program`] of the constructs on a list, and each of them pays from a [`Budget`] before it
//! allocates. The module knows nothing of catalogs.

mod argument;
mod budget;
mod evaluate;
mod fault;
mod filter;
mod operator;
mod output;
mod parse;
mod predicate;
mod program;
mod scope;
mod size;
mod value;

pub use budget::Budget;
pub use fault::{Fault, Problem};
pub use filter::NAMES as FILTERS;
pub use output::{Rendered, Style};
pub use predicate::NAMES as TESTS;
pub use program::Program;
pub use value::Value;
