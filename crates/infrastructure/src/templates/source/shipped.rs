use std::borrow::Cow;
use std::collections::BTreeMap;

use super::tree::{SourceFile, SourceTree};

/// The files of `templates/`, written by the build script: path, whether it can be run, contents.
type Shipped = &'static [(&'static str, bool, &'static [u8])];

const FILES: Shipped = include!(concat!(env!("OUT_DIR"), "/shipped_templates.rs"));

/// The templates that come with the binary, by the name of their folder.
pub(in crate::templates) fn shipped() -> BTreeMap<String, SourceTree> {
    let mut templates: BTreeMap<String, SourceTree> = BTreeMap::new();
    for (path, executable, bytes) in FILES {
        if let Some((template, rest)) = path.split_once('/') {
            let file = SourceFile { executable: *executable, bytes: Cow::Borrowed(bytes) };
            templates.entry(template.to_owned()).or_default().insert(rest.to_owned(), file);
        }
    }
    templates
}
