//! Secrets that change while the service runs.

use std::{fs, path::Path, sync::Mutex, time::Duration};

use heimdall::config::{Config, Secret, Section, Violation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{Shop, folder, shop};

/// Replaces a file as a whole.
fn replace(path: &Path, text: &str) {
    let beside = path.with_extension("new");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
}

fn watched<T: Section + Send + Sync>(config: &Config) -> watch::Receiver<T> {
    let receiver = config.watch::<T>().unwrap();
    let config = config.clone();
    tokio::spawn(async move { config.follow().await });
    receiver
}

async fn next(receiver: &mut watch::Receiver<Shop>) -> String {
    tokio::time::timeout(Duration::from_secs(10), receiver.changed()).await.expect("a change").unwrap();
    receiver.borrow_and_update().token.expose().to_owned()
}

#[tokio::test]
async fn a_file_that_changes_is_read_again() {
    let folder = folder();
    let token = folder.path().join("token");
    fs::write(&token, "one\n").unwrap();
    let builder = shop(&folder, "shop.token_file = \"token\"", &[]).secrets_interval(Duration::from_millis(5));
    let config = builder.load().unwrap();
    let mut receiver = watched::<Shop>(&config);
    assert_eq!(receiver.borrow().token.expose(), "one");
    replace(&token, "two\n");
    assert_eq!(next(&mut receiver).await, "two");
    // What is empty, gone or of the wrong kind is not taken over; what was before stays.
    replace(&token, "\n");
    tokio::time::sleep(Duration::from_millis(50)).await;
    fs::remove_file(&token).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!receiver.has_changed().unwrap());
    assert_eq!(receiver.borrow().token.expose(), "two");
    fs::write(&token, "three").unwrap();
    assert_eq!(next(&mut receiver).await, "three");
    assert_eq!(config.section::<Shop>().unwrap().token.expose(), "three");
}

#[tokio::test]
async fn a_value_that_the_section_refuses_is_not_taken_over() {
    let folder = folder();
    let size = folder.path().join("size");
    fs::write(&size, "1").unwrap();
    let builder = shop(&folder, "shop.size_file = \"size\"", &[]).secrets_interval(Duration::from_millis(5));
    let config = builder.load().unwrap();
    let mut receiver = watched::<Shop>(&config);
    for refused in ["13", "many"] {
        replace(&size, refused);
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!receiver.has_changed().unwrap(), "{refused}");
    }
    replace(&size, "2");
    next(&mut receiver).await;
    assert_eq!(receiver.borrow().size, 2);
}

/// A section that does something whenever it has been read: what another process does at that moment.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Busy {
    token: Secret,
}

static MEANWHILE: Mutex<Option<Box<dyn FnOnce() -> bool + Send>>> = Mutex::new(None);

fn meanwhile(act: impl FnOnce() -> bool + Send + 'static) {
    *MEANWHILE.lock().unwrap() = Some(Box::new(act));
}

impl Section for Busy {
    const PATH: &'static str = "busy";

    fn validate(&self) -> Vec<Violation> {
        let act = MEANWHILE.lock().unwrap().take();
        let well = act.is_none_or(|act| act());
        Violation::unless(well, "token", "could not be read").into_iter().collect()
    }
}

#[tokio::test]
async fn a_change_while_the_section_is_read_and_a_failure_that_passes_are_not_lost() {
    let folder = folder();
    let token = folder.path().join("token");
    fs::write(&token, "one").unwrap();
    let builder = shop(&folder, "busy.token_file = \"token\"", &[]).section::<Busy>();
    let config = builder.secrets_interval(Duration::from_millis(5)).load().unwrap();
    let replaced = token.clone();
    meanwhile(move || {
        replace(&replaced, "two");
        true
    });
    let mut receiver = watched::<Busy>(&config);
    let mut next = async |expected: &str| {
        let changed = receiver.wait_for(|busy| busy.token.expose() == expected);
        tokio::time::timeout(Duration::from_secs(10), changed).await.expect("a change").unwrap();
    };
    next("two").await;
    // As if the disk could not be read just now.
    meanwhile(|| false);
    replace(&token, "three");
    next("three").await;
}

#[tokio::test]
async fn a_mounted_folder_that_is_exchanged_is_read_again() {
    let secrets = tempfile::tempdir().unwrap();
    let version = |name: &str, token: &str| {
        fs::create_dir(secrets.path().join(name)).unwrap();
        fs::write(secrets.path().join(name).join("shop.token"), token).unwrap();
        // Kubernetes exchanges the link as a whole.
        std::os::unix::fs::symlink(name, secrets.path().join("..data_tmp")).unwrap();
        fs::rename(secrets.path().join("..data_tmp"), secrets.path().join("..data")).unwrap();
    };
    version("..1", "one");
    std::os::unix::fs::symlink("..data/shop.token", secrets.path().join("shop.token")).unwrap();
    let dir = secrets.path().display().to_string();
    let builder = shop(&folder(), "", &[("SHOP__SECRETS_DIR", &dir)]).secrets_interval(Duration::from_millis(5));
    let config = builder.load().unwrap();
    let mut receiver = watched::<Shop>(&config);
    version("..2", "two");
    assert_eq!(next(&mut receiver).await, "two");
    assert_eq!(config.section::<Shop>().unwrap().token.expose(), "two");
}
