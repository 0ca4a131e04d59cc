//! Subscribing: a thread of its own polls Kafka, so that slow work never costs a membership, and hands records over
//! in bounded batches.

mod context;
mod member;
mod poller;
mod probe;
mod queue;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{oneshot, watch};

use self::member::Member;
use self::poller::Poller;
use self::queue::{Polled, Queue};
use super::KafkaConfig;
use crate::messaging::log::{Assignment, LogError, Subscriber, Subscription};
use crate::messaging::record::{Position, Record};

/// A member of a Kafka consumer group.
pub(super) struct KafkaSubscriber {
    member: Arc<Member>,
    queue: Arc<Queue>,
    /// Polled and not handed out yet.
    buffer: VecDeque<Polled>,
    left: Option<oneshot::Receiver<()>>,
    close_timeout: Duration,
}

impl KafkaSubscriber {
    /// Starts to join the group. Kafka may be away; options that librdkafka does not take are an error.
    pub(super) fn join(config: &KafkaConfig, subscription: &Subscription) -> Result<Self, LogError> {
        let refused = |source| LogError::Refused { operation: "subscribing", source };
        let member = Arc::new(Member::default());
        let queue = Arc::new(Queue::default());
        let (done, left) = oneshot::channel();
        let poller = Poller::new(config, subscription, Arc::clone(&member), Arc::clone(&queue));
        poller.start(done).map_err(refused)?;
        Ok(Self { member, queue, buffer: VecDeque::new(), left: Some(left), close_timeout: config.close_timeout() })
    }
}

#[async_trait]
impl Subscriber for KafkaSubscriber {
    async fn next(&mut self) -> Result<Record, LogError> {
        loop {
            while let Some(polled) = self.buffer.pop_front() {
                if self.member.still_holds(&polled) {
                    return Ok(polled.record);
                }
            }
            self.buffer = self.queue.pop().await.ok_or(LogError::Closed)?.into();
        }
    }

    async fn commit(&mut self, positions: &[Position]) -> Result<(), LogError> {
        self.member.remember(positions);
        Ok(())
    }

    fn assignment(&self) -> watch::Receiver<Assignment> {
        self.member.watch()
    }

    async fn close(mut self: Box<Self>) -> Result<(), LogError> {
        self.queue.close();
        let Some(left) = self.left.take() else { return Ok(()) };
        match tokio::time::timeout(self.close_timeout, left).await {
            Ok(_) => Ok(()),
            Err(_) => Err(LogError::CloseTimedOut(self.close_timeout)),
        }
    }
}

impl Drop for KafkaSubscriber {
    /// The poller leaves the group by itself.
    fn drop(&mut self) {
        self.queue.close();
    }
}
