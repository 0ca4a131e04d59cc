//! Layers that a deployment adds: a profile's file, and a folder of secrets.

use std::{fs, os::unix::fs::symlink};

use heimdall::{database::DatabaseConfig, messaging::kafka::KafkaConfig, server::HttpConfig};

use super::{Shop, folder, shop};

#[test]
fn a_profile_wins_over_the_file_and_must_exist() {
    let folder = folder();
    fs::write(folder.path().join("shop.test.toml"), "[http]\nport = 3\n[shop]\nname = \"test\"\n").unwrap();
    let toml = "http.port = 2\nshop.size = 2\n";
    let config = shop(&folder, toml, &[("SHOP__PROFILE", "test"), ("SHOP__SHOP__NAME", "mine")]).load().unwrap();
    assert_eq!(config.section::<HttpConfig>().unwrap().port, 3);
    assert_eq!(config.origin("http.port").to_string(), "shop.test.toml:2");
    let section = config.section::<Shop>().unwrap();
    assert_eq!((section.name.as_str(), section.size), ("mine", 2));

    let error = shop(&folder, toml, &[("SHOP__PROFILE", "prod")]).load().unwrap_err().to_string();
    assert!(error.contains("shop.prod.toml cannot be read"), "{error}");
    let error = shop(&folder, toml, &[("SHOP__PROFILE", "../test")]).load().unwrap_err().to_string();
    assert!(error.contains("SHOP__PROFILE: a profile's name is made of letters"), "{error}");
}

#[test]
fn a_profile_stands_beside_the_file_that_was_named() {
    let folder = folder();
    fs::create_dir(folder.path().join("etc")).unwrap();
    fs::write(folder.path().join("etc/other.toml"), "http.port = 4").unwrap();
    fs::write(folder.path().join("etc/shop.test.toml"), "http.port = 5").unwrap();
    let builder = shop(&folder, "", &[("SHOP__PROFILE", "test")]);
    let port = builder.file("etc/other.toml").load().unwrap().section::<HttpConfig>().unwrap().port;
    assert_eq!(port, 5);
}

/// A folder as Kubernetes mounts a secret: visible links into a hidden folder that is exchanged as a whole.
fn mounted(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("..2026")).unwrap();
    symlink("..2026", folder.path().join("..data")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join("..2026").join(name), text).unwrap();
        symlink(format!("..data/{name}"), folder.path().join(name)).unwrap();
    }
    folder
}

#[test]
fn a_folder_of_secrets_ranks_between_files_and_variables() {
    let secrets = mounted(&[
        ("database.url", "sqlite:from-folder\n"),
        ("shop.token", "4711"),
        ("kafka.options.sasl.password", "hunter2"),
    ]);
    fs::write(secrets.path().join(".hidden"), "x").unwrap();
    let dir = secrets.path().display().to_string();
    let toml = "database.url = \"sqlite:from-file\"\nshop.token = \"from file\"";
    let variables = [("SHOP__SECRETS_DIR", dir.as_str()), ("SHOP__SHOP__TOKEN", "from variable")];
    let config = shop(&folder(), toml, &variables).load().unwrap();
    assert_eq!(config.section::<DatabaseConfig>().unwrap().url.expose(), "sqlite:from-folder");
    assert_eq!(config.section::<Shop>().unwrap().token.expose(), "from variable");
    let kafka = config.section::<KafkaConfig>().unwrap();
    assert_eq!(kafka.options.iter().collect::<Vec<_>>(), [("sasl.password", "hunter2")]);
    assert_eq!(config.origin("database.url").to_string(), format!("{dir}/database.url"));
    let printed = config.effective().unwrap().to_string();
    assert!(!printed.contains("hunter2") && !printed.contains("4711"), "{printed}");
}

#[test]
fn what_is_no_key_in_the_folder_of_secrets_is_refused() {
    let secrets = mounted(&[("database.ulr", "hunter2"), ("password", "hunter2")]);
    let dir = secrets.path().display().to_string();
    let error = shop(&folder(), "", &[("SHOP__SECRETS_DIR", &dir)]).load().unwrap_err().to_string();
    let wrong = format!("database.ulr ({dir}/database.ulr): there is no such key; did you mean `database.url`?");
    assert!(error.contains(&wrong), "{error}");
    assert!(error.contains(&format!("password ({dir}/password): there is no such key")), "{error}");
    assert!(!error.contains("hunter2"), "{error}");

    let error = shop(&folder(), "", &[("SHOP__SECRETS_DIR", "/nowhere")]).load().unwrap_err().to_string();
    assert!(error.contains("SHOP__SECRETS_DIR: the folder of secrets /nowhere cannot be read"), "{error}");
}
