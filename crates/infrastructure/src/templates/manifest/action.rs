use application::JsonObject;
use globset::GlobSet;
use serde_json::Value;

use crate::templates::expression::Whitespace;

/// What a step does.
#[derive(Debug, Clone)]
pub(in crate::templates) enum Action {
    FetchTemplate(FetchTemplate),
    FetchPlain(FetchPlain),
    CatalogWrite(CatalogWrite),
    HeimdallVendor(HeimdallVendor),
}

/// `fetch:template`: a folder of the template, rendered.
#[derive(Debug, Clone)]
pub(in crate::templates) struct FetchTemplate {
    /// The folder's path within the template.
    pub(in crate::templates) folder: String,
    /// Where it goes: a text to render.
    pub(in crate::templates) target: String,
    /// What the files see as `values`: each an expression, or a plain value.
    pub(in crate::templates) values: JsonObject,
    /// Files whose contents are copied as they are.
    pub(in crate::templates) verbatim: GlobSet,
    /// Only files with this ending are rendered, and lose it.
    pub(in crate::templates) extension: Option<String>,
    /// Whether a file that is there already is written again.
    pub(in crate::templates) replace: bool,
    pub(in crate::templates) whitespace: Whitespace,
}

impl FetchTemplate {
    /// Whether a file's contents are rendered.
    pub(in crate::templates) fn renders(&self, path: &str) -> bool {
        let ancestors = path.match_indices('/').map(|(end, _)| &path[..end]);
        let verbatim = ancestors.chain([path]).any(|path| self.verbatim.is_match(path));
        !verbatim && self.extension.as_ref().is_none_or(|extension| path.ends_with(extension.as_str()))
    }
}

/// `fetch:plain`: a folder of the template, as it is.
#[derive(Debug, Clone)]
pub(in crate::templates) struct FetchPlain {
    pub(in crate::templates) folder: String,
    pub(in crate::templates) target: String,
}

/// `catalog:write`: one entity, written as a descriptor.
#[derive(Debug, Clone)]
pub(in crate::templates) struct CatalogWrite {
    /// The file: a text to render.
    pub(in crate::templates) file: String,
    /// The entity: an object whose strings are rendered.
    pub(in crate::templates) entity: Value,
}

/// `heimdall:vendor`: heimdall's source, as a workspace of its own.
#[derive(Debug, Clone)]
pub(in crate::templates) struct HeimdallVendor {
    /// The workspace's folder: a text to render. The crate is in `heimdall` below it.
    pub(in crate::templates) target: String,
}
