//! The arrows between the files of a crate, and the circles in them.

use std::collections::{BTreeMap, BTreeSet};

use super::circles::{self, circles, hops};
use super::resolve::Target;
use super::tree::{Reference, ReferenceKind, Tree};
use crate::check::violation::Violation;

const ONE_WAY: &str =
    "arrows in one direction only: move what both sides need to where it names neither, or pass it in";

/// One arrow for each two files of which one names the other.
pub(super) struct Graph {
    pub(super) arrows: Vec<FileArrow>,
}

/// The first place where a file names another.
pub(super) struct FileArrow {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The path as it is written.
    pub(super) name: String,
    from_line: usize,
    to_line: usize,
}

/// An arrow between two modules that stand side by side, or between files in them.
type Sibling<'a> = (&'a str, &'a str, &'a FileArrow);

impl FileArrow {
    /// Where it begins: `file:line`.
    pub(super) fn source(&self, tree: &Tree) -> String {
        format!("{}:{}", tree.files[self.from].path, self.from_line)
    }

    /// What it leads to: `file:line`.
    pub(super) fn target(&self, tree: &Tree) -> String {
        format!("{}:{}", tree.files[self.to].path, self.to_line)
    }

    fn describe(&self, tree: &Tree) -> String {
        format!("{} names `{}` of {}", self.source(tree), self.name, self.target(tree))
    }
}

impl Graph {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut arrows: BTreeMap<circles::Arrow, FileArrow> = BTreeMap::new();
        for reference in &tree.references {
            let Some((to, to_line)) = target(tree, reference) else { continue };
            let from = tree.modules[reference.module].file;
            if from == to {
                continue;
            }
            let name = reference.path.join("::");
            let arrow = FileArrow { from, to, name, from_line: reference.line, to_line };
            let first = arrows.get(&(from, to)).is_none_or(|known| arrow.from_line < known.from_line);
            if first {
                arrows.insert((from, to), arrow);
            }
        }
        Self { arrows: arrows.into_values().collect() }
    }

    /// Circles of files, and circles of modules that stand side by side: those of the crate's top level only if
    /// `top_level` (else a table orders them).
    pub(super) fn circles(&self, tree: &Tree, top_level: bool) -> Vec<Violation> {
        let of_files = circles(self.arrows.iter().map(|arrow| (arrow.from, arrow.to)));
        let mut violations: Vec<_> = of_files.iter().map(|circle| self.circle_of_files(tree, circle)).collect();
        let known: Vec<BTreeSet<circles::Arrow>> = of_files.iter().map(|circle| hops(circle).collect()).collect();
        for (above, siblings) in self.siblings(tree) {
            if top_level || !above.is_empty() {
                violations.extend(circles_of_modules(tree, &siblings, &known));
            }
        }
        violations
    }

    fn circle_of_files(&self, tree: &Tree, circle: &[usize]) -> Violation {
        let arrows: Vec<&FileArrow> =
            hops(circle).filter_map(|hop| self.arrows.iter().find(|arrow| (arrow.from, arrow.to) == hop)).collect();
        let place = arrows.first().map(|arrow| arrow.source(tree)).unwrap_or_default();
        let described: Vec<String> = arrows.iter().map(|arrow| arrow.describe(tree)).collect();
        Violation::new(place, format!("a circle of files: {}", described.join("; ")), ONE_WAY)
    }

    /// The arrows between children of one module, by that module's path: each with the names of the children.
    fn siblings<'a>(&'a self, tree: &'a Tree) -> BTreeMap<&'a [String], Vec<Sibling<'a>>> {
        let mut siblings: BTreeMap<&[String], Vec<Sibling<'a>>> = BTreeMap::new();
        for arrow in &self.arrows {
            let [from, to] = [arrow.from, arrow.to].map(|file| tree.path_of_file(file));
            let common = from.iter().zip(to).take_while(|(from, to)| from == to).count();
            if let (Some(child), Some(other)) = (from.get(common), to.get(common)) {
                siblings.entry(&from[..common]).or_default().push((child.as_str(), other.as_str(), arrow));
            }
        }
        siblings
    }
}

fn circles_of_modules(tree: &Tree, siblings: &[Sibling<'_>], known: &[BTreeSet<circles::Arrow>]) -> Vec<Violation> {
    let names: BTreeSet<&str> = siblings.iter().flat_map(|(from, to, _)| [*from, *to]).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let number = |name: &str| names.iter().position(|known| *known == name).unwrap_or_default();
    let mut violations = Vec::new();
    for circle in circles(siblings.iter().map(|(from, to, _)| (number(from), number(to)))) {
        let between = |(from, to): circles::Arrow| {
            siblings.iter().filter(move |(a, b, _)| number(a) == from && number(b) == to).map(|(_, _, arrow)| *arrow)
        };
        // What a circle of files says already is not said twice.
        let said = known.iter().any(|circle_of_files| {
            hops(&circle).all(|hop| between(hop).any(|arrow| circle_of_files.contains(&(arrow.from, arrow.to))))
        });
        if said {
            continue;
        }
        let first: Vec<&FileArrow> = hops(&circle).filter_map(|hop| between(hop).next()).collect();
        let place = first.first().map(|arrow| arrow.source(tree)).unwrap_or_default();
        let described: Vec<String> = first.iter().map(|arrow| arrow.describe(tree)).collect();
        let modules: Vec<String> = circle.iter().map(|node| format!("`{}`", names[*node])).collect();
        let wrong = format!("a circle of the modules {}: {}", modules.join(", "), described.join("; "));
        violations.push(Violation::new(place, wrong, ONE_WAY));
    }
    violations
}

/// The file that a reference needs, and the line there. Importing a module is none: what is taken from it is.
fn target(tree: &Tree, reference: &Reference) -> Option<(usize, usize)> {
    let is_all = matches!(reference.kind, ReferenceKind::ImportAll | ReferenceKind::ReexportAll);
    let (file, line) = match tree.resolve(reference.module, &reference.path)? {
        Target::Item { file, line } => (file, line),
        Target::Module(module) if is_all => (tree.modules[module].file, 1),
        Target::Module(_) => return None,
    };
    let is_reexport = matches!(reference.kind, ReferenceKind::Reexport | ReferenceKind::ReexportAll);
    // A folder's face shows what its files define, and does not need it for that.
    let is_face = is_reexport && tree.is_inside(tree.files[file].module, reference.module);
    (!is_face).then_some((file, line))
}
