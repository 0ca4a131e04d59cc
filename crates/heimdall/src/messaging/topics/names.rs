/// Where a service shows the JSON Schema of a type of events, below its own address.
pub fn schema_path(kind: &str) -> String {
    format!("/discovery/v1/schemas/{kind}.json")
}

/// The topic on which a group parks what it wants to try again later.
pub fn retry_topic(topic: &str, group: &str) -> String {
    format!("{topic}.{group}.retry")
}

/// The topic on which a group parks what it could not process.
pub fn dead_letter_topic(topic: &str, group: &str) -> String {
    format!("{topic}.{group}.dead-letter")
}
