use super::{load, refusals};

#[test]
fn all_errors_are_reported_at_once_with_where_they_stand() {
    let toml =
        "[http]\nprt = 7100\nport = \"7100\"\n\n[shop]\nsize = 300\n\n[hpt]\nport = 1\n[[shop.sources]]\ndepth = -1\n";
    let mut refusals = refusals(toml, &[("SHOP__SHOP__OPEN", "perhaps"), ("SHOP__LOG", "kafka")]);
    refusals.sort();
    assert_eq!(
        refusals,
        [
            "SHOP__LOG: a variable of this service is called SHOP__SECTION__KEY",
            "hpt.port (shop.toml:9): there is no such key; did you mean `http.port`?",
            "http.port (shop.toml:3): expected a whole number from 0 to 65535, not a text",
            "http.prt (shop.toml:2): there is no such key; did you mean `http.port`?",
            "shop.open (SHOP__SHOP__OPEN): expected `true` or `false`, not a text",
            "shop.size (shop.toml:6): expected a whole number from 0 to 255, which this number is not",
            "shop.sources.0.depth (shop.toml:11): expected a whole number from 0 to 255, which this number is not",
        ]
    );
}

#[test]
fn the_display_lists_every_problem() {
    let error = load("a = 1\nb = 2", &[]).unwrap_err().to_string();
    assert!(
        error.starts_with("the configuration of shop has 2 errors\n  a (shop.toml:1): there is no such key"),
        "{error}"
    );
}

#[test]
fn values_of_the_right_type_can_still_be_wrong() {
    let toml = "shop.size = 13\nhttp.public_url = \"ftp://x\"\ntelemetry.filter = \"a=b=c\"";
    let refusals = refusals(toml, &[]).join("\n");
    assert!(refusals.contains("shop.size (shop.toml:1): must not be 13"), "{refusals}");
    assert!(refusals.contains("http.public_url (shop.toml:2): must start with"), "{refusals}");
    assert!(refusals.contains("telemetry.filter (shop.toml:3): is no filter"), "{refusals}");
}

#[test]
fn what_is_not_toml_is_refused_with_its_line() {
    assert!(refusals("[http]\nport = \n", &[])[0].starts_with("shop.toml:2: this is not TOML"));
    assert!(refusals("[http]\nport = 1\nport = 2\n", &[])[0].starts_with("shop.toml:3: this is not TOML"));
    let refusals = refusals("http.port = 99999999999999999999\nshop.size = 300", &[]);
    assert_eq!(refusals[0], "http.port (shop.toml:1): this number does not fit into 64 bits");
    assert!(refusals[1].starts_with("shop.size (shop.toml:2): "), "{refusals:?}");
}

#[test]
fn a_missing_key_without_a_default_is_named() {
    let refusals = refusals("[[shop.sources]]\ndepth = 1\n", &[]);
    assert_eq!(refusals, ["shop.sources.0 (shop.toml:1): missing field `path`"]);
}

#[cfg(not(feature = "kafka"))]
#[test]
fn a_log_that_is_not_in_this_build_is_refused_with_the_features_name() {
    let refusals = refusals("", &[("SHOP__LOG__ADAPTER", "kafka")]);
    assert!(refusals[0].starts_with("log.adapter (SHOP__LOG__ADAPTER): `kafka` is not in this build"), "{refusals:?}");
    assert!(refusals[0].contains("cargo feature `kafka`"));
}
