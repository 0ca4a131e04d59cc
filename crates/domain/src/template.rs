/// Exactly which template a task is made from.
///
/// The version is for people; the digest (SHA-256 over the template's files, in hex) is what counts: two contents under
/// one version are two templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateVersion {
    /// The template's name, as in `metadata.name` of its `template.yaml`.
    pub name: String,
    /// What its author calls this version.
    pub version: String,
    /// SHA-256 of its contents, 64 hexadecimal digits.
    pub digest: String,
}
