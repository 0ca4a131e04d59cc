//! Which file may name which inside of a crate: arrows go one way there, too.
//!
//! An arrow is a `use` or a qualified path. It goes from the file that it stands in to the file that defines the name,
//! through all re-exports on the way. `mod x;` and a face's `pub use child::…` are no arrows, nor is what stands in
//! `#[cfg(test)]` or in `tests/`. Refused are circles of files, circles of modules that stand side by side, and, for
//! crates with an [`Order`], arrows that are not in it. Not seen are methods whose `impl` stands in another file than
//! their type, and paths in attributes' strings.

mod attributes;
mod circles;
mod collect;
mod files;
mod graph;
mod heimdall;
mod order;
mod parse;
mod resolve;
mod tokens;
mod tree;

use std::path::Path;

use anyhow::{Context, Result};

use self::graph::Graph;
use self::heimdall::HEIMDALL;
use self::order::Order;
use self::tree::Sources;
use super::metadata::Metadata;
use super::violation::Violation;
use crate::workspace;

/// All crates of the workspace.
pub(super) fn check(metadata: &Metadata) -> Result<Vec<Violation>> {
    let files = workspace::files()?;
    let root = workspace::root()?;
    let mut violations = Vec::new();
    for package in metadata.members() {
        let manifest = Path::new(&package.manifest_path);
        let manifest = manifest.strip_prefix(&metadata.workspace_root).unwrap_or(manifest);
        let folder = manifest.with_file_name("src");
        let mut sources = Sources::new();
        for file in files.iter().filter(|file| file.starts_with(&folder) && has_extension(file)) {
            let text = std::fs::read_to_string(root.join(file)).with_context(|| format!("{}", file.display()))?;
            sources.insert(file.to_string_lossy().replace('\\', "/"), text);
        }
        let order = (package.name == "valkyrie-heimdall").then_some(&HEIMDALL);
        violations.extend(check_crate(&folder.to_string_lossy().replace('\\', "/"), &sources, order));
    }
    Ok(violations)
}

fn has_extension(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}

/// One crate: `sources` are the files in its folder `src`, by their paths from the root of the workspace.
pub(super) fn check_crate(src: &str, sources: &Sources, order: Option<&Order>) -> Vec<Violation> {
    let bin = format!("{src}/bin/");
    let is_root = |path: &&String| {
        let main = path.strip_prefix(&bin).is_some_and(|rest| !rest.contains('/') || rest.ends_with("/main.rs"));
        main || **path == format!("{src}/lib.rs") || **path == format!("{src}/main.rs")
    };
    let mut violations = Vec::new();
    for root in sources.keys().filter(is_root) {
        let (tree, unreadable) = parse::read(root, sources);
        violations.extend(unreadable);
        let graph = Graph::of(&tree);
        let order = order.filter(|_| root.ends_with("/lib.rs"));
        violations.extend(graph.circles(&tree, order.is_none()));
        violations.extend(order.map(|order| order.check(&tree, &graph)).unwrap_or_default());
    }
    violations
}

#[cfg(test)]
mod tests;
