use std::{error::Error, fmt::Write as _, io};

use reqwest::{Response, StatusCode, Url};
use serde::Deserialize;

/// A server could not be asked, or said no.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientError {
    /// The client itself could not be made.
    #[error("the HTTP client could not be set up")]
    Setup(#[source] reqwest::Error),
    /// The address is none.
    #[error("`{0}` is no address of a server; expected for example http://127.0.0.1:7100")]
    Address(Url),
    /// Nobody answers.
    #[error("no server answers at {server}: is it running there? (`valkyrie dev` starts one; --server names another)")]
    Unreachable {
        /// Where it was looked for.
        server: Url,
        /// Why it was not reached.
        #[source]
        source: reqwest::Error,
    },
    /// Somebody is there, and no connection with TLS comes about.
    #[error("no TLS with {server}: does it speak https at all, and with a certificate that is trusted here?")]
    Tls {
        /// Who was asked.
        server: Url,
        /// Why not.
        #[source]
        source: reqwest::Error,
    },
    /// Somebody is there, and what they say is no HTTP, or ends in the middle.
    #[error("the server at {server} gives no answer in HTTP: is the address right, with http or https?")]
    Broken {
        /// Who was asked.
        server: Url,
        /// What was wrong.
        #[source]
        source: reqwest::Error,
    },
    /// It answers something that is no answer.
    #[error("the server's answer can't be read: is it a Valkyrie?")]
    Answer(#[source] reqwest::Error),
    /// It said no.
    #[error("{message}")]
    Refused {
        /// The problem in words, with every field that is wrong.
        message: String,
        /// The status of the answer.
        status: StatusCode,
    },
}

/// A problem document, as far as it is printed.
#[derive(Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    errors: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    pointer: String,
    detail: String,
    expected: Option<String>,
}

impl ClientError {
    pub(super) fn unreachable(server: &Url, source: reqwest::Error) -> Self {
        let server = server.clone();
        if server.scheme() == "https" && source.is_connect() && is_of_tls(&source) {
            Self::Tls { server, source }
        } else if source.is_connect() || source.is_timeout() {
            Self::Unreachable { server, source }
        } else {
            Self::Broken { server, source }
        }
    }

    pub(super) async fn refused(response: Response, had_token: bool) -> Self {
        let status = response.status();
        let mut message = match response.json::<Problem>().await {
            Ok(problem) => problem.in_words(),
            Err(_) => format!("the server answered {status}"),
        };
        if status == StatusCode::UNAUTHORIZED && !had_token {
            message.push_str("\n  VALKYRIE_TOKEN is not set: export VALKYRIE_TOKEN=$(valkyrie token) uses the running `valkyrie dev`");
        }
        Self::Refused { message, status }
    }

    /// Whether the server was reached and said no.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}

/// Whether a connection came about and TLS on it did not.
fn is_of_tls(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return matches!(innermost(error).kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof);
        }
        cause = error.source();
    }
    false
}

/// What was wrapped once more on its way, and no `source` tells of.
fn innermost(error: &io::Error) -> &io::Error {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>());
    inner.map_or(error, innermost)
}

impl Problem {
    fn in_words(self) -> String {
        let mut words = self.title.unwrap_or_else(|| "the server said no".to_owned());
        if let Some(detail) = self.detail.filter(|detail| *detail != words) {
            let _ = write!(words, ": {detail}");
        }
        for Field { pointer, detail, expected } in self.errors {
            let _ = write!(words, "\n  {pointer}: {detail}");
            if let Some(expected) = expected {
                let _ = write!(words, " (expected {expected})");
            }
        }
        words
    }
}
