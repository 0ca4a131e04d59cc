/// Who did something: the subject of a verified token together with who vouches for it.
///
/// A subject alone is not enough: two issuers may both know an `ada`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Actor {
    /// The issuer of the token (`iss`), or `valkyrie` for the system itself.
    pub issuer: String,
    /// The subject of the token (`sub`), or the part of the system that acted.
    pub subject: String,
}

impl Actor {
    /// Somebody whom `issuer` knows as `subject`.
    pub fn new(issuer: impl Into<String>, subject: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), subject: subject.into() }
    }

    /// A part of Valkyrie itself, such as its worker.
    ///
    /// ```
    /// assert_eq!(domain::Actor::system("worker").to_string(), "valkyrie#worker");
    /// ```
    pub fn system(part: &str) -> Self {
        Self::new("valkyrie", part)
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.issuer, self.subject)
    }
}
