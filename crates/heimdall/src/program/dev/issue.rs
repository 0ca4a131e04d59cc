use std::time::Duration;

use chrono::TimeDelta;

use super::DataFolder;
use crate::{
    auth::{DevelopmentIssuer, DevelopmentIssuerError},
    clock::{Clock as _, SystemClock},
    ids::{Ids as _, TimeOrderedIds},
};

/// Signs a token with the folder's key.
pub(in crate::program) fn issue(
    folder: &DataFolder,
    subject: &str,
    scopes: &[String],
    lifetime: Duration,
) -> Result<String, DevelopmentIssuerError> {
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    // The issuer shortens what is longer than it allows.
    let lifetime = TimeDelta::from_std(lifetime).unwrap_or(TimeDelta::MAX);
    DevelopmentIssuer::open(folder.path())?.token(subject, &scopes, lifetime, SystemClock.now(), TimeOrderedIds.next())
}
