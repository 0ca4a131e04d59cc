//! Manifests of the copy: what the checkout's say, without what the copy has not.
//!
//! Nothing is listed by hand, so a dependency, a feature or a neighbouring crate that heimdall gets is in the next copy.

use std::collections::BTreeSet;
use std::error::Error;

use toml_edit::{Array, DocumentMut, Item, TableLike, value};

/// Sections of a manifest that only a crate's own tests, benchmarks and examples need.
const OWN_SECTIONS: &[&str] = &["dev-dependencies", "test", "bench", "example"];
/// What the copy's workspace takes from the checkout's; profiles are a matter of the workspace that builds.
const WORKSPACE_KEYS: &[&str] = &["resolver", "package", "dependencies", "lints"];
const HEADER: &str = "\
# A copy of heimdall, made when this service was: a workspace of its own, so that it keeps its own lints and versions.
# How to take heimdall from elsewhere is in the service's README.md.
";

/// A crate of the copy.
pub(crate) struct Member {
    /// Its manifest.
    pub(crate) text: String,
    /// Dependencies that it takes from the workspace's table.
    pub(crate) inherited: BTreeSet<String>,
    /// Crates of the checkout that it depends on, by their folders within `crates/`.
    pub(crate) neighbours: BTreeSet<String>,
}

/// Reads a crate's manifest; `root` is that of the checkout.
pub(crate) fn member(manifest: &str, root: &str) -> Result<Member, Box<dyn Error>> {
    let (mut document, root) = (manifest.parse::<DocumentMut>()?, root.parse::<DocumentMut>()?);
    for section in OWN_SECTIONS {
        document.remove(section);
    }
    for (_, target) in targets(&mut document) {
        target.remove("dev-dependencies");
    }
    let (mut inherited, mut neighbours) = (BTreeSet::new(), BTreeSet::new());
    for (name, dependency) in dependencies(&document) {
        let shared = dependency.get("workspace").and_then(Item::as_bool) == Some(true);
        if let Some(path) = dependency.get("path").and_then(Item::as_str) {
            neighbours.insert(folder(path, "../")?);
        } else if shared {
            let declared = root.get("workspace").and_then(|table| table.get("dependencies")?.get(name));
            let path = declared.and_then(|declared| declared.get("path")).and_then(Item::as_str);
            neighbours.extend(path.map(|path| folder(path, "crates/")).transpose()?);
            inherited.insert(name.to_owned());
        }
    }
    Ok(Member { text: document.to_string(), inherited, neighbours })
}

/// The manifest of the workspace that holds the copy's crates.
pub(crate) fn workspace(
    root: &str,
    members: &BTreeSet<String>,
    inherited: &BTreeSet<String>,
) -> Result<String, Box<dyn Error>> {
    let mut document = root.parse::<DocumentMut>()?;
    document.retain(|key, _| key == "workspace");
    let workspace =
        document.get_mut("workspace").and_then(Item::as_table_mut).ok_or("Cargo.toml has no [workspace]")?;
    workspace.retain(|key, _| WORKSPACE_KEYS.contains(&key));
    workspace.insert("members", value(Array::from_iter(members)));
    workspace.decor_mut().set_prefix(HEADER);
    let table = workspace.get_mut("dependencies").and_then(Item::as_table_mut);
    let table = table.ok_or("Cargo.toml has no [workspace.dependencies]")?;
    table.retain(|name, _| inherited.contains(name));
    for (mut name, dependency) in table.iter_mut() {
        // The comments speak of the whole table.
        name.leaf_decor_mut().clear();
        if let Some(dependency) = dependency.as_table_like_mut()
            && let Some(path) = dependency.get("path").and_then(Item::as_str)
        {
            let path = folder(path, "crates/")?;
            dependency.insert("path", value(path));
        }
    }
    Ok(document.to_string())
}

/// The name of a crate's folder within `crates/`.
fn folder(path: &str, before: &str) -> Result<String, Box<dyn Error>> {
    let name = path.strip_prefix(before).filter(|name| !name.is_empty() && !name.contains(['/', '\\', '.']));
    let expected =
        || format!("it depends on a crate at `{path}`; a copy takes `{before}<name>` along, and no other").into();
    name.map(str::to_owned).ok_or_else(expected)
}

/// The dependencies that those need who build the crate.
fn dependencies(document: &DocumentMut) -> Vec<(&str, &Item)> {
    let platforms = document.get("target").and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter);
    let sections =
        platforms.filter_map(|(_, target)| target.as_table_like()).chain([document.as_table() as &dyn TableLike]);
    let lists = sections.flat_map(|section| ["dependencies", "build-dependencies"].map(|name| section.get(name)));
    lists.flatten().filter_map(Item::as_table_like).flat_map(TableLike::iter).collect()
}

/// The sections of dependencies for some platforms.
fn targets(document: &mut DocumentMut) -> impl Iterator<Item = (toml_edit::KeyMut<'_>, &mut dyn TableLike)> {
    let platforms = document.get_mut("target").and_then(Item::as_table_like_mut).into_iter();
    platforms.flat_map(|table| table.iter_mut()).filter_map(|(name, target)| Some((name, target.as_table_like_mut()?)))
}
