use thiserror::Error;
use uuid::Uuid;

use crate::excerpt::excerpt;

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
    /// Checks what was given, and derives the provider where the identifier gives it away. The error names all that is
    /// wrong.
    ///
    /// ```
    /// # use domain::AccountInfo;
    /// let account = AccountInfo::new("123456789012", None, None).unwrap();
    /// assert_eq!(account.provider, "aws");
    /// ```
    pub fn new(identifier: &str, role: Option<&str>, provider: Option<&str>) -> Result<Self, Vec<AccountError>> {
        let mut wrong = Vec::new();
        if !printable(identifier) {
            wrong.push(AccountError::Identifier);
        }
        if role.is_some_and(|role| !printable(role)) {
            wrong.push(AccountError::Role);
        }
        let provider = match provider {
            Some(given) if is_word(given) => Some(given.to_ascii_lowercase()),
            Some(_) => {
                wrong.push(AccountError::Provider);
                None
            }
            None => derive(identifier).map(str::to_owned),
        };
        match provider {
            Some(provider) if wrong.is_empty() => {
                Ok(Self { identifier: identifier.to_owned(), role: role.map(str::to_owned), provider })
            }
            // What is wrong with the rest is said first: a mended identifier may give its provider away.
            None if wrong.is_empty() => Err(vec![AccountError::UnknownProvider(excerpt(identifier))]),
            _ => Err(wrong),
        }
    }
}

impl AccountError {
    /// What would be right, in words.
    pub const fn expected(&self) -> &'static str {
        match self {
            Self::Identifier | Self::Role => "1 to 256 printable characters",
            Self::Provider => "1 to 63 letters, digits and hyphens, such as `azure` or `aws`",
            Self::UnknownProvider(_) => "a provider, such as `azure` or `aws`",
        }
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
        assert_eq!(error, [AccountError::UnknownProvider("my-project".to_owned())]);
    }

    #[test]
    fn blanks_and_control_characters_are_refused() {
        let wrong = |identifier, role, provider| AccountInfo::new(identifier, role, provider).unwrap_err();
        assert_eq!(wrong("  ", None, Some("aws")), [AccountError::Identifier]);
        assert_eq!(wrong("a", Some("x\u{7}"), Some("aws")), [AccountError::Role]);
        assert_eq!(wrong("a", None, Some("")), [AccountError::Provider]);
    }

    #[test]
    fn all_that_is_wrong_is_named() {
        let wrong = AccountInfo::new("", Some(""), Some("a b")).unwrap_err();
        assert_eq!(wrong, [AccountError::Identifier, AccountError::Role, AccountError::Provider]);
        assert_eq!(AccountInfo::new("", Some(""), None).unwrap_err().len(), 2);
    }
}
