//! Collects what a file declares, imports and names.

use std::collections::VecDeque;

use syn::visit::{self, Visit};
use syn::{Ident, Item, UseTree, Visibility};

use super::attributes::{attributes, is_test_only};
use super::files::{Pending, candidates};
use super::tokens::{self, line};
use super::tree::{Module, Reference, ReferenceKind, Tree};

/// Walks through a file, and through the modules inside of it.
pub(super) struct Collector<'a> {
    tree: &'a mut Tree,
    module: usize,
    /// The names of the modules between the file and here.
    inline: Vec<String>,
    pending: &'a mut VecDeque<Pending>,
    /// Items inside functions define nothing that others could name.
    functions: usize,
}

impl<'a> Collector<'a> {
    pub(super) fn new(tree: &'a mut Tree, module: usize, pending: &'a mut VecDeque<Pending>) -> Self {
        Self { tree, module, inline: Vec::new(), pending, functions: 0 }
    }

    fn refer(&mut self, path: Vec<String>, line: usize, kind: ReferenceKind) {
        self.tree.references.push(Reference { module: self.module, path, line, kind });
    }

    fn define(&mut self, name: &Ident) {
        if self.functions == 0 {
            let line = line(name.span());
            self.tree.modules[self.module].names.entry(tokens::name(name)).or_default().definition.get_or_insert(line);
        }
    }

    fn declare(&mut self, item: &syn::ItemMod) {
        let name = tokens::name(&item.ident);
        let here = &self.tree.modules[self.module];
        let file = self.tree.files[here.file].path.clone();
        let path: Vec<String> = here.path.iter().cloned().chain([name.clone()]).collect();
        let declared = format!("{file}:{}", line(item.ident.span()));
        let child = self.tree.modules.len();
        let module = Module { path, parent: Some(self.module), file: here.file, declared, ..Module::default() };
        self.tree.modules.push(module);
        self.tree.modules[self.module].names.entry(name.clone()).or_default().module = Some(child);
        match &item.content {
            None => {
                let candidates = candidates(&file, &self.inline, &name, &item.attrs);
                self.pending.push_back(Pending { module: child, candidates });
            }
            Some((_, items)) => {
                let outside = std::mem::replace(&mut self.module, child);
                self.inline.push(name);
                for item in items {
                    self.visit_item(item);
                }
                self.inline.pop();
                self.module = outside;
            }
        }
    }

    fn import(&mut self, tree: &UseTree, above: &[String], public: bool) {
        let below = |name: &Ident| -> Vec<String> { above.iter().cloned().chain([tokens::name(name)]).collect() };
        match tree {
            UseTree::Path(path) => self.import(&path.tree, &below(&path.ident), public),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import(tree, above, public);
                }
            }
            UseTree::Name(name) => self.bind(&name.ident, &name.ident, above, public),
            UseTree::Rename(rename) => self.bind(&rename.ident, &rename.rename, above, public),
            UseTree::Glob(glob) => {
                let kind = if public { ReferenceKind::ReexportAll } else { ReferenceKind::ImportAll };
                self.refer(above.to_vec(), line(glob.star_token.spans[0]), kind);
                self.tree.modules[self.module].globs.push(above.to_vec());
            }
        }
    }

    /// `use above::name as known_as`; `use above::{self}` means `above`.
    fn bind(&mut self, name: &Ident, known_as: &Ident, above: &[String], public: bool) {
        let (line, kind) = (line(name.span()), if public { ReferenceKind::Reexport } else { ReferenceKind::Import });
        let is_self = name == "self" && !above.is_empty();
        let own = (!is_self).then(|| tokens::name(name));
        let path: Vec<String> = above.iter().cloned().chain(own).collect();
        let known_as = match above.last() {
            Some(last) if is_self && known_as == "self" => last.clone(),
            _ => tokens::name(known_as),
        };
        self.refer(path.clone(), line, kind);
        self.tree.modules[self.module].names.entry(known_as).or_default().imports.push((path, line));
    }

    /// `macro_rules! name`; `#[macro_export]` puts it at the root of the crate.
    fn define_macro(&mut self, item: &syn::ItemMacro) {
        let Some(name) = &item.ident else { return };
        self.define(name);
        if self.module != 0 && item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) {
            let (line, here) = (line(name.span()), self.tree.modules[self.module].path.clone());
            let name = tokens::name(name);
            let path = std::iter::once("crate".to_owned()).chain(here).chain([name.clone()]).collect();
            self.tree.modules[0].names.entry(name).or_default().imports.push((path, line));
        }
    }
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test_only(attributes(item)) {
            return;
        }
        match item {
            Item::Mod(item) => return self.declare(item),
            Item::Use(item) if item.leading_colon.is_none() => {
                let public = !matches!(item.vis, Visibility::Inherited);
                self.import(&item.tree, &[], public);
            }
            Item::Macro(item) => self.define_macro(item),
            Item::Const(item) => self.define(&item.ident),
            Item::Enum(item) => self.define(&item.ident),
            Item::Fn(item) => self.define(&item.sig.ident),
            Item::Static(item) => self.define(&item.ident),
            Item::Struct(item) => self.define(&item.ident),
            Item::Trait(item) => self.define(&item.ident),
            Item::TraitAlias(item) => self.define(&item.ident),
            Item::Type(item) => self.define(&item.ident),
            Item::Union(item) => self.define(&item.ident),
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.functions += 1;
        visit::visit_block(self, block);
        self.functions -= 1;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !is_test_only(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let first = path.segments.first().map_or(0, |segment| line(segment.ident.span()));
        let names: Vec<String> = path.segments.iter().map(|segment| tokens::name(&segment.ident)).collect();
        if path.leading_colon.is_none() && (names.len() > 1 || names.first().is_some_and(|name| tokens::is_type(name)))
        {
            self.refer(names, first, ReferenceKind::Code);
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(called) = &*call.func
            && let Some(name) = called.path.get_ident()
        {
            self.refer(vec![tokens::name(name)], line(name.span()), ReferenceKind::Code);
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        if let Some(name) = called.path.get_ident() {
            self.refer(vec![tokens::name(name)], line(name.span()), ReferenceKind::Code);
        }
        for (path, line) in tokens::paths(called.tokens.clone()) {
            self.refer(path, line, ReferenceKind::Code);
        }
        visit::visit_macro(self, called);
    }

    /// What may see an item is no arrow.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    /// Derives and attributes are imported like everything else.
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}
