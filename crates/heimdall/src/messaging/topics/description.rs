use std::borrow::Cow;
use std::sync::Arc;

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use crate::messaging::event::EventType;

/// What is said of a type of events in AsyncAPI. Fields that are `None` are left out there, or have a general text.
#[derive(Clone)]
pub struct EventDescription {
    /// The type, as in the envelope.
    pub kind: Cow<'static, str>,
    /// What has happened when it is sent; `None` takes the description of the schema.
    pub summary: Option<Cow<'static, str>>,
    /// What the record's key is, such as `The task's id`.
    pub key: Option<Cow<'static, str>>,
    /// The `source` of such events, where it is another service that publishes them.
    pub source: Option<Cow<'static, str>>,
    /// An example of the data.
    pub example: Option<Value>,
    /// The key of the example's record.
    pub example_key: Option<Cow<'static, str>>,
    schema: Arc<dyn Fn(&mut SchemaGenerator) -> Schema + Send + Sync>,
}

impl EventDescription {
    /// What the documentation of a type says.
    pub fn of<T: EventType>() -> Self {
        Self::new(T::TYPE, |generator| T::json_schema(generator))
    }

    /// Events of the type `kind`, whose data has the schema that `schema` makes.
    pub fn new(
        kind: impl Into<Cow<'static, str>>,
        schema: impl Fn(&mut SchemaGenerator) -> Schema + Send + Sync + 'static,
    ) -> Self {
        Self {
            kind: kind.into(),
            summary: None,
            key: None,
            source: None,
            example: None,
            example_key: None,
            schema: Arc::new(schema),
        }
    }

    /// The schema of the data, with references into the generator's definitions.
    pub fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        (self.schema)(generator)
    }
}

impl std::fmt::Debug for EventDescription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("EventDescription").field(&self.kind).finish()
    }
}
