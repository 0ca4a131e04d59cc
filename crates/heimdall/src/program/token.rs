use std::{io::Write as _, path::PathBuf, time::Duration};

use clap::Args;

use super::{
    CommandError, DataFolder, Program, Stdout,
    dev::{issue, running},
};

/// Arguments of `token`.
#[derive(Debug, Clone, Args)]
#[command(
    about = "Print a token of the running `{service} dev`, and nothing else",
    after_help = "\
Examples:
  {service} token                  all permissions, for an hour
  {service} token --subject ci --scope PERMISSION --ttl 5m"
)]
pub struct TokenArguments {
    /// The folder of the running instance [default: .{service}]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Whose token it is
    #[arg(long, value_name = "NAME", default_value = "developer", value_parser = subject)]
    pub subject: String,
    /// A permission; may be repeated [default: all of them]
    #[arg(long = "scope", value_name = "PERMISSION")]
    pub scopes: Vec<String>,
    /// How long it is valid, at most one hour: 90s, 15m, 1h
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = lifetime)]
    pub ttl: Duration,
}

impl Program {
    /// Prints a token that the running `dev` takes. Which permissions there are, that process has written down, so that
    /// nothing is composed or opened here.
    pub fn token(&self, arguments: &TokenArguments) -> Result<(), CommandError> {
        let folder = DataFolder::of(self.name(), arguments.data_dir.as_deref());
        let instance = running(&folder, self.name())?;
        let known = &instance.permissions;
        if let Some(unknown) = arguments.scopes.iter().find(|scope| !known.contains(scope)) {
            let expected = match known.as_slice() {
                [] => "this service has none".to_owned(),
                known => format!("expected one of {}", known.join(", ")),
            };
            return Err(CommandError::usage(format!("there is no permission `{unknown}`: {expected}")));
        }
        let scopes = if arguments.scopes.is_empty() { known } else { &arguments.scopes };
        let token = issue(&folder, &arguments.subject, scopes, arguments.ttl);
        let token = token.map_err(|error| CommandError::failed("no token can be made").because(error))?;
        Ok(writeln!(Stdout, "{token}")?)
    }
}

/// Refuses names that no service would take.
fn subject(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.len() > 255 || text.contains(char::is_control) {
        return Err("expected 1 to 255 bytes, not only blanks, and no control characters".to_owned());
    }
    Ok(text.to_owned())
}

/// Reads `90s`, `15m` or `1h`, up to `DevelopmentIssuer::MAX_LIFETIME`.
fn lifetime(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is no time: expected for example 90s, 15m or 1h");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: u64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
    let seconds = match unit {
        's' => Some(number),
        'm' => number.checked_mul(60),
        'h' => number.checked_mul(3600),
        _ => None,
    };
    match seconds.ok_or_else(wrong)? {
        seconds @ 1..=3600 => Ok(Duration::from_secs(seconds)),
        _ => Err(format!("`{text}` is out of range: a token lives from 1s to 1h")),
    }
}

#[cfg(test)]
mod tests {
    use super::{lifetime, subject};

    #[test]
    fn subjects_can_be_seen() {
        assert_eq!(subject("ci").unwrap(), "ci");
        for wrong in ["", "  ", "a\nb", "a\0"] {
            assert!(subject(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn lifetimes_have_units_and_a_bound() {
        assert_eq!(lifetime("15m").unwrap().as_secs(), 900);
        assert_eq!(lifetime("1h").unwrap().as_secs(), 3600);
        for wrong in ["", "h", "10", "2h", "0s", "1d", "-1s", "99999999999999999999h", "1é"] {
            assert!(lifetime(wrong).is_err(), "{wrong}");
        }
    }
}
