//! The folder of secrets: one file for each key, as Kubernetes mounts a secret.

use std::{fs, io, path::Path};

use zeroize::Zeroizing;

use super::{error::SettingError, key, node::Node, origin::Origin};

/// Reads the files of `folder`, each named by its dotted key. Hidden ones are passed over: Kubernetes keeps the
/// contents in a folder `..data`, to which the visible files are links.
pub(super) fn read(folder: &Path, named_by: &Origin, problems: &mut Vec<SettingError>) -> Node {
    let mut tree = Node::empty();
    let files = match visible(folder) {
        Ok(files) => files,
        Err(error) => {
            let message = format!("the folder of secrets {} cannot be read: {error}", folder.display());
            problems.push(SettingError::new("", named_by, message));
            return tree;
        }
    };
    for name in files {
        let path = folder.join(&name);
        let origin = Origin::SecretsFolder(path.clone());
        match contents(&path) {
            Ok(text) => tree.put(&key::split(&name), Node::untyped(origin, text.as_str())),
            Err(error) => {
                problems.push(SettingError::new(name, &origin, format!("this file cannot be read: {error}")));
            }
        }
    }
    tree
}

/// The text of a file, without the line break at its end.
pub(super) fn contents(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(fs::read_to_string(path)?);
    let length = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(length);
    Ok(text)
}

fn visible(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
