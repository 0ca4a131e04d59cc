use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::ignored::is_ignored;
use super::tree::{SourceFile, SourceTree};
use crate::templates::error::TemplateError;
use crate::templates::expression::is_templated;
use crate::templates::path::confined;

/// What one template may be made of; a template is read into memory whole.
const MAX_FILES: usize = 20_000;
const MAX_BYTES: u64 = 64 << 20;
const MAX_DEPTH: usize = 32;

/// The template folders at a path: itself if it has a `template.yaml`, else the folders right below that have one.
pub(in crate::templates) fn folders(path: &Path) -> Result<Vec<PathBuf>, TemplateError> {
    let fault = |found: String| {
        TemplateError::new(path.display().to_string(), "", found, "a template's folder, or a folder of them")
    };
    if path.join("template.yaml").is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(|error| fault(format!("it can't be read: {error}")))?;
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| fault(format!("it can't be read: {error}")))?;
        if entry.path().join("template.yaml").is_file() {
            found.push(entry.path());
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(fault("no `template.yaml`, and no folder with one".to_owned()));
    }
    Ok(found)
}

/// Reads a template's folder. Links are refused, not followed: a template is what lies in its folder.
pub(in crate::templates) fn read(root: &Path) -> Result<SourceTree, Vec<TemplateError>> {
    let mut tree = SourceTree::default();
    let (mut faults, mut files, mut bytes) = (Vec::new(), 0, 0);
    let walk = WalkDir::new(root).sort_by_file_name().max_depth(MAX_DEPTH).into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !is_ignored(&entry.file_name().to_string_lossy())) {
        match entry.map_err(|error| error.to_string()).and_then(|entry| file(root, &entry)) {
            Ok(Some((path, file))) => {
                files += 1;
                bytes += file.bytes.len() as u64;
                tree.insert(path, file);
            }
            Ok(None) => {}
            Err(found) => {
                faults.push(TemplateError::new(root.display().to_string(), "", found, "plain files with plain names"));
            }
        }
        if files > MAX_FILES || bytes > MAX_BYTES {
            let found = format!("more than {MAX_FILES} files or {MAX_BYTES} bytes");
            return Err(vec![TemplateError::new(root.display().to_string(), "", found, "a smaller template")]);
        }
    }
    if faults.is_empty() { Ok(tree) } else { Err(faults) }
}

fn file(root: &Path, entry: &walkdir::DirEntry) -> Result<Option<(String, SourceFile)>, String> {
    let relative = entry.path().strip_prefix(root).map_err(|error| error.to_string())?;
    let kind = entry.file_type();
    if kind.is_dir() {
        return match entry.depth() {
            MAX_DEPTH => Err(format!("the folder `{}` lies {MAX_DEPTH} deep", relative.display())),
            _ => Ok(None),
        };
    }
    if kind.is_symlink() {
        return Err(format!("`{}` is a link", relative.display()));
    }
    if !kind.is_file() {
        return Err(format!("`{}` is no file", relative.display()));
    }
    let parts = relative.iter().map(|part| part.to_str()).collect::<Option<Vec<_>>>();
    let path = parts.ok_or_else(|| format!("the name of `{}` is no UTF-8", relative.display()))?.join("/");
    // The names of a template's files are texts to render, so what the rendered name must be is not asked of them;
    // but they too stay in the folder.
    if !is_templated(&path) {
        confined(&path).map_err(|error| error.to_string())?;
    }
    let metadata = entry.metadata().map_err(|error| error.to_string())?;
    if metadata.len() > MAX_BYTES {
        return Err(format!("`{path}` has more than {MAX_BYTES} bytes"));
    }
    let bytes = fs::read(entry.path()).map_err(|error| format!("`{path}` can't be read: {error}"))?;
    Ok(Some((path, SourceFile { executable: executable(&metadata), bytes: Cow::Owned(bytes) })))
}

#[cfg(unix)]
fn executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn executable(_: &fs::Metadata) -> bool {
    false
}
