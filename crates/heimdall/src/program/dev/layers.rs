use serde_json::Value;

use crate::{
    config::{ConfigBuilder, Origin},
    program::note,
};

/// Says what is configured and has no effect in a development instance, so that nobody looks for it: other values of
/// what is `fixed`, and whatever is there of the keys that are `unused`.
pub(super) fn say_ignored(builder: &ConfigBuilder, fixed: &[(String, String)], unused: &[String]) {
    // What is wrong with the configuration is said when it is loaded for good.
    let Ok(effective) = builder.clone().load().and_then(|config| config.effective()) else { return };
    let set: Vec<_> = effective
        .entries()
        .iter()
        .filter(|entry| match entry.origin {
            // What many programs read may be meant for another.
            Origin::Default | Origin::CommonVariable(_) => false,
            _ => match fixed.iter().find(|(key, _)| *key == entry.key) {
                Some((_, value)) => said(&entry.value) != *value,
                None => unused.contains(&entry.key),
            },
        })
        .map(|entry| format!("{} ({})", entry.key, entry.origin))
        .collect();
    if !set.is_empty() {
        let (ignored, name) = (set.join(", "), builder.name());
        note(format_args!("ignored: {ignored}; `{name} dev` has its own database, log, tokens and keys, on 127.0.0.1"));
    }
}

/// A value as a command line would have it.
fn said(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
