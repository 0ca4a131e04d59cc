use heimdall::program::CommandError;
use reqwest::Url;

use crate::cli::exit;
use crate::client::{Client, ClientError};

/// What every subcommand works with.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) json: bool,
}

impl Session {
    /// A client of this server, with the token that the environment holds.
    pub(super) fn open(server: Url, json: bool) -> Result<Self, CommandError> {
        Ok(Self { client: Client::new(server, token()?)?, json })
    }
}

/// The token, which the line break at the end of a file that it was read from is no part of.
fn token() -> Result<Option<String>, CommandError> {
    let given = std::env::var_os("VALKYRIE_TOKEN").unwrap_or_default();
    let token = given.to_string_lossy().trim().to_owned();
    if token.is_empty() {
        return Ok(None);
    }
    // Said here, and without the token: HTTP has no way to send it, and would only fail.
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let wrong = "VALKYRIE_TOKEN holds a space, a line break or something else that no token has: expected one word, as `valkyrie token` prints it";
        return Err(CommandError::usage(wrong));
    }
    Ok(Some(token))
}

/// What a client's error means to the command line.
pub(super) fn failure(error: ClientError) -> CommandError {
    if error.is_refusal() { exit::refused(error.to_string()) } else { error.into() }
}
