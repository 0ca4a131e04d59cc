use std::{cell::RefCell, path::Path};

use super::read_error::Step;
use crate::config::{error::SettingError, key};

/// What is read, and from where.
#[derive(Clone, Copy)]
pub(in crate::config) struct Place<'c> {
    /// The folder that the paths of files start from.
    pub(in crate::config) folder: &'c Path,
    /// The section's path.
    pub(in crate::config) section: &'c str,
    /// The section's tables of options.
    pub(in crate::config) option_tables: &'c [&'static str],
}

/// What all readers of one attempt share.
pub(super) struct Context<'c> {
    pub(super) place: Place<'c>,
    pub(super) problems: RefCell<Vec<SettingError>>,
}

impl Context<'_> {
    /// The whole key of what stands at `path` below the section, and there at `last`.
    pub(super) fn key<'p>(&'p self, path: &'p [Step], last: Option<&'p str>) -> String {
        key::join(self.place.section.split('.').chain(path.iter().map(Step::as_str)).chain(last))
    }

    /// Whether `path`, below the section, is that of a table of options.
    pub(super) fn is_option_table(&self, path: &[Step]) -> bool {
        self.place.option_tables.iter().any(|table| table.split('.').eq(path.iter().map(Step::as_str)))
    }
}
