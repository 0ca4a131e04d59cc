//! What belongs to no section.

use serde_json::Value;

use super::{
    claim::Claim,
    error::SettingError,
    key,
    node::{Kind, Node},
};

/// The tables and values of `root` that belong to none of `claims`.
pub(super) fn unclaimed(root: &Node, claims: &[Claim]) -> Vec<SettingError> {
    let mut problems = Vec::new();
    walk(root, &mut Vec::new(), claims, &mut problems);
    problems
}

fn walk<'n>(node: &'n Node, path: &mut Vec<&'n str>, claims: &[Claim], problems: &mut Vec<SettingError>) {
    let Kind::Table(table) = &node.kind else {
        return;
    };
    for (key, child) in table {
        path.push(key);
        let here = path.join(".");
        let leads_on = claims.iter().any(|claim| claim.path.starts_with(&format!("{here}.")));
        if leads_on {
            walk(child, path, claims, problems);
        } else if claims.iter().all(|claim| claim.path != here) {
            problems.extend(refuse(child, path, claims));
        }
        path.pop();
    }
}

/// One problem for each value below `node`, or for the table itself if it is empty.
fn refuse(node: &Node, path: &[&str], claims: &[Claim]) -> Vec<SettingError> {
    match node.table() {
        Some(table) if !table.is_empty() => {
            let below = table.iter().flat_map(|(key, child)| refuse(child, &[path, &[key.as_str()]].concat(), claims));
            below.collect()
        }
        _ => {
            let key = key::join(path.iter().copied());
            let known = claims.iter().flat_map(|claim| keys(claim.path, &(claim.defaults)())).collect::<Vec<_>>();
            let message = key::unknown(&key, known.iter().map(String::as_str));
            vec![SettingError::new(key, &node.origin, message)]
        }
    }
}

/// The dotted keys of a serialized section.
fn keys(path: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields.iter().flat_map(|(key, value)| keys(&format!("{path}.{key}"), value)).collect()
        }
        _ => vec![path.to_owned()],
    }
}
