//! Tables of options that have dotted names of their own: `a.b = 1` and `"a.b" = 1` are one option there.

use serde_json::Value;

use super::{
    claim::Claim,
    layers::Layer,
    node::{Kind, Node, Table},
};

/// Makes the option tables of a layer flat, so that layers are merged option by option.
pub(super) fn flatten(layer: &mut Layer, claims: &[Claim]) {
    for claim in claims {
        for table in claim.option_tables {
            let path = claim.path_of(table);
            let Some(node) = layer.tree.remove(&path) else { continue };
            let flat = match node.kind {
                Kind::Table(_) => flat(node),
                // One JSON value replaces the table below, as anywhere else.
                Kind::Untyped(text) => match serde_json::from_str::<Value>(&text) {
                    Ok(value @ Value::Object(_)) => {
                        layer.replaced.push(path.clone());
                        flat(Node::json(&node.origin, value))
                    }
                    _ => Node::new(node.origin, Kind::Untyped(text)),
                },
                kind => Node::new(node.origin, kind),
            };
            layer.tree.put(&path, flat);
        }
    }
}

fn flat(node: Node) -> Node {
    let origin = node.origin.clone();
    let mut options = Table::new();
    gather(String::new(), node, &mut options);
    Node::new(origin, Kind::Table(options))
}

fn gather(name: String, node: Node, options: &mut Table) {
    match node.kind {
        Kind::Table(table) => {
            for (key, node) in table {
                gather(if name.is_empty() { key } else { format!("{name}.{key}") }, node, options);
            }
        }
        kind => {
            options.insert(name, Node::new(node.origin, kind));
        }
    }
}
