//! Keys that were renamed: the old ones are still read.

use super::{claim::Claim, error::SettingError, key, layers::Layer, node::Node, origin::Origin};

/// An old key that is still used, and what it is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenamedKey {
    /// The key as it was given, for example `outbox.slowest_retry_ms`.
    pub old: String,
    /// The key as it is called now.
    pub new: String,
    /// Where the old key stands.
    pub origin: Origin,
}

/// Gives what stands at old keys to the new ones, and says where that happened.
pub(super) fn apply(layers: &mut [Layer], claims: &[Claim], problems: &mut Vec<SettingError>) -> Vec<RenamedKey> {
    let mut renamed = Vec::new();
    for claim in claims {
        for (old, new) in claim.renamed {
            let (old, new) = (claim.path_of(old), claim.path_of(new));
            let given = given(layers, &new);
            for (old_form, new_form) in [(old.clone(), new.clone()), (file_form(&old), file_form(&new))] {
                for layer in layers.iter_mut() {
                    let Some(node) = layer.tree.remove(&old_form) else { continue };
                    let (old, new, origin) = (written(&old_form), written(&new_form), node.origin.clone());
                    if let Some((key, place)) = &given {
                        let message =
                            format!("is now called `{new}`, and `{key}` is given too ({place}): give one of them");
                        problems.push(SettingError::new(old, &origin, message));
                    } else {
                        layer.tree.put(&new_form, node);
                        renamed.push(RenamedKey { old, new, origin });
                    }
                }
            }
        }
    }
    renamed
}

/// Where a key is given, as itself or as a file, by somebody else than the application.
fn given(layers: &[Layer], path: &[String]) -> Option<(String, Origin)> {
    let forms = [path.to_vec(), file_form(path)];
    layers.iter().rev().find_map(|layer| {
        forms.iter().find_map(|form| {
            let Node { origin, .. } = layer.tree.at(form.iter().map(String::as_str))?;
            (*origin != Origin::Default).then(|| (written(form), origin.clone()))
        })
    })
}

fn file_form(path: &[String]) -> Vec<String> {
    match path.split_last() {
        Some((last, above)) => [above, &[key::file_of(last)]].concat(),
        None => Vec::new(),
    }
}

fn written(path: &[String]) -> String {
    key::join(path.iter().map(String::as_str))
}
