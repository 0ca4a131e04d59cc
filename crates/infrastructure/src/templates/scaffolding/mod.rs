//! A service in the making: a template's steps write into a tree in memory, which is packed at the end.
//!
//! Nothing touches the disk, so there is no link to write through and nothing to clean up when it is stopped.

mod archive;
mod catalog;
mod entities;
mod failure;
mod fetch;
mod record;
mod run;
mod tree;
mod vendor;
mod workspace;

pub(super) use run::Run;
