/// One thing that is wrong with what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, as a JSON pointer into what was given.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
    /// What would be right; never empty.
    pub expected: String,
}

/// The JSON pointer of a member of what `pointer` points to.
///
/// ```
/// assert_eq!(application::ports::pointer_to("/parameters", "a/b"), "/parameters/a~1b");
/// ```
pub fn pointer_to(pointer: &str, member: &str) -> String {
    format!("{pointer}/{}", pointer_token(member))
}

/// One token of a JSON pointer (RFC 6901).
pub fn pointer_token(member: &str) -> String {
    member.replace('~', "~0").replace('/', "~1")
}
