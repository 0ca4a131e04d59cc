//! Options: passed through, or refused with the reason.

use heimdall::config::{Config, Section};
use heimdall::messaging::kafka::{KafkaConfig, KafkaLog, KafkaOptions};

fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}

fn with(name: &str, value: &str) -> KafkaConfig {
    KafkaConfig { options: KafkaOptions::default().with(name, value), ..KafkaConfig::default() }
}

#[test]
fn options_that_would_break_a_promise_are_refused_with_the_reason() {
    for (name, value, reason) in [
        ("enable.auto.commit", "true", "positions are committed only when"),
        ("enable.auto.offset.store", "true", "positions are committed only when"),
        ("acks", "1", "durable and in order"),
        ("enable.idempotence", "false", "durable and in order"),
        ("partitioner", "consistent_random", "murmur2"),
        ("compression.codec", "zstd", "`none` or `gzip`"),
        ("compression.type", "lz4", "`none` or `gzip`"),
        ("bootstrap.servers", "other:9092", "`kafka.brokers`"),
        ("group.id", "mine", "subscription"),
        ("security.protocol", "SASL_SSL", "TLS to Kafka is not built in"),
    ] {
        let error = KafkaLog::new(with(name, value)).err().expect(name);
        let told = told(&error);
        assert!(told.contains(&format!("kafka.options.{name}")) && told.contains(reason), "{told}");
        assert_eq!(with(name, value).validate().len(), 1, "the configuration says so too");
    }
    for (name, value) in
        [("compression.codec", "gzip"), ("linger.ms", "5"), ("client.id", "shop"), ("fetch.wait.max.ms", "100")]
    {
        assert!(with(name, value).validate().is_empty(), "{name}");
        KafkaLog::new(with(name, value)).map(drop).expect(name);
    }
}

#[test]
fn what_librdkafka_refuses_is_told_without_the_value() {
    let error = KafkaLog::new(with("linger.ms", "hunter2")).err().unwrap();
    assert!(told(&error).contains("kafka.options.linger.ms") && !told(&error).contains("hunter2"), "{}", told(&error));
    let error = KafkaLog::new(with("no.such.option", "1")).err().unwrap();
    assert!(told(&error).contains("no.such.option"), "{}", told(&error));
}

#[test]
fn brokers_must_be_addresses() {
    for brokers in ["", "kafka", "kafka:0", ":9092", "kafka:9092,"] {
        let config = KafkaConfig { brokers: brokers.to_owned(), ..KafkaConfig::default() };
        assert!(KafkaLog::new(config).err().is_some_and(|error| error.to_string().contains("host:port")), "{brokers}");
    }
}

#[test]
fn options_come_as_a_table_or_as_one_json_value_and_secrets_are_not_shown() {
    let load = |json: &str| {
        let variables = [("SHOP__KAFKA__BROKERS", "kafka:9092"), ("SHOP__KAFKA__OPTIONS", json)];
        Config::builder("shop").environment(variables).load()?.section::<KafkaConfig>()
    };
    let config =
        load(r#"{"sasl.password": "hunter2", "ssl": {"ca": {"location": "/ca.pem"}}, "linger.ms": 5}"#).unwrap();
    let options: Vec<_> = config.options.iter().collect();
    assert_eq!(options, [("linger.ms", "5"), ("sasl.password", "hunter2"), ("ssl.ca.location", "/ca.pem")]);
    let shown = format!("{config:?} {}", serde_json::to_string(&config).unwrap());
    assert!(!shown.contains("hunter2") && shown.contains("/ca.pem"), "{shown}");
    assert!(load(r#"{"linger.ms": [5]}"#).is_err());
    assert!(told(&load(r#"{"acks": 1}"#).unwrap_err()).contains("kafka.options.acks"));
}
