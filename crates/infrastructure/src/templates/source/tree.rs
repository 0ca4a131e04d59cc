use std::borrow::Cow;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// One file of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::templates) struct SourceFile {
    /// Whether it can be run.
    pub(in crate::templates) executable: bool,
    /// What is in it.
    pub(in crate::templates) bytes: Cow<'static, [u8]>,
}

impl SourceFile {
    /// Its text, or `None` for what is no text: anything with a NUL or that isn't UTF-8.
    pub(in crate::templates) fn text(&self) -> Option<&str> {
        if self.bytes.contains(&0) { None } else { std::str::from_utf8(&self.bytes).ok() }
    }
}

/// The files of one template by their paths, `/` between parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::templates) struct SourceTree {
    files: BTreeMap<String, SourceFile>,
}

impl SourceTree {
    pub(in crate::templates) fn insert(&mut self, path: String, file: SourceFile) {
        self.files.insert(path, file);
    }

    pub(in crate::templates) fn get(&self, path: &str) -> Option<&SourceFile> {
        self.files.get(path)
    }

    /// The files below a folder, with their paths from there.
    pub(in crate::templates) fn below<'t>(&'t self, folder: &str) -> impl Iterator<Item = (&'t str, &'t SourceFile)> {
        let prefix = format!("{folder}/");
        let length = prefix.len();
        self.files
            .range(prefix.clone()..)
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .filter_map(move |(path, file)| path.get(length..).map(|rest| (rest, file)))
    }

    /// SHA-256 over all paths, modes and contents, in hexadecimal: equal for equal templates, wherever they lie.
    /// `more` is the digest of what a service gets beside them.
    pub(in crate::templates) fn digest(&self, more: Option<&str>) -> String {
        let mut hash = Sha256::new();
        for (path, file) in &self.files {
            // Lengths keep one file's end from being read as the next one's beginning.
            hash.update((path.len() as u64).to_be_bytes());
            hash.update(path.as_bytes());
            hash.update([u8::from(file.executable)]);
            hash.update((file.bytes.len() as u64).to_be_bytes());
            hash.update(&file.bytes);
        }
        hash.update(more.unwrap_or_default());
        hex::encode(hash.finalize())
    }
}
