use crate::config::{key, node::Node};

/// The node that gives what stands at `path` its value: itself, what contains it, or what names its file.
pub(in crate::config) fn find<'n>(root: &'n Node, path: &[String]) -> Option<&'n Node> {
    let mut node = root;
    for part in path {
        let Some(table) = node.table() else {
            return Some(node);
        };
        let file = table.get(&key::file_of(part));
        node = match (table.get(part), file) {
            (Some(node), Some(file)) if file.origin.rank() > node.origin.rank() => {
                return Some(file);
            }
            (Some(node), _) => node,
            (None, file) => return file,
        };
    }
    Some(node)
}
