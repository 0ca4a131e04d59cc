use serde_json::json;

use super::{folder, shop};

#[test]
fn the_schema_describes_every_key_with_its_default() {
    let schema = shop(&folder(), "", &[]).default("http.port", 7100).schema();
    let port = &schema["properties"]["http"]["properties"]["port"];
    assert_eq!(port["default"], json!(7100));
    assert_eq!(port["maximum"], json!(65535));
    assert_eq!(port["description"], json!("The port; 0 picks a free one and says which."));
    let limits = &schema["properties"]["http"]["properties"]["limits"];
    assert_eq!(limits["properties"]["request_seconds"]["default"], json!(30));
    assert_eq!(schema["properties"]["telemetry"]["properties"]["otlp_endpoint"]["default"], json!(null));
    for (name, section) in schema["properties"].as_object().unwrap() {
        assert_eq!(section["additionalProperties"], json!(false), "{name}");
        for (key, property) in section["properties"].as_object().unwrap() {
            // The sections of this test say nothing of themselves.
            assert!(name == "shop" || property["description"].is_string(), "{name}.{key} has no description");
        }
    }
}

/// What a validator of the schema says of a file.
fn errors(toml: &str) -> Vec<String> {
    let schema = shop(&folder(), "", &[]).schema();
    let value: serde_json::Value = serde_json::to_value(toml.parse::<toml::Table>().unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(&value).map(|error| error.to_string()).collect()
}

#[test]
fn the_schema_takes_what_loads_and_refuses_what_does_not() {
    assert_eq!(
        errors("[http]\nport = 1\n[log]\nadapter = \"kafka\"\n[kafka.options]\nsasl.username = \"me\""),
        [""; 0]
    );
    assert_eq!(errors("shop.token_file = \"token\"\nhttp.port_file = \"port\"\ndatabase.url = \"sqlite:x\""), [""; 0]);
    assert_eq!(errors("[[shop.sources]]\npath = \"x\""), [""; 0]);
    for wrong in
        ["http.prt = 1", "http.port = 70000", "log.adapter = \"kafak\"", "hpt.port = 1", "shop.token_fil = \"x\""]
    {
        assert_eq!(errors(wrong).len(), 1, "{wrong}");
    }
}
