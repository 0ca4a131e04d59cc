use std::sync::Arc;

use application::ports::Template;

use super::manifest::Manifest;
use super::source::SourceTree;

/// A template that has been read and checked.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) summary: Arc<Template>,
    pub(super) manifest: Manifest,
    pub(super) tree: SourceTree,
}
