//! The language of templates and of name patterns: minijinja's syntax, evaluated within bounds. minijinja
//! only parses, since the memory and time of its virtual machine cannot be limited from outside (minijinja
//! 3.0.5: fuel counts instructions, and one of them may allocate a gigabyte of text). The tree is converted
//! to a [`Program`] of an allow-list of constructs, and each of them pays from a [`Budget`] before it
//! allocates. The module does not depend on catalogs.

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
