use std::borrow::Cow;
use std::sync::Arc;

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use crate::messaging::event::EventType;

/// What is said of a type of events in AsyncAPI.
#[derive(Clone)]
pub struct EventDescription {
    /// The type, as in the envelope.
    pub kind: Cow<'static, str>,
    /// What has happened when it is sent; `None` takes the description of the schema.
    pub summary: Option<Cow<'static, str>>,
    /// An example of the data.
    pub example: Option<Value>,
    schema: Arc<dyn Fn(&mut SchemaGenerator) -> Schema + Send + Sync>,
}

impl EventDescription {
    /// What the documentation of a type says.
    pub fn of<T: EventType>() -> Self {
        Self::new(T::TYPE, |generator| generator.subschema_for::<T>())
    }

    /// Events of the type `kind`, whose data has the schema that `schema` makes.
    pub fn new(
        kind: impl Into<Cow<'static, str>>,
        schema: impl Fn(&mut SchemaGenerator) -> Schema + Send + Sync + 'static,
    ) -> Self {
        Self { kind: kind.into(), summary: None, example: None, schema: Arc::new(schema) }
    }

    /// The same, with data that is shown as an example.
    #[must_use]
    pub fn example(self, example: Value) -> Self {
        Self { example: Some(example), ..self }
    }

    /// The same, with a summary.
    #[must_use]
    pub fn summary(self, summary: impl Into<Cow<'static, str>>) -> Self {
        Self { summary: Some(summary.into()), ..self }
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
