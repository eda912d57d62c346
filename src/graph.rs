//! The network of a catalog as a graph: hosts, entries, and who connects to whom, from the evaluated
//! policies. It is drawn as SVG without a browser, or written for other programs.

mod badges;
mod build;
mod canvas;
mod dot;
mod json;
mod layout;
mod mermaid;
mod picture;
mod svg;
mod waves;

pub use build::{Auth, Entry, Graph, Host, Link};
pub use picture::Picture;
pub use waves::waves;
