/// The topic on which a group parks what it wants to try again later.
pub fn retry_topic(topic: &str, group: &str) -> String {
    format!("{topic}.{group}.retry")
}

/// The topic on which a group parks what it could not process.
pub fn dead_letter_topic(topic: &str, group: &str) -> String {
    format!("{topic}.{group}.dead-letter")
}
