//! The modules of a crate, as its files declare them.

use std::collections::BTreeMap;

/// A file's path from the root of the workspace, and its text.
pub(crate) type Sources = BTreeMap<String, String>;

/// A crate: what one `lib.rs` or `main.rs` declares. The first module is that file itself.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) files: Vec<SourceFile>,
    pub(super) modules: Vec<Module>,
    pub(super) references: Vec<Reference>,
}

/// A file, and the module that it is.
pub(super) struct SourceFile {
    /// From the root of the workspace.
    pub(super) path: String,
    pub(super) module: usize,
}

/// A module, in a file of its own or inside another's.
#[derive(Default)]
pub(super) struct Module {
    /// Below the crate: empty for the crate itself.
    pub(super) path: Vec<String>,
    pub(super) parent: Option<usize>,
    pub(super) file: usize,
    /// Where it is declared: `file:line`; empty for the crate itself.
    pub(super) declared: String,
    pub(super) names: BTreeMap<String, Name>,
    /// Paths that everything is imported from.
    pub(super) globs: Vec<Vec<String>>,
}

/// All that a name means in a module: it may be a module, a function and an import at once.
#[derive(Default)]
pub(super) struct Name {
    pub(super) module: Option<usize>,
    /// The line of a definition that is no module.
    pub(super) definition: Option<usize>,
    /// Paths that it is imported from, each with the line.
    pub(super) imports: Vec<(Vec<String>, usize)>,
}

/// A path that stands in the code of a module.
pub(super) struct Reference {
    pub(super) module: usize,
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    pub(super) kind: ReferenceKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ReferenceKind {
    /// In an expression, a type, a pattern or a macro.
    Code,
    /// `use a::b;`
    Import,
    /// `use a::*;`
    ImportAll,
    /// `pub use a::b;`, as visible as may be.
    Reexport,
    /// `pub use a::*;`
    ReexportAll,
}

impl Tree {
    /// Whether `module` stands anywhere inside `above`.
    pub(super) fn is_inside(&self, module: usize, above: usize) -> bool {
        let (module, above) = (&self.modules[module].path, &self.modules[above].path);
        module.len() > above.len() && module.starts_with(above)
    }

    /// The path of the module that a file is.
    pub(super) fn path_of_file(&self, file: usize) -> &[String] {
        &self.modules[self.files[file].module].path
    }
}
