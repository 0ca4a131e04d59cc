use thiserror::Error;
use uuid::Uuid;

/// The cloud account that a service is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountInfo {
    /// The provider's own identifier: an Azure subscription's UUID, an AWS account's 12 digits, a project's name.
    pub identifier: String,
    /// The role to act in within the account, where the provider has such a thing.
    pub role: Option<String>,
    /// The provider, such as `azure` or `aws`; lower case.
    pub provider: String,
}

/// What was said about an account is not enough, or not legal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AccountError {
    /// No identifier, or one that is too long or has control characters.
    #[error("an account's identifier must be 1 to 256 printable characters")]
    Identifier,
    /// A role that is empty, too long or has control characters.
    #[error("an account's role must be 1 to 256 printable characters")]
    Role,
    /// A provider that is no word.
    #[error("an account's provider must be 1 to 63 letters, digits and hyphens, such as `azure` or `aws`")]
    Provider,
    /// Neither a provider nor an identifier that gives it away.
    #[error(
        "the provider of account `{0}` can't be told from its identifier (a UUID means azure, 12 digits mean aws): give `provider`"
    )]
    UnknownProvider(String),
}

impl AccountInfo {
    /// Checks what was given, and derives the provider where the identifier gives it away.
    ///
    /// ```
    /// # use domain::AccountInfo;
    /// let account = AccountInfo::new("123456789012", None, None)?;
    /// assert_eq!(account.provider, "aws");
    /// # Ok::<(), domain::AccountError>(())
    /// ```
    pub fn new(identifier: &str, role: Option<&str>, provider: Option<&str>) -> Result<Self, AccountError> {
        if !printable(identifier) {
            return Err(AccountError::Identifier);
        }
        if role.is_some_and(|role| !printable(role)) {
            return Err(AccountError::Role);
        }
        let provider = match provider {
            Some(given) if is_word(given) => given.to_ascii_lowercase(),
            Some(_) => return Err(AccountError::Provider),
            None => derive(identifier).ok_or_else(|| AccountError::UnknownProvider(identifier.to_owned()))?.to_owned(),
        };
        Ok(Self { identifier: identifier.to_owned(), role: role.map(str::to_owned), provider })
    }
}

fn derive(identifier: &str) -> Option<&'static str> {
    // Only the hyphenated form: 32 bare hexadecimal digits may be anybody's identifier.
    if identifier.len() == 36 && Uuid::try_parse(identifier).is_ok() {
        return Some("azure");
    }
    (identifier.len() == 12 && identifier.bytes().all(|b| b.is_ascii_digit())).then_some("aws")
}

fn printable(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= 256 && !text.chars().any(char::is_control)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= 63 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_means_azure() {
        let account = AccountInfo::new("0f8fad5b-d9cb-469f-a165-70867728950e", Some("owner"), None).unwrap();
        assert_eq!(account.provider, "azure");
    }

    #[test]
    fn a_given_provider_wins() {
        assert_eq!(AccountInfo::new("123456789012", None, Some("GCP")).unwrap().provider, "gcp");
    }

    #[test]
    fn an_unknown_shape_needs_its_provider() {
        let error = AccountInfo::new("my-project", None, None).unwrap_err();
        assert_eq!(error, AccountError::UnknownProvider("my-project".to_owned()));
    }

    #[test]
    fn blanks_and_control_characters_are_refused() {
        assert_eq!(AccountInfo::new("  ", None, Some("aws")), Err(AccountError::Identifier));
        assert_eq!(AccountInfo::new("a", Some("x\u{7}"), Some("aws")), Err(AccountError::Role));
        assert_eq!(AccountInfo::new("a", None, Some("")), Err(AccountError::Provider));
    }
}
