/// A JSON object: how a task's parameters and a catalog's documents are written.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;
