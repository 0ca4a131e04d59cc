use std::{path::Path, time::Duration};

use chrono::TimeDelta;
use heimdall::{
    auth::DevelopmentIssuer,
    clock::{Clock as _, SystemClock},
    ids::{Ids as _, TimeOrderedIds},
};

use super::Folder;
use crate::cli::CliError;

/// A token of the instance that runs in this folder.
pub(crate) fn token(data: &Path, subject: &str, scopes: &[String], lifetime: Duration) -> Result<String, CliError> {
    let all = host_api::permissions::ALL;
    if let Some(unknown) = scopes.iter().find(|scope| !all.contains(&scope.as_str())) {
        return Err(CliError::usage(format!("there is no permission `{unknown}`: expected one of {}", all.join(", "))));
    }
    let folder = Folder::new(data);
    if !folder.is_locked() {
        let shown = data.display();
        return Err(CliError::failed(format!(
            "no `valkyrie dev` is running with the folder {shown}: start one, or say which folder it uses with --data-dir"
        )));
    }
    issue(&folder, subject, scopes, lifetime).map_err(|error| CliError::failed("no token can be made").because(error))
}

/// Signs a token with the folder's key; without scopes it has all permissions.
pub(super) fn issue(folder: &Folder, subject: &str, scopes: &[String], lifetime: Duration) -> anyhow::Result<String> {
    let issuer = DevelopmentIssuer::open(folder.path())?;
    let all = host_api::permissions::ALL;
    let scopes: Vec<&str> = if scopes.is_empty() { all.to_vec() } else { scopes.iter().map(String::as_str).collect() };
    let lifetime = TimeDelta::from_std(lifetime)?;
    Ok(issuer.token(subject, &scopes, lifetime, SystemClock.now(), TimeOrderedIds.next())?)
}
