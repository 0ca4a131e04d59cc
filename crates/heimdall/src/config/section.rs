use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use super::violation::Violation;

/// A part of the configuration as a typed struct that owns its path, its defaults and its validation.
///
/// Derive `Serialize` and `Deserialize` with `#[serde(default)]`, derive `JsonSchema`, and implement `Default`: what it
/// serializes to names its keys and defaults, so leave out neither fields (`skip_serializing_if`) nor names
/// (`flatten`). The doc comments of its fields describe the keys in the [schema](super::ConfigBuilder::schema) and in
/// the [file of defaults](super::ConfigBuilder::documented_defaults), and say the unit. A text that must not be printed
/// is a [`Secret`](super::Secret).
pub trait Section: Default + Serialize + DeserializeOwned + JsonSchema + 'static {
    /// Where the section stands, for example `http`. Paths of sections never contain each other.
    const PATH: &'static str;

    /// Keys that were renamed, as (old, new), relative to the section. The old key is still read, and warned of when the
    /// service starts; who gives both is refused.
    const RENAMED: &'static [(&'static str, &'static str)] = &[];

    /// Tables, relative to the section, that hold the options of another program by their own names, which are free and
    /// have dots, such as `kafka.options`. There `a.b = 1` and `"a.b" = 1` are the same key, layers merge key by key,
    /// and a text `<key>_file` names a file that holds the value of `<key>`: an option whose own name ends in `_file`
    /// can't be given there. Names that end otherwise, such as librdkafka's `ssl.ca.location` or `….file`, are options
    /// like any other. In all other tables with free keys, keys are taken as they are.
    const OPTION_TABLES: &'static [&'static str] = &[];

    /// What is wrong with values that have the right types, all at once.
    fn validate(&self) -> Vec<Violation> {
        Vec::new()
    }
}
