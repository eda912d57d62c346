//! The layers of `src/`: which module may depend on which.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests read files and may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

type Graph = BTreeMap<String, BTreeSet<String>>;
/// Each module's re-exports: the child module by the name of the item.
type Exports = BTreeMap<Vec<String>, BTreeMap<String, String>>;

/// The most files that import each other in one circle. It is the model: its parts describe each other.
const MAX_CIRCLE: usize = 40;

#[test]
fn no_two_top_level_modules_depend_on_each_other() {
    let modules = graph(|file| file[0].clone());
    assert!(modules.len() > 15, "only {} modules were found", modules.len());
    let circles: Vec<_> = circles(&modules).into_iter().filter(|circle| circle.len() > 1).collect();
    assert!(circles.is_empty(), "{circles:?}");
}

#[test]
fn diagnostics_depend_on_values_only() {
    let modules = graph(|file| file[0].clone());
    assert_eq!(modules["diagnostics"], BTreeSet::from(["value".to_owned()]));
}

#[test]
fn names_depend_on_values_only() {
    let modules = graph(|file| file[0].clone());
    assert_eq!(modules["names"], BTreeSet::from(["value".to_owned()]));
}

#[test]
fn kubernetes_knows_nothing_of_catalogs() {
    let modules = graph(|file| file[0].clone());
    for below in ["catalog", "platform", "profile", "model", "emit"] {
        assert!(!modules["kubernetes"].contains(below), "kubernetes depends on {below}");
    }
}

#[test]
fn circles_of_files_stay_small() {
    let files = graph(|file| file.join("::"));
    assert!(files.len() > 100, "only {} files were found", files.len());
    let largest = circles(&files).into_iter().max_by_key(Vec::len).unwrap();
    assert!(largest.len() <= MAX_CIRCLE, "{} files: {largest:#?}", largest.len());
}

/// Who imports whom; `name` says which node the path of a module belongs to.
fn graph(name: impl Fn(&[String]) -> String) -> Graph {
    let files = files(Path::new("src"));
    let exports: BTreeMap<_, _> =
        files.iter().map(|(module, text)| (module.clone(), exports(text))).collect();
    let mut graph = Graph::new();
    for (module, text) in &files {
        let edges = graph.entry(name(module)).or_default();
        edges.extend(imports(text, module, &exports).iter().map(|module| name(module)));
    }
    for (node, edges) in &mut graph {
        edges.remove(node);
    }
    graph
}

/// What a file re-exports from its child modules: the child by the name of the item.
fn exports(code: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (start, _) in code.match_indices("pub use ").chain(code.match_indices("pub(crate) use ")) {
        let tree = code[start..].split_once("use ").map_or("", |(_, tree)| tree);
        for path in expand(tree).into_iter().filter(|path| path.len() == 2) {
            found.insert(path[1].clone(), path[0].clone());
        }
    }
    found
}

/// Each file's code by the path of its module, without its unit tests.
fn files(root: &Path) -> BTreeMap<Vec<String>, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|item| item.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
                found.insert(module(&path), code);
            }
        }
    }
    found.remove(&vec!["main".to_owned()]);
    found.remove(&vec!["lib".to_owned()]);
    found
}

fn module(path: &Path) -> Vec<String> {
    let path: PathBuf = path.with_extension("").components().skip(1).collect();
    path.iter().map(|part| part.to_str().unwrap().to_owned()).collect()
}

/// The modules that the `use` declarations and the paths of a file name.
fn imports(code: &str, module: &[String], exports: &Exports) -> BTreeSet<Vec<String>> {
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.filter(|line| !line.starts_with("pub use ")).collect::<Vec<_>>().join("\n");
    // how far an item is visible is not an import
    let code = code.replace("pub(in crate::", "pub(in ");
    let mut found = BTreeSet::new();
    for (start, root) in ["crate::", "super::"].iter().flat_map(|root| code.match_indices(root)) {
        if code[..start].ends_with("::") || code[..start].ends_with('$') {
            continue;
        }
        let base = if root == "crate::" { &[] } else { &module[..module.len() - 1] };
        found.extend(
            expand(&code[start + root.len()..]).iter().filter_map(|path| resolve(base, path, exports)),
        );
    }
    let children =
        exports.keys().filter(|other| other.len() == module.len() + 1 && other.starts_with(module));
    found.extend(children.filter(|child| names(&code, child.last().unwrap())).cloned());
    found.remove(module);
    found
}

/// Whether `code` has a path that begins with this child module.
fn names(code: &str, child: &str) -> bool {
    let path = format!("{child}::");
    let begins =
        |start: usize| !code[..start].ends_with(|char: char| char.is_alphanumeric() || "_:".contains(char));
    code.match_indices(&path).any(|(start, _)| begins(start))
}

/// The module that a path below `base` belongs to, through re-exports.
fn resolve(base: &[String], path: &[String], exports: &Exports) -> Option<Vec<String>> {
    let path = [base, path].concat();
    let length = (1..=path.len()).rev().find(|length| exports.contains_key(&path[..*length]))?;
    let module = path[..length].to_vec();
    match path.get(length).and_then(|item| exports[&module].get(item)) {
        Some(child) => Some([module, vec![child.clone()]].concat()),
        None => Some(module),
    }
}

/// The paths of a `use` tree: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expand(text: &str) -> Vec<Vec<String>> {
    if let Some(inner) = text.strip_prefix('{') {
        return items(inner).into_iter().flat_map(expand).collect();
    }
    let end = text.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(text.len());
    let name = text[..end].to_owned();
    let rest = text[end..]
        .strip_prefix("::")
        .filter(|rest| rest.starts_with(|char: char| char.is_alphanumeric() || char == '_' || char == '{'));
    let below = rest.map_or_else(|| vec![Vec::new()], expand);
    below.into_iter().map(|path| [vec![name.clone()], path].concat()).collect()
}

/// The items of a list up to the brace that closes it.
fn items(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (index, char) in text.char_indices() {
        match char {
            '{' => depth += 1,
            '}' if depth == 0 => {
                found.push(text[start..index].trim());
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(text[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
    }
    found.retain(|item| !item.is_empty());
    found
}

/// The strongly connected parts of a graph: nodes that reach each other.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reached: BTreeMap<_, _> = graph.keys().map(|node| (node, reach(graph, node))).collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (node, below) in &reached {
        if seen.insert(*node) {
            let back = |other: &&String| reached.get(other).is_some_and(|reached| reached.contains(*node));
            let circle: Vec<_> = below.iter().filter(|other| other != node).filter(back).collect();
            seen.extend(circle.iter().copied());
            found.push(std::iter::once(*node).chain(circle).cloned().collect());
        }
    }
    found
}

fn reach(graph: &Graph, start: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut stack = vec![start];
    while let Some(node) = stack.pop() {
        for next in graph.get(node).into_iter().flatten() {
            if reached.insert(next.clone()) {
                stack.push(next);
            }
        }
    }
    reached
}
