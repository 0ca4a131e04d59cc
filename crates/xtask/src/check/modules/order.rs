//! Which top-level module of a crate may name which.

use std::collections::BTreeSet;

use super::graph::Graph;
use super::tree::Tree;
use crate::check::violation::Violation;

/// A table of a crate's top-level modules.
pub(crate) struct Order {
    /// The file that the table stands in.
    pub(super) place: &'static str,
    /// Each module, and those that it may name.
    pub(super) rows: &'static [(&'static str, &'static [&'static str])],
}

impl Order {
    /// Every module without a row, every row (or name in one) without a module, and every arrow that is in no row.
    pub(super) fn check(&self, tree: &Tree, graph: &Graph) -> Vec<Violation> {
        let mut violations = self.unknown_modules(tree);
        violations.extend(self.missing_modules(tree));
        for arrow in &graph.arrows {
            let [from, to] = [arrow.from, arrow.to].map(|file| tree.path_of_file(file).first());
            // What composes the modules, the root of the crate, may name all of them.
            let Some((from, allowed)) = from.and_then(|from| self.rows.iter().find(|(name, _)| name == from)) else {
                continue;
            };
            let to = to.map_or("crate", String::as_str);
            if *from == to || allowed.contains(&to) {
                continue;
            }
            let wrong = format!("`{from}` must not name `{to}`: `{}` of {}", arrow.name, arrow.target(tree));
            let may = match allowed {
                [] => format!("`{from}` names no module of ours"),
                _ => format!("`{from}` may name {} only", allowed.join(", ")),
            };
            let right = format!("{may}; the table is in {}", self.place);
            violations.push(Violation::new(arrow.source(tree), wrong, right));
        }
        violations
    }

    fn unknown_modules(&self, tree: &Tree) -> Vec<Violation> {
        let unknown = tree.modules.iter().filter(|module| match module.path.as_slice() {
            [name] => self.rows.iter().all(|(row, _)| row != name),
            _ => false,
        });
        let violation = |name: &str, declared: &str| {
            let right =
                format!("a row in {} that says which modules it may name, and its name in others' rows", self.place);
            Violation::new(declared, format!("the module `{name}` is in no table of modules"), right)
        };
        unknown.map(|module| violation(&module.path[0], &module.declared)).collect()
    }

    fn missing_modules(&self, tree: &Tree) -> Vec<Violation> {
        let top: BTreeSet<&str> =
            tree.modules.iter().filter(|module| module.path.len() == 1).map(|module| module.path[0].as_str()).collect();
        let named = self.rows.iter().flat_map(|(name, allowed)| std::iter::once(name).chain(*allowed));
        let missing: BTreeSet<&str> = named.copied().filter(|name| !top.contains(name)).collect();
        let violation = |name: &str| {
            let wrong = format!("the table names the module `{name}`, and {} declares none", tree.files[0].path);
            let there: Vec<&str> = top.iter().copied().collect();
            Violation::new(self.place, wrong, format!("modules that exist: {}", there.join(", ")))
        };
        missing.into_iter().map(violation).collect()
    }
}
