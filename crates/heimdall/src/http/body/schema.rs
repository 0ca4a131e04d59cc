use std::{
    any::{TypeId, type_name},
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use jsonschema::Validator;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{close::close, of_serde_path, violation};
use crate::http::{FieldError, Problem, problem::kinds};

/// A JSON Schema, compiled. That of a type is compiled once for the life of the process.
pub(crate) struct Shape {
    validator: Validator,
    /// The schema itself, which tells what would have been right.
    pub(in crate::http) schema: Value,
}

impl Shape {
    /// The shape of `T`. Objects are closed unless their schema says otherwise: a field that is not declared is an
    /// error, for someone meant something by it.
    pub(in crate::http) fn of<T: JsonSchema + 'static>() -> Result<Arc<Self>, Problem> {
        static SHAPES: LazyLock<RwLock<HashMap<TypeId, Arc<Shape>>>> = LazyLock::new(RwLock::default);
        let id = TypeId::of::<T>();
        if let Some(shape) = SHAPES.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(shape.clone());
        }
        let generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
        let mut schema = generator.into_root_schema_for::<T>().to_value();
        close(&mut schema);
        let shape = Self::compile(schema).map_err(|error| {
            tracing::error!(r#type = type_name::<T>(), %error, "the type's JSON Schema cannot be compiled");
            Problem::new(kinds::INTERNAL_ERROR)
        })?;
        let shape = Arc::new(shape);
        SHAPES.write().unwrap_or_else(PoisonError::into_inner).insert(id, shape.clone());
        Ok(shape)
    }

    /// The shape that a schema describes. The error says what is wrong with the schema.
    pub(crate) fn compile(schema: Value) -> Result<Self, String> {
        let options = jsonschema::options().should_validate_formats(true);
        let validator = options.build(&schema).map_err(|error| error.to_string())?;
        Ok(Self { validator, schema })
    }

    /// Everything in which the value differs from the schema.
    pub(crate) fn violations(&self, value: &Value) -> Vec<FieldError> {
        // The common case first: it allocates nothing.
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let errors = self.validator.iter_errors(value);
        let errors: Vec<_> = errors.take(super::MAX_ERRORS).collect();
        violation::name_all(&self.schema, &errors)
    }
}

