use heimdall::config::Config;
use heimdall::messaging::{LogAdapter, LogConfig};
use heimdall::server::HttpConfig;
use heimdall::telemetry::TelemetryConfig;

use super::{Shop, folder, load, shop};

#[test]
fn each_layer_wins_over_the_one_before() {
    let folder = folder();
    let toml = "[http]\nport = 2\nlimits.body_bytes = 20\nlimits.request_seconds = 200\n";
    let variables = [("SHOP__HTTP__LIMITS__BODY_BYTES", "30"), ("SHOP__HTTP__LIMITS__REQUEST_SECONDS", "300")];
    let config = shop(&folder, toml, &variables)
        .default("http.port", 1)
        .default("http.address", "0.0.0.0")
        .argument("--timeout", "http.limits.request_seconds", "400")
        .load()
        .unwrap();
    let http = config.section::<HttpConfig>().unwrap();
    assert_eq!(http.socket().to_string(), "0.0.0.0:2");
    assert_eq!((http.limits.body_bytes, http.limits.request_seconds), (30, 400));
    let effective = config.effective().unwrap();
    let origin = |key: &str| effective.entries().iter().find(|e| e.key == key).unwrap().origin.to_string();
    assert_eq!(origin("http.address"), "default");
    assert_eq!(origin("http.public_url"), "default");
    assert_eq!(origin("http.port"), "shop.toml:2");
    assert_eq!(origin("http.limits.body_bytes"), "SHOP__HTTP__LIMITS__BODY_BYTES");
    assert_eq!(origin("http.limits.request_seconds"), "--timeout");
}

#[test]
fn variables_that_are_the_same_everywhere_rank_below_our_own() {
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
    let telemetry = |variables: &[_]| load("", variables).unwrap().section::<TelemetryConfig>().unwrap();
    assert_eq!(telemetry(&[endpoint]).otlp_endpoint.unwrap().as_str(), "http://collector:4318/");
    assert_eq!(telemetry(&[("RUST_LOG", "debug")]).filter, "debug");
    assert_eq!(telemetry(&[("RUST_LOG", "debug"), ("SHOP__TELEMETRY__FILTER", "warn")]).filter, "warn");
    assert_eq!(telemetry(&[("SHOP__TELEMETRY__FILTER", "")]).filter, "info", "an empty variable is not set");
}

#[test]
fn a_variable_means_what_its_reader_asks_for() {
    let variables = [
        ("SHOP__SHOP__NAME", "7100"),
        ("SHOP__SHOP__SIZE", " 7 "),
        ("SHOP__SHOP__OPEN", "true"),
        ("SHOP__SHOP__BROKERS", "a:1, b:2"),
        ("SHOP__SHOP__OPTIONS", r#"{"linger.ms": 5, "acks": "all"}"#),
        ("SHOP__SHOP__SOURCES", r#"[{"path": "x", "depth": 3}]"#),
        ("SHOP__LOG__ADAPTER", "embedded"),
    ];
    let config = load("", &variables).unwrap();
    let shop = config.section::<Shop>().unwrap();
    assert_eq!((shop.name.as_str(), shop.size, shop.open), ("7100", 7, true));
    assert_eq!(shop.brokers, ["a:1", "b:2"]);
    assert_eq!(shop.options["linger.ms"], 5);
    assert_eq!(shop.options["acks"], "all");
    assert_eq!((shop.sources[0].path.as_str(), shop.sources[0].depth), ("x", 3));
    assert_eq!(config.section::<LogConfig>().unwrap().adapter, LogAdapter::Embedded);
}

#[test]
fn a_table_in_a_variable_replaces_the_one_in_the_file_and_its_parts_can_be_set_alone() {
    let toml = "[shop.options]\nacks = 1\n\"linger.ms\" = 5\n";
    let options = |variables: &[_]| load(toml, variables).unwrap().section::<Shop>().unwrap().options;
    assert_eq!(options(&[("SHOP__SHOP__OPTIONS", r#"{"retries": 3}"#)]).keys().collect::<Vec<_>>(), ["retries"]);
    assert_eq!(options(&[("SHOP__SHOP__OPTIONS__ACKS", "all")])["acks"], "all");
    assert_eq!(options(&[("SHOP__SHOP__OPTIONS__ACKS", "all")])["linger.ms"], 5);
}

#[test]
fn the_file_can_be_named() {
    let folder = folder();
    std::fs::write(folder.path().join("other.toml"), "http.port = 9").unwrap();
    let port = |config: Config| config.section::<HttpConfig>().unwrap().port;
    assert_eq!(port(shop(&folder, "http.port = 8", &[]).load().unwrap()), 8);
    assert_eq!(port(shop(&folder, "http.port = 8", &[("SHOP__CONFIG", "other.toml")]).load().unwrap()), 9);
    assert_eq!(port(shop(&folder, "http.port = 8", &[]).file("other.toml").load().unwrap()), 9);
    let error = shop(&folder, "", &[]).file("none.toml").load().unwrap_err().to_string();
    assert!(error.contains("none.toml cannot be read"), "{error}");
}

#[test]
fn a_section_may_be_claimed_after_loading() {
    let config = Config::builder("shop").environment([("SHOP__SHOP__SIZE", "3")]).load().unwrap();
    assert!(config.refuse_unclaimed().unwrap_err().to_string().contains("shop.size (SHOP__SHOP__SIZE)"));
    assert_eq!(config.section::<Shop>().unwrap().size, 3);
    config.refuse_unclaimed().unwrap();
}
