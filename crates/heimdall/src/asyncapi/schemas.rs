//! The JSON Schemas of what events carry: an envelope's `dataschema` is the address of one of them.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::{AsyncApi, message};
use crate::messaging::topics::schema_path;

/// The addresses of all schemas.
pub fn index(api: &AsyncApi) -> Value {
    let addresses: Vec<_> = api.types().map(schema_path).collect();
    json!({"schemas": addresses})
}

/// The schema of a type's data (JSON Schema 2020-12), if the service speaks of the type.
pub fn schema(api: &AsyncApi, kind: &str) -> Option<Value> {
    let event = api.events().into_iter().find(|event| event.kind == kind)?;
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let data = message::data(&mut generator, event);
    let mut document = Map::new();
    document.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    document.insert("$id".to_owned(), json!(api.schema_address(kind)));
    document.extend(data.as_object().cloned().unwrap_or_default());
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        document.insert("$defs".to_owned(), Value::Object(definitions));
    }
    Some(Value::Object(document))
}
