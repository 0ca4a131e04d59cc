use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use application::ports::RenderedFile;
use thiserror::Error;

use super::record;
use crate::templates::limits::{Budget, Stop};

/// A file can't be written.
#[derive(Debug, Error)]
pub(super) enum TreeError {
    #[error(transparent)]
    Stop(#[from] Stop),
    /// A folder has the name.
    #[error("there is a folder of this name already")]
    Folder,
    /// A file has the name of one of its folders.
    #[error("`{0}` is a file already, and can't be a folder")]
    File(String),
    /// Two names that are one on some systems.
    #[error("`{0}` is there already, whose name differs in upper and lower case only")]
    Case(String),
    /// Below more folders than there may be.
    #[error("it lies deeper than {0} folders")]
    Deep(usize),
    /// In the folder that the engine keeps for itself.
    #[error("the folder `.valkyrie` is written by Valkyrie itself")]
    Reserved,
}

/// Whether a file was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    New,
    Replaced,
    /// It was there, and stays.
    Kept,
}

/// One file of the service.
#[derive(Debug)]
pub(super) struct OutputFile {
    pub(super) executable: bool,
    pub(super) bytes: Vec<u8>,
}

/// The files that the steps have made, by path.
#[derive(Debug, Default)]
pub(super) struct OutputTree {
    files: BTreeMap<String, OutputFile>,
    /// How each file and folder is spelled, by its name in lower case.
    spelled: BTreeMap<String, String>,
    bytes: usize,
}

impl OutputTree {
    /// Writes a file at a path whose parts have been checked to stay within the root.
    pub(super) fn write(
        &mut self,
        parts: &[&str],
        file: OutputFile,
        replace: bool,
        budget: &Budget,
    ) -> Result<Written, TreeError> {
        let path = parts.join("/");
        if record::reserves(parts) {
            return Err(TreeError::Reserved);
        }
        if parts.len() > budget.limits.path_depth {
            return Err(TreeError::Deep(budget.limits.path_depth));
        }
        self.put(path, file, replace, budget)
    }

    /// Writes the engine's own record.
    pub(super) fn write_record(&mut self, path: &str, bytes: Vec<u8>, budget: &Budget) -> Result<(), TreeError> {
        self.put(path.to_owned(), OutputFile { executable: false, bytes }, true, budget).map(drop)
    }

    fn put(&mut self, path: String, file: OutputFile, replace: bool, budget: &Budget) -> Result<Written, TreeError> {
        let limits = &budget.limits;
        budget.write(file.bytes.len())?;
        if file.bytes.len() > limits.file_bytes {
            return Err(Stop::File(limits.file_bytes).into());
        }
        let known = self.files.get(&path);
        if known.is_some() && !replace {
            return Ok(Written::Kept);
        }
        if known.is_none() {
            self.room_for(&path)?;
            if self.files.len() >= limits.files {
                return Err(Stop::Files(limits.files).into());
            }
        }
        let before = known.map_or(0, |known| known.bytes.len());
        let bytes = self.bytes - before + file.bytes.len();
        if bytes > limits.output_bytes {
            return Err(Stop::Output(limits.output_bytes).into());
        }
        self.bytes = bytes;
        for named in prefixes(&path) {
            self.spelled.entry(named.to_lowercase()).or_insert_with(|| named.to_owned());
        }
        match self.files.entry(path) {
            Entry::Vacant(entry) => {
                entry.insert(file);
                Ok(Written::New)
            }
            Entry::Occupied(mut entry) => {
                entry.insert(file);
                Ok(Written::Replaced)
            }
        }
    }

    /// A path is either a file or a folder, and one on every system.
    fn room_for(&self, path: &str) -> Result<(), TreeError> {
        let folder = format!("{path}/");
        if self.files.range(folder.clone()..).next().is_some_and(|(next, _)| next.starts_with(&folder)) {
            return Err(TreeError::Folder);
        }
        for (end, _) in path.match_indices('/') {
            if self.files.contains_key(&path[..end]) {
                return Err(TreeError::File(path[..end].to_owned()));
            }
        }
        let other =
            prefixes(path).find_map(|named| self.spelled.get(&named.to_lowercase()).filter(|other| *other != named));
        other.map_or(Ok(()), |other| Err(TreeError::Case(other.clone())))
    }

    pub(super) fn get(&self, path: &str) -> Option<&OutputFile> {
        self.files.get(path)
    }

    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &OutputFile)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    pub(super) fn into_files(self) -> Vec<RenderedFile> {
        let rendered =
            |(path, file): (String, OutputFile)| RenderedFile { path, executable: file.executable, bytes: file.bytes };
        self.files.into_iter().map(rendered).collect()
    }
}

/// The folders that a path lies in, and the path.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end]).chain([path])
}