/// Reads a value that has the shape.
pub(in crate::http) fn read<T: DeserializeOwned>(value: Value) -> Result<T, FieldError> {
    // Types may be narrower than their schema can say (a name with rules of its own).
    serde_path_to_error::deserialize(value).map_err(|error| {
        let message = error.inner().to_string();
        let pointer = of_serde_path(error.path());
        // serde's own messages repeat the value, which may be a secret; those of our types don't.
        let own = ["invalid type", "invalid value", "invalid length", "unknown variant"];
        match message.split_once(", expected ") {
            Some((_, expected)) if own.iter().any(|start| message.starts_with(start)) => {
                FieldError::new(pointer, "does not fit", expected)
            }
            _ => FieldError::new(pointer, message, ""),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Map, json};

    use super::{super::MAX_ERRORS, *};

    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Order {
        template: String,
        #[serde(default)]
        parameters: serde_json::Map<String, Value>,
        account: Option<Account>,
        start: Option<bool>,
        #[serde(default)]
        kind: Kind,
        delivery: Option<Delivery>,
        #[serde(flatten)]
        common: Common,
        #[schemars(length(max = 2))]
        items: Option<Vec<Item>>,
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Account {
        identifier: uuid::Uuid,
        role: String,
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Common {
        note: Option<String>,
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Item {
        #[schemars(range(min = 1))]
        count: u8,
    }

    #[derive(Default, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        /// The usual one.
        #[default]
        Service,
        /// Another.
        Library,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "by", rename_all = "lowercase")]
    #[expect(dead_code, reason = "only its shape matters")]
    enum Delivery {
        Mail { address: String },
        Hook { url: String, retries: u8 },
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Mail {
        address: String,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(tag = "by", rename_all = "lowercase")]
    #[expect(dead_code, reason = "only its shape matters")]
    enum Wrapped {
        Mail(Mail),
        Nothing,
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Flattened {
        id: u8,
        /// The same type stands alone and as a part.
        backup: Option<Mail>,
        #[serde(flatten)]
        way: Wrapped,
    }

    #[test]
    fn objects_that_are_made_of_parts_are_closed_as_a_whole() {
        let shape = Shape::of::<Flattened>().unwrap();
        let wrong =
            |value: Value| -> Vec<String> { shape.violations(&value).into_iter().map(|error| error.pointer).collect() };
        let none: [&str; 0] = [];
        assert_eq!(wrong(json!({"id": 1, "by": "mail", "address": "a"})), none);
        assert_eq!(wrong(json!({"id": 1, "by": "nothing", "backup": {"address": "a"}})), none);
        assert_eq!(wrong(json!({"id": 1, "by": "mail", "address": "a", "adress": "a"})), ["/adress"]);
        assert_eq!(
            wrong(json!({"id": 1, "by": "mail", "address": "a", "backup": {"x": 1}})),
            ["/backup/address", "/backup/x"]
        );
    }

    #[test]
    fn each_field_of_what_has_none_is_named() {
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        let shape = Shape::of::<Nothing>().unwrap();
        let errors = shape.violations(&json!({"a": 1, "b": {}}));
        let named: Vec<_> = errors.iter().map(|error| (error.pointer.as_str(), error.expected.as_str())).collect();
        assert_eq!(named, [("/a", "no fields"), ("/b", "no fields")]);
        assert_eq!(shape.violations(&json!({})), []);
    }

    fn wrong(value: Value) -> Vec<(String, String, String)> {
        let shape = Shape::of::<Order>().unwrap();
        let mut errors = shape.violations(&value);
        if errors.is_empty() {
            errors.extend(read::<Order>(value).err());
        }
        errors.into_iter().map(|error| (error.pointer, error.detail, error.expected)).collect()
    }

    #[test]
    fn what_is_right_passes() {
        let order = json!({
            "template": "service", "parameters": {"anything": [1, {"goes": null}]}, "account": null, "note": "x",
            "delivery": {"by": "hook", "url": "u", "retries": 3}, "kind": "library", "items": [{"count": 1}],
        });
        assert_eq!(wrong(order), []);
        assert_eq!(wrong(json!({"template": "service"})), []);
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        insta::assert_debug_snapshot!(wrong(json!({
            "templat": "service", "parameters": [], "account": {"identifier": "1", "rol/e": 1}, "start": "yes",
            "delivery": {"by": "hook", "url": 7, "address": "a"}, "kind": "servce", "items": [{"count": 0}, {}, 7],
        })));
    }

    #[test]
    fn a_body_of_errors_is_no_more_work_than_its_answer() {
        let unknown = |fields: usize| (0..fields).map(|n| (format!("f{n}"), json!(1))).collect::<Map<String, Value>>();
        assert_eq!(wrong(Value::Object(unknown(80_000))).len(), MAX_ERRORS);
        // The same inside an alternative and a part.
        let errors = wrong(json!({"template": "t", "account": unknown(80_000), "items": [unknown(80_000)]}));
        assert_eq!(errors.len(), MAX_ERRORS);
        let flattened = Shape::of::<Flattened>().unwrap();
        assert_eq!(flattened.violations(&Value::Object(unknown(80_000))).len(), MAX_ERRORS);
    }

    #[test]
    fn tags_and_alternatives_are_told_apart() {
        insta::assert_debug_snapshot!([
            wrong(json!({"template": "t", "delivery": {"by": "pigeon"}})),
            wrong(json!({"template": "t", "delivery": {}})),
            wrong(json!({"template": "t", "delivery": 7})),
            wrong(json!({"template": "t", "account": "x"})),
            wrong(json!({"template": "t", "items": [{"count": 256}]})),
            wrong(json!({"template": "t", "items": [{"count": 1.0}]})),
            wrong(json!([])),
            wrong(json!(null)),
        ]);
    }
}
