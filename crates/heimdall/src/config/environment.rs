use super::{ConfigBuilder, Origin, SettingError, node::Node};

/// Variables that mean the same to many programs, and the keys they set.
const COMMON: [(&str, &str); 4] = [
    ("DATABASE_URL", "database.url"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "telemetry.otlp_endpoint"),
    ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "telemetry.otlp_traces_endpoint"),
    ("RUST_LOG", "telemetry.filter"),
];

/// What every variable of the service `name` starts with.
pub(super) fn prefix(name: &str) -> String {
    format!("{}__", name.to_uppercase().replace('-', "_"))
}

/// The name of the variable that names the configuration file.
pub(super) fn file_variable(name: &str) -> String {
    format!("{}CONFIG", prefix(name))
}

/// The variables of this process. Those that are not Unicode cannot be ours.
pub(super) fn of_this_process() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Puts the variables over what is in `root`.
pub(super) fn apply(name: &str, variables: &[(String, String)], root: &mut Node, problems: &mut Vec<SettingError>) {
    for (variable, key) in COMMON {
        if let Some(value) = find(variables, variable) {
            let path = ConfigBuilder::path_of(key);
            root.put(&path, Node::untyped(Origin::CommonVariable(variable.to_owned()), value));
        }
    }
    let (prefix, file) = (prefix(name), file_variable(name));
    let mut ours: Vec<_> = variables
        .iter()
        .filter(|(variable, value)| variable.starts_with(&prefix) && *variable != file && !value.is_empty())
        .collect();
    // In this order a whole table (`…__OPTIONS`) comes before what is put into it (`…__OPTIONS__KEY`).
    ours.sort();
    for (variable, value) in ours {
        let path: Vec<String> = variable[prefix.len()..].split("__").map(str::to_lowercase).collect();
        let origin = Origin::Variable(variable.clone());
        if path.len() < 2 || path.iter().any(String::is_empty) {
            let message = format!("a variable of this service is called {prefix}SECTION__KEY");
            problems.push(SettingError::new("", &origin, message));
        } else {
            root.put(&path, Node::untyped(origin, value.as_str()));
        }
    }
}

/// A variable that is set and not empty.
pub(super) fn find<'v>(variables: &'v [(String, String)], name: &str) -> Option<&'v str> {
    variables.iter().find(|(variable, value)| variable == name && !value.is_empty()).map(|(_, value)| value.as_str())
}
