//! Where modules have their files.

use syn::Attribute;

/// A module's file that is still to be read.
pub(super) struct Pending {
    pub(super) module: usize,
    /// Where the file may be.
    pub(super) candidates: Vec<String>,
}

/// Where the file of `mod name;` may be, which stands in `file` inside of the modules `inline`.
pub(super) fn candidates(file: &str, inline: &[String], name: &str, attributes: &[Attribute]) -> Vec<String> {
    let (folder, stem) = file.rsplit_once('/').unwrap_or(("", file));
    let stem = stem.trim_end_matches(".rs");
    if let Some(path) = path_attribute(attributes) {
        return vec![format!("{folder}/{path}")];
    }
    let mut own = vec![folder];
    if !matches!(stem, "lib" | "main" | "mod") {
        own.push(stem);
    }
    own.extend(inline.iter().map(String::as_str));
    let folder = own.join("/");
    vec![format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")]
}

/// `#[path = "…"]`.
fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    let mut paths = attributes.iter().filter(|attribute| attribute.path().is_ident("path"));
    let syn::Meta::NameValue(value) = &paths.next()?.meta else { return None };
    match &value.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
