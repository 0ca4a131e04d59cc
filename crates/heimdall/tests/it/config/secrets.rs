use super::{Shop, folder, load, shop};

#[test]
fn a_secret_comes_from_a_file_and_is_never_printed() {
    let folder = folder();
    std::fs::write(folder.path().join("token"), "hunter2\n").unwrap();
    let config = shop(&folder, "shop.token_file = \"token\"", &[]).load().unwrap();
    let section = config.section::<Shop>().unwrap();
    assert_eq!(section.token.expose(), "hunter2");
    let effective = config.effective().unwrap();
    let entry = effective.entries().iter().find(|entry| entry.key == "shop.token").unwrap();
    assert_eq!(entry.value, "[redacted]");
    assert!(entry.origin.to_string().ends_with("token (named by shop.toml:1)"), "{}", entry.origin);
    let printed =
        format!("{section:?} {effective:?} {effective} {config:?} {}", serde_json::to_string(&effective).unwrap());
    assert!(!printed.contains("hunter2"));
}

#[test]
fn a_later_layer_wins_also_between_a_value_and_its_file() {
    let folder = folder();
    std::fs::write(folder.path().join("token"), "from file").unwrap();
    let token = |toml: &str, variables: &[_]| {
        shop(&folder, toml, variables).load().map(|config| config.section::<Shop>().unwrap().token.expose().to_owned())
    };
    assert_eq!(token("shop.token_file = \"token\"", &[("SHOP__SHOP__TOKEN", "direct")]).unwrap(), "direct");
    assert_eq!(token("shop.token = \"direct\"", &[("SHOP__SHOP__TOKEN_FILE", "token")]).unwrap(), "from file");
    let both = token("shop.token = \"a\"\nshop.token_file = \"token\"", &[]).unwrap_err().to_string();
    assert!(both.contains("shop.token_file (shop.toml:2): give either `token` or `token_file`, not both"), "{both}");
}

#[test]
fn a_secrets_file_that_is_not_there_is_named() {
    let error = load("", &[("SHOP__SHOP__TOKEN_FILE", "nowhere")]).unwrap_err().to_string();
    assert!(
        error.contains("shop.token_file (SHOP__SHOP__TOKEN_FILE): the file") && error.contains("nowhere"),
        "{error}"
    );
}

#[test]
fn a_secret_of_the_wrong_type_is_refused_without_repeating_it() {
    let error = load("shop.token = 4711", &[]).unwrap_err().to_string();
    assert!(error.contains("shop.token (shop.toml:1): expected a text") && !error.contains("4711"), "{error}");
}

#[test]
fn a_secret_at_a_wrong_key_is_not_repeated() {
    let secret = "postgres://me:hunter2@db/shop";
    let toml = format!(
        "database.max_connections = \"{secret}\"\nhttp.address = \"{secret}\"\nlog.adapter = \"{secret}\"\n\
         shop.brokers = \"{secret}\"\nshop.open = \"{secret}\"\ndatabase.password = \"{secret}\"\n\
         hunter.two = \"{secret}\"\nadmin.port = 123456\nauth = \"{secret}\"\n"
    );
    let variables = [
        ("SHOP__TELEMETRY__OTLP_ENDPOINT", "me:hunter2@db"),
        ("SHOP__SHOP__OPTIONS", "{hunter2"),
        ("SHOP__SHOP__SIZE", "hunter2"),
        ("SHOP__SHOP__SOURCES", r#"[{"path": ["hunter2"], "depth": "hunter2"}]"#),
    ];
    let error = load(&toml, &variables).unwrap_err();
    assert!(error.problems().len() >= 12, "{error}");
    let text = format!("{error} {error:?}");
    assert!(!text.contains("hunter2") && !text.contains("123456"), "{text}");
    assert!(text.contains("log.adapter (shop.toml:3): expected one of `embedded`, `kafka`"), "{text}");
}

#[test]
fn a_word_that_is_nearly_right_gets_a_hint() {
    let error = load("log.adapter = \"kafak\"", &[]).unwrap_err().to_string();
    assert!(error.contains("expected one of `embedded`, `kafka`; did you mean `kafka`?"), "{error}");
}
