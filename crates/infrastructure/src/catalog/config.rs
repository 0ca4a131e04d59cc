use application::references::ReferenceCheck;
use chrono::TimeDelta;
use heimdall::config::{Section, Violation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Section `catalog`: what the Backstage catalog has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CatalogConfig {
    /// What becomes of a task whose service was deleted in the catalog.
    pub on_removal: OnRemoval,
    /// How many seconds no service may have vanished before those that did are taken for gone.
    pub settle_seconds: u32,
    /// What to do about owners and systems that the catalog does not know.
    pub check_references: CheckReferences,
}

/// What becomes of a task whose service was deleted in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnRemoval {
    /// It is marked as decommissioned.
    #[default]
    Mark,
    /// It stays as it is.
    Ignore,
}

/// What to do about owners and systems that the catalog does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckReferences {
    /// They are not looked for.
    Off,
    /// The task's log names them.
    #[default]
    Warn,
    /// The request is refused.
    Deny,
}

impl Default for CatalogConfig {
    fn default() -> Self {
        Self { on_removal: OnRemoval::Mark, settle_seconds: 5, check_references: CheckReferences::Warn }
    }
}

impl CatalogConfig {
    pub(crate) fn settle(self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.settle_seconds))
    }
}

impl Section for CatalogConfig {
    const PATH: &'static str = "catalog";

    fn validate(&self) -> Vec<Violation> {
        let legal = self.settle_seconds <= 60;
        Violation::unless(legal, "settle_seconds", "must be at most 60: the brake looks at one minute")
            .into_iter()
            .collect()
    }
}

impl From<CheckReferences> for ReferenceCheck {
    fn from(check: CheckReferences) -> Self {
        match check {
            CheckReferences::Off => Self::Off,
            CheckReferences::Warn => Self::Warn,
            CheckReferences::Deny => Self::Deny,
        }
    }
}
