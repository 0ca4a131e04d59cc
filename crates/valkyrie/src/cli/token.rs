use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::Args;

use super::{CliError, output::Stdout};

/// Print a token of the running `valkyrie dev`, and nothing else
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  export VALKYRIE_TOKEN=$(valkyrie token)
  valkyrie token --subject ci --scope scaffold-tasks:read --scope templates:read --ttl 5m")]
pub(super) struct Arguments {
    /// The folder of the running instance
    #[arg(long, value_name = "DIR", default_value = ".valkyrie")]
    data_dir: PathBuf,
    /// Whose token it is
    #[arg(long, value_name = "NAME", default_value = "developer", value_parser = subject)]
    subject: String,
    /// A permission, such as scaffold-tasks:read; may be repeated [default: all of them]
    #[arg(long = "scope", value_name = "PERMISSION")]
    scopes: Vec<String>,
    /// How long it is valid, at most one hour: 90s, 15m, 1h
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = lifetime)]
    ttl: std::time::Duration,
}

pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, CliError> {
    let Arguments { data_dir, subject, scopes, ttl } = arguments;
    writeln!(Stdout, "{}", crate::dev::token(data_dir, subject, scopes, *ttl)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Refuses names that no service would take.
fn subject(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.len() > 255 || text.contains(char::is_control) {
        return Err("expected 1 to 255 bytes, not only blanks, and no control characters".to_owned());
    }
    Ok(text.to_owned())
}

/// Reads `90s`, `15m` or `1h`.
fn lifetime(text: &str) -> Result<std::time::Duration, String> {
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
        seconds @ 1..=3600 => Ok(std::time::Duration::from_secs(seconds)),
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
