use application::JsonObject;
use serde_json::Value;
use zeroize::Zeroizing;

/// Shorter values are found everywhere by chance.
const MIN_BYTES: usize = 8;

/// The values that must not be in an artifact, with the names of their parameters.
pub(super) struct Secrets {
    values: Vec<(String, Zeroizing<Vec<u8>>)>,
}

impl Secrets {
    pub(super) fn of(secrets: &JsonObject) -> Self {
        let mut values = Vec::new();
        for (name, value) in secrets {
            collect(name, value, &mut values);
        }
        Self { values }
    }

    /// The name of a parameter whose value is in these bytes. Templates never see a secret, so this finds only what
    /// was also given as something else, or was known to the template's author.
    pub(super) fn within(&self, bytes: &[u8]) -> Option<&str> {
        let found = |(_, secret): &&(String, Zeroizing<Vec<u8>>)| {
            bytes.windows(secret.len()).any(|window| window == secret.as_slice())
        };
        self.values.iter().find(found).map(|(name, _)| name.as_str())
    }
}

fn collect(name: &str, value: &Value, values: &mut Vec<(String, Zeroizing<Vec<u8>>)>) {
    match value {
        Value::String(text) if text.len() >= MIN_BYTES => {
            values.push((name.to_owned(), Zeroizing::new(text.as_bytes().to_vec())));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(name, item, values)),
        Value::Object(members) => {
            members.iter().for_each(|(member, value)| collect(&format!("{name}.{member}"), value, values));
        }
        _ => {}
    }
}
