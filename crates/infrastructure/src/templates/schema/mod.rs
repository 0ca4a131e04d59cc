//! A template's parameters: one JSON Schema object, what it leaves to defaults, what it keeps secret, and what is
//! wrong with given parameters.

mod defaults;
mod keywords;
mod parameter_schema;
mod secrets;
mod violations;

pub(super) use parameter_schema::ParameterSchema;
pub(super) use violations::SchemaViolation;
