//! What the process's variables say.

use serde_json::Value;

use super::{
    error::SettingError,
    key,
    node::{Kind, Node, Table},
    origin::Origin,
};

/// Variables that mean the same to many programs, and the keys they set.
const COMMON: [(&str, &str); 4] = [
    ("DATABASE_URL", "database.url"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "telemetry.otlp_endpoint"),
    ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "telemetry.otlp_traces_endpoint"),
    ("RUST_LOG", "telemetry.filter"),
];

/// The variable that names the configuration file.
pub(super) const FILE: &str = "CONFIG";
/// The variable that names the profile.
pub(super) const PROFILE: &str = "PROFILE";
/// The variable that names the folder of secrets.
pub(super) const SECRETS_DIR: &str = "SECRETS_DIR";

/// The names of a service's variables, and the variables themselves.
pub(super) struct Environment<'v> {
    prefix: String,
    variables: &'v [(String, String)],
}

/// The layer of a service's own variables.
pub(super) struct Own {
    pub(super) tree: Node,
    /// Tables of which one variable gives the whole, and others give parts: nothing below is left of them.
    pub(super) replaced: Vec<Vec<String>>,
}

/// The variables of this process. Those that are not Unicode cannot be ours.
pub(super) fn of_this_process() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

impl<'v> Environment<'v> {
    /// The variables of the service `name`; empty ones count as not set.
    pub(super) fn new(name: &str, variables: &'v [(String, String)]) -> Self {
        Self { prefix: format!("{}__", name.to_uppercase().replace('-', "_")), variables }
    }

    /// What the variable [`FILE`], [`PROFILE`] or [`SECRETS_DIR`] says, and its whole name.
    pub(super) fn setting(&self, name: &str) -> Option<(String, &'v str)> {
        let name = format!("{}{name}", self.prefix);
        self.find(&name).map(|value| (name, value))
    }

    /// What the variables say that many programs read.
    pub(super) fn common(&self) -> Node {
        let mut tree = Node::empty();
        for (variable, key) in COMMON {
            if let Some(value) = self.find(variable) {
                tree.put(&key::split(key), Node::untyped(Origin::CommonVariable(variable.to_owned()), value));
            }
        }
        tree
    }

    /// What the service's own variables say.
    pub(super) fn own(&self, problems: &mut Vec<SettingError>) -> Own {
        let prefix = &self.prefix;
        let mut own = Own { tree: Node::empty(), replaced: Vec::new() };
        let settings = [FILE, PROFILE, SECRETS_DIR].map(|name| format!("{prefix}{name}"));
        let mut variables: Vec<_> = self
            .variables
            .iter()
            .filter(|(variable, value)| {
                variable.starts_with(prefix) && !settings.contains(variable) && !value.is_empty()
            })
            .collect();
        // In this order a whole table (`…__OPTIONS`) comes before what is put into it (`…__OPTIONS__KEY`).
        variables.sort();
        for (variable, value) in variables {
            let path: Vec<String> = variable[prefix.len()..].split("__").map(str::to_lowercase).collect();
            let origin = Origin::Variable(variable.clone());
            if path.len() < 2 || path.iter().any(String::is_empty) {
                let message = format!("a variable of this service is called {prefix}SECTION__KEY");
                problems.push(SettingError::new("", &origin, message));
                continue;
            }
            own.open_table(&path, variable, problems);
            own.tree.put(&path, Node::untyped(origin, value.as_str()));
        }
        own
    }

    /// A variable that is set and not empty.
    fn find(&self, name: &str) -> Option<&'v str> {
        let set = |(variable, value): &&(String, String)| variable == name && !value.is_empty();
        self.variables.iter().find(set).map(|(_, value)| value.as_str())
    }
}

impl Own {
    /// Makes a table of a text that another variable has set above `path`, so that `variable` can set a key of it.
    fn open_table(&mut self, path: &[String], variable: &str, problems: &mut Vec<SettingError>) {
        for above in (1..path.len()).map(|length| &path[..length]) {
            let Some(Node { origin, kind: Kind::Untyped(text) }) = self.tree.at(above.iter().map(String::as_str))
            else {
                continue;
            };
            let table = if let Ok(table @ Value::Object(_)) = serde_json::from_str::<Value>(text) {
                Node::json(origin, table)
            } else {
                let key = key::join(above.iter().map(String::as_str));
                let message = format!("must be a JSON object, since {variable} sets a key of it");
                problems.push(SettingError::new(key, origin, message));
                Node::new(origin.clone(), Kind::Table(Table::new()))
            };
            self.tree.put(above, table);
            self.replaced.push(above.to_vec());
        }
    }
}
