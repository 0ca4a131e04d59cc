//! `template.yaml`: Backstage's Software Template (`scaffolder.backstage.io/v1beta3`), in the subset that we carry out.
//!
//! What is not in the subset is refused here, with everything that is wrong named at once: a template that loads does
//! what it says.

mod action;
mod context;
mod document;
mod fields;
mod inputs;
mod metadata;
mod parameters;
mod sources;
mod steps;

pub(super) use action::{Action, CatalogWrite, FetchPlain, FetchTemplate, HeimdallVendor};
pub(super) use document::{FILE, Manifest};
pub(super) use steps::Step;
