//! Tables of options, whose keys are free.

use std::fs;

use heimdall::messaging::kafka::KafkaConfig;

use super::{folder, shop};

fn options(toml: &str, variables: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
    let folder = folder();
    fs::write(folder.path().join("password"), "hunter2\n").unwrap();
    let config = shop(&folder, toml, variables).load().map_err(|error| error.to_string())?;
    let kafka = config.section::<KafkaConfig>().map_err(|error| error.to_string())?;
    let printed = format!("{kafka:?} {}", config.effective().unwrap());
    assert!(!printed.contains("hunter2"), "{printed}");
    Ok(kafka.options.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

#[test]
fn an_option_may_be_given_as_a_file() {
    let password = pairs(&[("sasl.password", "hunter2")]);
    assert_eq!(options("[kafka.options]\nsasl.password_file = \"password\"", &[]).unwrap(), password);
    assert_eq!(options("[kafka.options]\n\"sasl.password_file\" = \"password\"", &[]).unwrap(), password);
    let variable = [("SHOP__KAFKA__OPTIONS__SASL__PASSWORD_FILE", "password")];
    assert_eq!(options("", &variable).unwrap(), password);
    assert_eq!(options("[kafka.options]\nsasl.password = \"old\"", &variable).unwrap(), password);
    let variable = [("SHOP__KAFKA__OPTIONS", r#"{"sasl.password_file": "password"}"#)];
    assert_eq!(options("", &variable).unwrap(), password);

    let missing = options("[kafka.options]\nsasl.password_file = \"nowhere\"", &[]).unwrap_err();
    assert!(missing.contains("kafka.options.\"sasl.password_file\" (shop.toml:2): the file"), "{missing}");
    let both = options("[kafka.options]\nsasl.password = \"x\"\nsasl.password_file = \"password\"", &[]).unwrap_err();
    assert!(both.contains("give either `sasl.password` or `sasl.password_file`, not both"), "{both}");
}

#[test]
fn options_whose_own_names_speak_of_files_are_passed_through() {
    let toml = "[kafka.options]\nssl.ca.location = \"/ca.pem\"\nsasl.oauthbearer.assertion.file = \"/a\"";
    let through = pairs(&[("sasl.oauthbearer.assertion.file", "/a"), ("ssl.ca.location", "/ca.pem")]);
    assert_eq!(options(toml, &[]).unwrap(), through);
}

#[test]
fn layers_merge_option_by_option_however_names_are_written() {
    let toml = "[kafka.options]\n\"sasl.username\" = \"file\"\ndebug = \"broker\"";
    let variables = [("SHOP__KAFKA__OPTIONS__SASL__USERNAME", "variable")];
    assert_eq!(options(toml, &variables).unwrap(), pairs(&[("debug", "broker"), ("sasl.username", "variable")]));
}

#[test]
fn one_variable_for_the_table_and_others_for_keys_of_it_go_together() {
    let toml = "[kafka.options]\nclient.rack = \"file\"";
    let variables = [
        ("SHOP__KAFKA__OPTIONS", r#"{"debug": "all", "sasl.username": "me"}"#),
        ("SHOP__KAFKA__OPTIONS__DEBUG", "broker"),
    ];
    assert_eq!(options(toml, &variables).unwrap(), pairs(&[("debug", "broker"), ("sasl.username", "me")]));

    let variables = [("SHOP__KAFKA__OPTIONS", "hunter2"), ("SHOP__KAFKA__OPTIONS__DEBUG", "broker")];
    let error = options("", &variables).unwrap_err();
    let wrong =
        "kafka.options (SHOP__KAFKA__OPTIONS): must be a JSON object, since SHOP__KAFKA__OPTIONS__DEBUG sets a key";
    assert!(error.contains(wrong) && !error.contains("hunter2"), "{error}");
}
