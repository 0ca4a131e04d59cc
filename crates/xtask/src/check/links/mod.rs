//! What documents point to is there: linked files and headings, linked items of Rust, and the files that prose names.

mod markdown;

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use self::markdown::{Link, Markdown};
use super::violation::Violation;
use crate::workspace;

/// What a path in prose begins with, from the root of the workspace.
const FOLDERS: &[&str] = &["crates/", "docs/", "templates/", "bench/", "backstage/"];

/// What makes a path a pattern, not a name.
const PATTERN: &[char] = &['<', '>', '*', '…', '$', '{', ' '];

/// The words before the name of an item of Rust.
const DEFINES: &[&str] = &["struct", "enum", "trait", "fn", "const", "static", "type", "mod", "macro_rules!"];

/// The files of the workspace, and how one is read.
struct Workspace<'w> {
    files: &'w BTreeSet<PathBuf>,
    read: &'w dyn Fn(&Path) -> String,
}

/// All documents that git knows.
pub(super) fn check() -> Result<Vec<Violation>> {
    let root = workspace::root()?;
    let files: BTreeSet<PathBuf> = workspace::files()?.into_iter().collect();
    let read = |path: &Path| std::fs::read_to_string(root.join(path)).unwrap_or_default();
    let workspace = Workspace { files: &files, read: &read };
    let documents = files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    Ok(documents.flat_map(|path| workspace.document(path)).collect())
}

impl Workspace<'_> {
    fn document(&self, path: &Path) -> Vec<Violation> {
        let document = Markdown::parse(&(self.read)(path));
        let links = document.links.iter().filter_map(|link| self.link(path, &document, link));
        let paths = document.code.iter().filter_map(|(line, code)| self.path(path, *line, code));
        links.chain(paths).collect()
    }

    /// What is wrong with a link.
    fn link(&self, document: &Path, own: &Markdown, link: &Link) -> Option<Violation> {
        let wrong = |wrong, right: &str| Some(Violation::new(place(document, link.line), wrong, right));
        if link.target.contains(':') {
            return None; // elsewhere
        }
        let (file, heading) = link.target.split_once('#').unwrap_or((&link.target, ""));
        let linked = resolve(document, file);
        if !file.is_empty() && !self.exists(&linked) {
            return wrong(
                format!("`{file}` is linked and not there"),
                "the path of a file that git knows, from this file's folder",
            );
        }
        if !heading.is_empty() {
            let other = (!file.is_empty()).then(|| Markdown::parse(&(self.read)(&linked)));
            let headings = &other.as_ref().unwrap_or(own).headings;
            if !headings.iter().any(|known| known == heading) {
                return wrong(format!("`#{heading}` is no heading there"), &format!("one of: {}", headings.join(", ")));
            }
        }
        let item = link.code.as_deref()?.rsplit("::").next().unwrap_or_default();
        let is_rust = linked.extension().is_some_and(|extension| extension == "rs");
        (is_rust && !is_module(&linked, item) && !defines(&(self.read)(&linked), item)).then(|| {
            Violation::new(
                place(document, link.line),
                format!("`{file}` does not define `{item}`"),
                "the file that does",
            )
        })
    }

    /// What is wrong with a path in prose.
    fn path(&self, document: &Path, line: usize, code: &str) -> Option<Violation> {
        let is_path = FOLDERS.iter().any(|folder| code.starts_with(folder)) && !code.contains(PATTERN);
        // In `backstage/` paths begin there.
        let bases = document.ancestors().skip(1);
        let there = || bases.into_iter().any(|base| self.exists(&base.join(code)));
        (is_path && !there()).then(|| {
            Violation::new(place(document, line), format!("`{code}` is named and not there"), "a file that git knows")
        })
    }

    fn exists(&self, path: &Path) -> bool {
        path == Path::new("") || self.files.contains(path) || self.files.iter().any(|file| file.starts_with(path))
    }
}

fn place(document: &Path, line: usize) -> String {
    format!("{}:{line}", document.display())
}

/// A path from a document's folder, from the root of the workspace.
fn resolve(document: &Path, file: &str) -> PathBuf {
    let mut path = document.parent().map(Path::to_owned).unwrap_or_default();
    for component in Path::new(file).components() {
        match component {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}

/// Whether a file is the module of this name.
fn is_module(path: &Path, name: &str) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let folder = || path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
    name == if stem == "mod" { folder() } else { stem }
}

/// Whether a source defines an item, which may be called as a macro or a function in the text: `name!`, `name()`.
fn defines(source: &str, item: &str) -> bool {
    let end = item.find(|character: char| !is_of_name(character)).unwrap_or(item.len());
    let name = &item[..end];
    let is_end = |rest: &str| !rest.starts_with(is_of_name);
    let defined = |word: &&str| {
        let head = format!("{word} {name}");
        source.match_indices(&head).any(|(at, _)| is_end(&source[at + head.len()..]))
    };
    !name.is_empty() && DEFINES.iter().any(defined)
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Vec<String> {
        let files = ["docs/a.md", "docs/b.md", "crates/c/src/work/mod.rs", "backstage/packages/d/x.ts"];
        let files: BTreeSet<PathBuf> = files.into_iter().map(PathBuf::from).collect();
        let read = |path: &Path| match path.to_str().unwrap() {
            "docs/a.md" => text.to_owned(),
            "docs/b.md" => "# Where it comes from, *really*\n".to_owned(),
            _ => "pub struct Work;\nfn helper() {}\nmacro_rules! routes {}".to_owned(),
        };
        let workspace = Workspace { files: &files, read: &read };
        workspace.document(Path::new("docs/a.md")).into_iter().map(|violation| violation.wrong).collect()
    }

    #[test]
    fn linked_files_and_headings_are_there() {
        let good =
            "# One\n[a](b.md) [a](#one) [a](b.md#where-it-comes-from-really) [a](../crates/c/src) [a](https://x.y/z)";
        assert_eq!(wrong(good), [""; 0]);
        assert_eq!(wrong("[a](c.md)"), ["`c.md` is linked and not there"]);
        assert_eq!(wrong("[a](b.md#else)"), ["`#else` is no heading there"]);
        assert_eq!(wrong("[a](#else)"), ["`#else` is no heading there"]);
    }

    #[test]
    fn linked_items_are_defined_in_the_file() {
        for good in ["Work", "c::work::Work", "c::work", "helper", "routes!", "helper()"] {
            assert_eq!(wrong(&format!("[`{good}`](../crates/c/src/work/mod.rs)")), [""; 0], "{good}");
        }
        let bad = wrong("[`c::Wor`](../crates/c/src/work/mod.rs)");
        assert_eq!(bad, ["`../crates/c/src/work/mod.rs` does not define `Wor`"]);
    }

    #[test]
    fn files_that_prose_names_are_there() {
        assert_eq!(
            wrong("`crates/c/src` `crates/c/src/work/mod.rs` `crates/<name>/src` `backstage/` `crates/c`"),
            [""; 0]
        );
        assert_eq!(wrong("a\n`crates/c/src/gone.rs`"), ["`crates/c/src/gone.rs` is named and not there"]);
        assert_eq!(wrong("```sh\n`crates/gone` [a](gone)\n```\n"), [""; 0], "blocks of code are no prose");
    }
}
