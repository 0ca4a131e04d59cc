//! Which entries of a table there are, where some may be given as files.

use std::borrow::Cow;

use super::{context::Context, read_error::Step};
use crate::config::{
    error::SettingError,
    key,
    node::{Kind, Node, Table},
    origin::Origin,
    secrets_folder::contents,
};

/// The keys that a table may have.
#[derive(Clone, Copy)]
pub(super) enum Known<'k> {
    /// These.
    Fields(&'k [&'k str]),
    /// Any, but what ends in `_file` names a file.
    Options,
}

impl Known<'_> {
    /// The key whose value is in the file that `key` names, if that is what `key` means.
    fn in_file<'s>(self, key: &'s str, node: &Node) -> Option<&'s str> {
        let of = key.strip_suffix("_file").filter(|of| !of.is_empty())?;
        let is_one = match self {
            Self::Fields(fields) => !fields.contains(&key) && fields.contains(&of),
            Self::Options => matches!(node.kind, Kind::String(_) | Kind::Untyped(_)),
        };
        is_one.then_some(of)
    }
}

/// The entries of a table by their keys, those from files read. What is wrong is reported, and left out.
pub(super) fn given<'n>(
    table: &'n Table,
    known: Known<'_>,
    context: &Context<'_>,
    path: &[Step],
) -> Vec<(String, Cow<'n, Node>)> {
    let refuse = |key: &str, node: &Node, message: String| {
        let problem = SettingError::new(context.key(path, Some(key)), &node.origin, message);
        context.problems.borrow_mut().push(problem);
    };
    let mut entries = Vec::new();
    for (key, node) in table {
        if let Some(field) = known.in_file(key, node) {
            match table.get(field) {
                Some(given) if given.origin.rank() > node.origin.rank() => {}
                Some(given) if given.origin.rank() == node.origin.rank() => {
                    let message = format!("give either `{field}` or `{key}`, not both (`{field}`: {})", given.origin);
                    refuse(key, node, message);
                }
                _ => match from_file(node, context) {
                    Ok(node) => entries.push((field.to_owned(), Cow::Owned(node))),
                    Err(message) => refuse(key, node, message),
                },
            }
            continue;
        }
        if let Known::Fields(fields) = known
            && !fields.contains(&key.as_str())
        {
            let near: Vec<String> = fields.iter().map(|field| context.key(path, Some(field))).collect();
            let full = context.key(path, Some(key));
            refuse(key, node, key::unknown(&full, near.iter().map(String::as_str)));
            continue;
        }
        let file = key::file_of(key);
        let overruled = table.get_key_value(&file).is_some_and(|(file, named)| {
            known.in_file(file, named).is_some() && named.origin.rank() >= node.origin.rank()
        });
        if !overruled {
            entries.push((key.clone(), Cow::Borrowed(node)));
        }
    }
    entries
}

/// The text of the file that `node` names, without the line break at its end.
fn from_file(node: &Node, context: &Context<'_>) -> Result<Node, String> {
    let (Kind::String(path) | Kind::Untyped(path)) = &node.kind else {
        return Err("expected the path of a file".to_owned());
    };
    let path = context.place.folder.join(path.as_str());
    let text = contents(&path).map_err(|error| format!("the file {} cannot be read: {error}", path.display()))?;
    let origin = Origin::Contents { path, named_by: Box::new(node.origin.clone()) };
    Ok(Node::untyped(origin, text.as_str()))
}
