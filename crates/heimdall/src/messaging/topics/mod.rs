//! Topics as they are wanted, as they are, and the way from one to the other.

mod declared;
mod description;
mod names;
mod plan;
mod spec;

pub use self::declared::{DeclaredTopic, DeclaredTopics, TopicDeclaration, UndeclaredEvent};
pub use self::description::EventDescription;
pub use self::names::{dead_letter_topic, retry_topic, schema_path};
pub use self::plan::{Shrink, TopicChange, TopicPlanError, plan};
pub use self::spec::{CleanupPolicy, Retention, TopicInfo, TopicSpec, TopicSpecError};
