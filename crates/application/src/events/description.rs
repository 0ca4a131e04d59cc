use domain::Status;

/// What there is to know about an integration event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventDescription {
    /// Its short name, the last word of its type before the version.
    pub name: &'static str,
    /// What has happened when it is sent; one sentence.
    pub summary: &'static str,
    /// What it is about.
    pub subject: EventSubject,
    /// The members of its data that are there, and not null.
    pub carries: &'static [&'static str],
    /// The members of its data that are always null.
    pub lacks: &'static [&'static str],
}

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventSubject {
    /// A scaffold task. The data is a [`TaskEventData`](super::TaskEventData), the type begins with the installation's
    /// namespace.
    Task {
        /// The task's status in the event's example.
        example: Status,
    },
    /// An entity of the Backstage catalog. The data is a [`CatalogEventData`](super::CatalogEventData).
    Entity {
        /// The event's type, the same in every installation.
        event_type: &'static str,
    },
}

impl EventDescription {
    /// Whether a member of the data is there, and not null.
    pub fn carries(&self, member: &str) -> bool {
        self.carries.contains(&member)
    }

    /// Whether a member of the data is always null.
    pub fn lacks(&self, member: &str) -> bool {
        self.lacks.contains(&member)
    }
}
