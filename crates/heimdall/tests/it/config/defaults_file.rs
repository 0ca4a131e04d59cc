use std::fs;

use super::{folder, shop};

#[test]
fn the_file_of_defaults_is_the_defaults() {
    let folder = folder();
    let builder = || shop(&folder, "", &[]).default("http.port", 7100);
    let text = builder().documented_defaults();
    let defaults = builder().defaults_only().load().unwrap().effective().unwrap();
    fs::write(folder.path().join("defaults.toml"), &text).unwrap();
    // Without the application's own default: the file has it.
    let loaded = shop(&folder, "", &[]).file("defaults.toml").load().unwrap().effective().unwrap();
    let values = |effective: &heimdall::config::Effective| -> Vec<_> {
        effective.entries().iter().map(|entry| (entry.key.clone(), entry.value.clone())).collect()
    };
    assert_eq!(values(&loaded), values(&defaults));
    for entry in defaults.entries() {
        let last = entry.key.rsplit('.').next().unwrap();
        assert!(text.contains(&format!("{last} =")) || text.contains(&format!("[{}]", entry.key)), "{}", entry.key);
    }
    let port = "# The port; 0 picks a free one and says which.\nport = 7100\n";
    assert!(text.contains(port), "{text}");
    assert!(text.contains("# A secret: best in a file, which `url_file` names.\n# url = \"…\"\n"), "{text}");
    assert!(text.contains("# `json`: One JSON object a line.\nlog_format = \"auto\"\n"), "{text}");
}
