//! Where templates come from: a tree of files that is read once, whole, and never looked at again.

mod folder;
mod ignored;
mod shipped;
mod tree;

pub(super) use folder::{folders, read};
pub(super) use shipped::shipped;
pub(super) use tree::SourceTree;
