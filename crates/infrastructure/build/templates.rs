//! The templates that ship, with the one bit of their modes that matters.
//!
//! A build script rather than a crate: the usual ones keep no modes, and one of them reads the disk in debug builds.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::ignored;

/// Writes `shipped_templates.rs`, a list of the files below `root`: path, whether it can be run, contents.
pub(crate) fn embed(root: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    let mut files = Vec::new();
    collect(root, &mut files)?;
    files.sort();
    let mut list = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(root)?.to_str().ok_or("a template's file has a name that is no UTF-8")?;
        let name = name.replace('\\', "/");
        let path = file.to_str().ok_or("the checkout lies at a path that is no UTF-8")?;
        writeln!(list, "    ({name:?}, {}, include_bytes!({path:?})),", executable(&file)?)?;
    }
    list.push(']');
    fs::write(out.join("shipped_templates.rs"), list)?;
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if ignored::is_ignored(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        } else {
            return Err(format!("{} is a link; templates have none", entry.path().display()).into());
        }
    }
    Ok(())
}

#[cfg(unix)]
fn executable(path: &Path) -> Result<bool, Box<dyn Error>> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn executable(_: &Path) -> Result<bool, Box<dyn Error>> {
    Ok(false)
}
