//! What librdkafka calls while it is polled: rebalances, commits, errors.

use std::sync::Arc;

use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext, Rebalance};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode as Code};
use rdkafka::topic_partition_list::Offset;

use super::member::Member;
use crate::messaging::kafka::client::LogContext;
use crate::messaging::log::Membership;
use crate::messaging::record::TopicPartition;

/// A librdkafka consumer of ours.
pub(super) type Client = BaseConsumer<Context>;

/// Keeps the member's state while librdkafka is polled.
pub(super) struct Context {
    pub(super) log: LogContext,
    pub(super) member: Arc<Member>,
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.log.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if error.rdkafka_error_code() == Some(Code::AllBrokersDown) {
            self.member.set(Membership::Away { reason: reason.to_owned() });
        }
        self.log.error(error, reason);
    }
}

impl ConsumerContext for Context {
    /// Runs before librdkafka takes the change in, on the polling thread.
    fn pre_rebalance(&self, client: &Client, rebalance: &Rebalance<'_>) {
        let group = self.log.name.as_str();
        match rebalance {
            Rebalance::Assign(list) => {
                let partitions = partitions(list);
                tracing::info!(group, partitions = %told(&partitions), "partitions were assigned");
                self.member.gain(partitions);
            }
            Rebalance::Revoke(list) if client.assignment_lost() => {
                tracing::warn!(group, partitions = %told(&partitions(list)), "partitions were lost");
                self.member.lose(Membership::Joining);
            }
            Rebalance::Revoke(list) => {
                let partitions = partitions(list);
                tracing::info!(group, partitions = %told(&partitions), "partitions were revoked");
                store_positions(client, &self.member);
                self.member.give_up(&partitions);
                commit(client, group);
            }
            Rebalance::Error(error) => tracing::warn!(group, %error, "rebalancing failed"),
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        match result {
            Err(error) if error.rdkafka_error_code() != Some(Code::NoOffset) => {
                // The positions stay stored and go with the next commit; at worst records are read again.
                tracing::debug!(group = self.log.name.as_str(), %error, "positions were not committed");
            }
            _ => {}
        }
    }
}

/// Stores the positions that the consumer committed, so that librdkafka commits them.
pub(super) fn store_positions(client: &Client, member: &Member) {
    let positions = member.take_positions();
    if positions.is_empty() {
        return;
    }
    let mut list = TopicPartitionList::with_capacity(positions.len());
    let added = positions.iter().try_for_each(|(partition, offset)| {
        list.add_partition_offset(&partition.topic, partition.partition, Offset::Offset(*offset))
    });
    if let Err(error) = added.and_then(|()| client.store_offsets(&list)) {
        tracing::debug!(%error, "positions were not stored; their records are read again");
    }
}

/// Makes the stored positions durable now.
pub(super) fn commit(client: &Client, group: &str) {
    match client.commit_consumer_state(CommitMode::Sync) {
        Err(error) if error.rdkafka_error_code() != Some(Code::NoOffset) => {
            tracing::warn!(group, %error, "positions were not committed; their records are read again");
        }
        _ => {}
    }
}

fn partitions(list: &TopicPartitionList) -> Vec<TopicPartition> {
    list.elements().iter().map(|element| TopicPartition::new(element.topic(), element.partition())).collect()
}

fn told(partitions: &[TopicPartition]) -> String {
    partitions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
