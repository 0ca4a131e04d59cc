//! Keys that have a new name.

use heimdall::messaging::{consumer::ConsumerConfig, outbox::RelayConfig};

use super::{folder, refusals, shop};

#[test]
fn an_old_key_is_still_read_and_said() {
    let toml = "[outbox]\nslowest_retry_ms = 700\n";
    let config = shop(&folder(), toml, &[("SHOP__CONSUMER__SLOWEST_RETRY_MS", "900")]).load().unwrap();
    assert_eq!(config.section::<RelayConfig>().unwrap().max_backoff_ms, 700);
    assert_eq!(config.section::<ConsumerConfig>().unwrap().max_backoff_ms, 900);
    let mut renamed: Vec<_> =
        config.renamed().iter().map(|key| format!("{} → {} {}", key.old, key.new, key.origin)).collect();
    renamed.sort();
    assert_eq!(
        renamed,
        [
            "consumer.slowest_retry_ms → consumer.max_backoff_ms SHOP__CONSUMER__SLOWEST_RETRY_MS",
            "outbox.slowest_retry_ms → outbox.max_backoff_ms shop.toml:2",
        ]
    );
    let effective = config.effective().unwrap();
    let entry = effective.entries().iter().find(|entry| entry.key == "outbox.max_backoff_ms").unwrap();
    assert_eq!((entry.value.as_u64(), entry.origin.to_string().as_str()), (Some(700), "shop.toml:2"));
    let printed = effective.to_string();
    assert!(
        printed.contains("# outbox.slowest_retry_ms (shop.toml:2) is now called outbox.max_backoff_ms"),
        "{printed}"
    );
}

#[test]
fn layers_keep_their_order_whatever_name_they_use() {
    let folder = folder();
    std::fs::write(folder.path().join("shop.p.toml"), "outbox.slowest_retry_ms = 2").unwrap();
    let config = shop(&folder, "outbox.slowest_retry_ms = 1", &[("SHOP__PROFILE", "p")]).load().unwrap();
    assert_eq!(config.section::<RelayConfig>().unwrap().max_backoff_ms, 2);
}

#[test]
fn both_names_are_refused() {
    let toml = "[outbox]\nmax_backoff_ms = 700\n";
    let refusals = refusals(toml, &[("SHOP__OUTBOX__SLOWEST_RETRY_MS", "900")]);
    assert_eq!(
        refusals,
        ["outbox.slowest_retry_ms (SHOP__OUTBOX__SLOWEST_RETRY_MS): is now called `outbox.max_backoff_ms`, and \
          `outbox.max_backoff_ms` is given too (shop.toml:2): give one of them"]
    );
}

#[test]
fn an_old_key_with_a_wrong_value_is_refused_by_its_new_name() {
    let refusals = refusals("outbox.slowest_retry_ms = 0", &[]);
    assert_eq!(refusals, ["outbox.max_backoff_ms (shop.toml:1): must be more than 0"]);
}
