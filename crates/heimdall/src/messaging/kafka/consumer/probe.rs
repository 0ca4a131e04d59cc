//! How a member stands with its group while the group does not say.

use std::time::Duration;

use rdkafka::consumer::Consumer as _;

use super::context::Client;
use super::member::Member;
use crate::messaging::log::{Membership, Subscription};

/// How long Kafka may take to answer.
const METADATA_TIMEOUT: Duration = Duration::from_secs(2);

/// Asks Kafka; blocks.
pub(super) fn probe(client: &Client, member: &Member, subscription: &Subscription) {
    member.set(match client.fetch_metadata(None, METADATA_TIMEOUT) {
        Err(error) => Membership::Away { reason: error.to_string() },
        Ok(_) if member.has_joined() => Membership::Member,
        Ok(metadata) if metadata.topics().iter().any(|topic| subscription.matches(topic.name())) => Membership::Joining,
        Ok(_) => Membership::NoTopics,
    });
}
