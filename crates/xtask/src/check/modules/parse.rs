//! Reads a crate from its files, beginning with the one at its root.

use std::collections::VecDeque;

use syn::visit::Visit as _;

use super::collect::Collector;
use super::files::Pending;
use super::tokens::line;
use super::tree::{Module, SourceFile, Sources, Tree};
use crate::check::violation::Violation;

/// The crate of a root file, and what could not be read of it.
pub(super) fn read(root: &str, sources: &Sources) -> (Tree, Vec<Violation>) {
    let mut tree = Tree { modules: vec![Module::default()], ..Tree::default() };
    let mut violations = Vec::new();
    let mut pending = VecDeque::from([Pending { module: 0, candidates: vec![root.to_owned()] }]);
    while let Some(Pending { module, candidates }) = pending.pop_front() {
        let Some((path, text)) = candidates.iter().find_map(|path| sources.get_key_value(path)) else {
            let right = format!("one of {}", candidates.join(", "));
            violations.push(Violation::new(&tree.modules[module].declared, "the module has no file", right));
            continue;
        };
        tree.modules[module].file = tree.files.len();
        tree.files.push(SourceFile { path: path.clone(), module });
        match syn::parse_file(text) {
            Ok(file) => Collector::new(&mut tree, module, &mut pending).visit_file(&file),
            Err(error) => {
                let place = format!("{path}:{}", line(error.span()));
                violations.push(Violation::new(place, format!("it can't be parsed: {error}"), "Rust that compiles"));
            }
        }
    }
    (tree, violations)
}
