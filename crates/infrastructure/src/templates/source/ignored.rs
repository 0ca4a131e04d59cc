// Also read by the build script, so that a template is the same whether it is embedded or lies in a folder.

/// Names of files and folders that are never part of a template: what tools leave behind.
const IGNORED: &[&str] = &[".git", ".DS_Store", "Thumbs.db", "target", "node_modules"];

/// Whether a file or folder of this name is left out.
pub(crate) fn is_ignored(name: &str) -> bool {
    IGNORED.contains(&name)
}
