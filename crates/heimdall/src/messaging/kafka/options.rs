//! Options that are passed through to librdkafka, and those that are not.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::config::Violation;

/// What stands in the place of a secret wherever it would be printed.
const REDACTED: &str = "[redacted]";

const DURABLE: &str = "a published record is durable and in order";
const COMMITTED: &str = "positions are committed only when the work on a record is done";
const MEMBERSHIP: &str = "it belongs to the subscription";
const OTHER_KEY: &str = "it has a setting of its own, `kafka.brokers`";

/// Options that our guarantees rest on, with the reason why they are not for the taking.
const OURS: [(&str, &str); 26] = [
    ("bootstrap.servers", OTHER_KEY),
    ("metadata.broker.list", OTHER_KEY),
    ("acks", DURABLE),
    ("request.required.acks", DURABLE),
    ("enable.idempotence", DURABLE),
    ("enable.gapless.guarantee", DURABLE),
    ("transactional.id", DURABLE),
    ("message.timeout.ms", "it is what `kafka.publish_timeout_seconds` bounds"),
    ("delivery.timeout.ms", "it is what `kafka.publish_timeout_seconds` bounds"),
    ("retries", DURABLE),
    ("message.send.max.retries", DURABLE),
    ("queuing.strategy", DURABLE),
    ("partitioner", "every producer spreads keys alike, by murmur2"),
    ("msg_order_cmp", DURABLE),
    ("produce.offset.report", DURABLE),
    ("enable.auto.commit", COMMITTED),
    ("auto.commit.enable", COMMITTED),
    ("enable.auto.offset.store", COMMITTED),
    ("offset.store.method", COMMITTED),
    ("auto.offset.reset", MEMBERSHIP),
    ("group.id", MEMBERSHIP),
    ("group.instance.id", "several subscribers of one process would drive each other out"),
    ("group.protocol", "partitions are handed over one by one (cooperative-sticky)"),
    ("partition.assignment.strategy", "partitions are handed over one by one (cooperative-sticky)"),
    ("allow.auto.create.topics", "nothing creates a topic in passing"),
    ("enable.partition.eof", "ends of partitions mean nothing here"),
];

/// Options of librdkafka by name. In a file, `sasl.password = "…"` and `"sasl.password" = "…"` are the same.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct KafkaOptions(BTreeMap<String, String>);

impl KafkaOptions {
    /// The options in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same, with one option more.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(name.into(), value.into());
        self
    }

    /// Those that would break what we promise.
    pub(super) fn refused(&self) -> Vec<Violation> {
        let refuse = |(name, value): (&str, &str)| {
            let key = format!("options.{name}");
            if let Some((_, reason)) = OURS.iter().find(|(ours, _)| *ours == name) {
                return Some(Violation::new(key, format!("cannot be set: {reason}")));
            }
            if name == "security.protocol" && value.to_ascii_lowercase().contains("ssl") {
                return Some(Violation::new(
                    key,
                    "must be `plaintext` or `sasl_plaintext`: TLS to Kafka is not built in",
                ));
            }
            let compression = matches!(name, "compression.codec" | "compression.type");
            (compression && !matches!(value, "none" | "gzip"))
                .then(|| Violation::new(key, "must be `none` or `gzip`, which every client reads"))
        };
        self.iter().filter_map(refuse).collect()
    }

    /// Whether an option's value must not be printed.
    fn is_secret(name: &str) -> bool {
        ["password", "secret", "key.pem", "jaas", "token", "sasl.oauthbearer.config"]
            .iter()
            .any(|word| name.contains(word))
    }

    fn shown(&self) -> impl Iterator<Item = (&str, &str)> {
        self.iter().map(|(name, value)| (name, if Self::is_secret(name) { REDACTED } else { value }))
    }
}

impl fmt::Debug for KafkaOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.shown()).finish()
    }
}

impl Serialize for KafkaOptions {
    /// The options as they may be shown: secrets are redacted.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.shown())
    }
}

impl JsonSchema for KafkaOptions {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "KafkaOptions".into()
    }

    /// Any name, with a text, a number, a truth value, or (for dotted names) a table of such.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": { "type": ["string", "number", "boolean", "object"] },
        })
    }
}

impl<'de> Deserialize<'de> for KafkaOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let table = BTreeMap::<String, Value>::deserialize(deserializer)?;
        let mut options = BTreeMap::new();
        for (name, value) in table {
            flatten(name, value, &mut options).map_err(|name| {
                D::Error::custom(format_args!("option `{name}` must be a text, a number or a truth value"))
            })?;
        }
        Ok(Self(options))
    }
}

fn flatten(name: String, value: Value, options: &mut BTreeMap<String, String>) -> Result<(), String> {
    let text = match value {
        Value::String(text) => text,
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Object(table) => {
            return table.into_iter().try_for_each(|(inner, value)| flatten(format!("{name}.{inner}"), value, options));
        }
        Value::Null | Value::Array(_) => return Err(name),
    };
    options.insert(name, text);
    Ok(())
}
