//! Where a path leads: to the file that defines the name, through all re-exports on the way.

use std::collections::BTreeSet;

use super::tree::Tree;

/// What a path stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Module(usize),
    /// A name that a file defines at this line, or has from somebody else's crate.
    Item {
        file: usize,
        line: usize,
    },
}

/// Names that are being looked up in modules, with how much of the path comes after them: who comes across one of them
/// again goes in a circle of imports.
type Pending<'a> = BTreeSet<(usize, &'a str, usize)>;

impl Tree {
    /// Where `path` leads when it stands in `module`. None if it leads out of the crate, or nowhere.
    pub(super) fn resolve(&self, module: usize, path: &[String]) -> Option<Target> {
        self.resolve_in(module, path, &mut Pending::new())
    }

    fn resolve_in<'a>(&'a self, module: usize, path: &'a [String], pending: &mut Pending<'a>) -> Option<Target> {
        let (mut above, mut rest) = (None, path);
        while let Some((first, after)) = rest.split_first() {
            above = match first.as_str() {
                "crate" => Some(0),
                "self" => Some(above.unwrap_or(module)),
                "super" => Some(self.modules[above.unwrap_or(module)].parent?),
                _ => break,
            };
            rest = after;
        }
        match above {
            Some(above) => Some(self.follow(above, rest, pending)),
            None => self.look_up(module, rest.first()?, &rest[1..], pending),
        }
    }

    /// A path that is known to go through `module`. A name that is not to be seen there comes from a macro of that file.
    fn follow<'a>(&'a self, module: usize, path: &'a [String], pending: &mut Pending<'a>) -> Target {
        let Some((first, rest)) = path.split_first() else { return Target::Module(module) };
        let made_by_macro = Target::Item { file: self.modules[module].file, line: 1 };
        self.look_up(module, first, rest, pending).unwrap_or(made_by_macro)
    }

    /// The name `first` as it is known in `module`, and what follows it.
    fn look_up<'a>(
        &'a self,
        module: usize,
        first: &'a str,
        rest: &'a [String],
        pending: &mut Pending<'a>,
    ) -> Option<Target> {
        if !pending.insert((module, first, rest.len())) {
            return None;
        }
        let target = self.named(module, first, rest, pending).or_else(|| self.brought(module, first, rest, pending));
        pending.remove(&(module, first, rest.len()));
        target
    }

    /// What the module itself declares, defines or imports by that name.
    fn named<'a>(
        &'a self,
        module: usize,
        first: &str,
        rest: &'a [String],
        pending: &mut Pending<'a>,
    ) -> Option<Target> {
        let file = self.modules[module].file;
        let name = self.modules[module].names.get(first)?;
        // What is followed by `::` is a module (or a type, whose own names are in no other file); what stands last is
        // rather the function or type that has the name of its module.
        if let (Some(child), false) = (name.module, rest.is_empty()) {
            return Some(self.follow(child, rest, pending));
        }
        if let Some(line) = name.definition {
            return Some(Target::Item { file, line });
        }
        for (path, line) in &name.imports {
            match self.resolve_in(module, path, pending) {
                Some(Target::Module(found)) if name.module == Some(found) => {}
                Some(Target::Module(found)) => return Some(self.follow(found, rest, pending)),
                Some(defined) => return Some(defined),
                // Of somebody else's crate: whoever takes it from here names this file.
                None => return Some(Target::Item { file, line: *line }),
            }
        }
        name.module.map(|child| self.follow(child, rest, pending))
    }

    /// What one of the module's `use path::*` brings by that name.
    fn brought<'a>(
        &'a self,
        module: usize,
        first: &'a str,
        rest: &'a [String],
        pending: &mut Pending<'a>,
    ) -> Option<Target> {
        self.modules[module].globs.iter().find_map(|glob| match self.resolve_in(module, glob, pending)? {
            Target::Module(found) => self.look_up(found, first, rest, pending),
            Target::Item { .. } => None,
        })
    }
}
