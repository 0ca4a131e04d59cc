//! Reads records, deals them out to the workers of their partitions, and commits what is done.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::health::ConsumerHealth;
use super::worker::{self as partition_worker, Done, Shared};
use super::{Consumer, Handler};
use crate::messaging::inbox;
use crate::messaging::log::{Assignment, LogError, Subscriber};
use crate::messaging::record::{Record, TopicPartition};
use crate::shutdown::Shutdown;

/// A log that could not be joined is tried again so much later; the same for an error while reading.
const RETRY_AFTER: Duration = Duration::from_secs(1);
const FORGET_EVERY: Duration = Duration::from_mins(5);

struct PartitionWorker {
    epoch: u64,
    records: mpsc::UnboundedSender<Record>,
    /// Records that are in the worker.
    waiting: usize,
    task: AbortOnDropHandle<()>,
}

struct PartitionWorkers<H> {
    shared: Arc<Shared<H>>,
    of: HashMap<TopicPartition, PartitionWorker>,
    done: mpsc::UnboundedSender<Done>,
}

impl<H: Handler> Consumer<H> {
    /// Works until shutdown is requested, then finishes the records whose handlers are running, stores the positions and
    /// leaves the group. No outage ends it. Dropping it at any moment loses nothing.
    ///
    /// Fails only with what no waiting mends: a log that refuses the subscription.
    pub async fn run(self, shutdown: Shutdown) -> Result<(), LogError> {
        let Some(mut subscriber) = self.join(&shutdown).await? else { return Ok(()) };
        let shared = Arc::new(Shared {
            work: self.work.clone(),
            group: self.subscription.group().to_owned(),
            handler: self.handler.clone(),
            config: self.config,
            health: self.health.clone(),
            stop: CancellationToken::new(),
        });
        let _forgetting = AbortOnDropHandle::new(tokio::spawn(forget(shared.clone())));
        let (sender, mut done) = mpsc::unbounded_channel();
        let mut workers = PartitionWorkers { shared, of: HashMap::new(), done: sender };
        let mut assignment = subscriber.assignment();
        workers.follow(&assignment.borrow_and_update().clone());
        // The log is not asked again before this moment.
        let mut read_from = Instant::now();
        let outcome = loop {
            let room = workers.waiting() < self.config.read_ahead.max(1);
            tokio::select! {
                biased;
                () = shutdown.requested() => break Ok(()),
                Some(first) = done.recv() => workers.commit(first, &mut done, &mut *subscriber).await,
                Ok(()) = assignment.changed() => workers.follow(&assignment.borrow_and_update().clone()),
                record = next(&mut *subscriber, read_from), if room => match record {
                    Ok(record) => workers.dispatch(record, &assignment),
                    Err(error) if error.is_transient() => {
                        tracing::warn!(%error, "the log can't be read; trying again");
                        read_from = Instant::now() + RETRY_AFTER;
                    }
                    Err(error) => break Err(error),
                },
            }
        };
        workers.drain(Duration::from_millis(self.config.drain_ms)).await;
        if let Ok(first) = done.try_recv() {
            workers.commit(first, &mut done, &mut *subscriber).await;
        }
        let closed = subscriber.close().await;
        self.health.send_modify(|health| health.assignment = assignment.borrow().clone());
        outcome.and(closed)
    }

    async fn join(&self, shutdown: &Shutdown) -> Result<Option<Box<dyn Subscriber>>, LogError> {
        while !shutdown.is_requested() {
            match self.log.subscribe(&self.subscription).await {
                Ok(subscriber) => return Ok(Some(subscriber)),
                Err(error) if error.is_transient() => {
                    tracing::warn!(%error, group = self.subscription.group(), "can't join the group; trying again");
                    tokio::select! {
                        () = shutdown.requested() => {}
                        () = tokio::time::sleep(RETRY_AFTER) => {}
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

async fn next(subscriber: &mut dyn Subscriber, from: Instant) -> Result<Record, LogError> {
    tokio::time::sleep_until(from).await;
    subscriber.next().await
}

impl<H: Handler> PartitionWorkers<H> {
    fn waiting(&self) -> usize {
        self.of.values().map(|worker| worker.waiting).sum()
    }

    /// Ends the workers of partitions that are held no more, or in another epoch: somebody else may work on them by now.
    fn follow(&mut self, assignment: &Assignment) {
        self.of.retain(|partition, worker| assignment.epoch(partition) == Some(worker.epoch));
        let waiting = self.waiting();
        self.shared.health.send_modify(|health: &mut ConsumerHealth| {
            health.stuck.retain(|partition, _| assignment.holds(partition));
            health.assignment = assignment.clone();
            health.waiting = waiting;
        });
    }

    fn dispatch(&mut self, record: Record, assignment: &watch::Receiver<Assignment>) {
        let partition = record.topic_partition();
        // Held no more: its new holder reads it.
        let Some(epoch) = assignment.borrow().epoch(&partition) else { return };
        if self.of.get(&partition).is_some_and(|worker| worker.epoch != epoch) {
            self.of.remove(&partition);
        }
        let worker = self.of.entry(partition).or_insert_with(|| {
            let (records, receiver) = mpsc::unbounded_channel();
            let task = partition_worker::run(self.shared.clone(), receiver, self.done.clone(), epoch);
            PartitionWorker { epoch, records, waiting: 0, task: AbortOnDropHandle::new(tokio::spawn(task)) }
        });
        worker.waiting += 1;
        // A worker ends only with its consumer.
        let _ = worker.records.send(record);
    }

    /// Commits this and whatever else is done by now.
    async fn commit(&mut self, first: Done, done: &mut mpsc::UnboundedReceiver<Done>, subscriber: &mut dyn Subscriber) {
        let mut positions = HashMap::new();
        let mut next = Some(first);
        while let Some(Done { position, epoch }) = next {
            if let Some(worker) = self.of.get_mut(&position.partition).filter(|worker| worker.epoch == epoch) {
                worker.waiting = worker.waiting.saturating_sub(1);
                positions.insert(position.partition.clone(), position);
            }
            next = done.try_recv().ok();
        }
        let positions: Vec<_> = positions.into_values().collect();
        if let Err(error) = subscriber.commit(&positions).await {
            // The records are delivered again some day, and the inbox recognises them.
            tracing::warn!(%error, "positions could not be committed");
        }
        let waiting = self.waiting();
        self.shared.health.send_modify(|health| health.waiting = waiting);
    }

    /// Lets each worker finish the record it is at; takes back the transactions of those that take longer.
    async fn drain(&mut self, limit: Duration) {
        self.shared.stop.cancel();
        let deadline = Instant::now() + limit;
        for worker in self.of.values_mut() {
            // Wakes a worker that has nothing to do.
            let (closed, _) = mpsc::unbounded_channel();
            worker.records = closed;
            if tokio::time::timeout_at(deadline, &mut worker.task).await.is_err() {
                worker.task.abort();
            }
        }
    }
}

async fn forget<H: Handler>(shared: Arc<Shared<H>>) {
    let age = Duration::from_hours(shared.config.inbox_hours);
    loop {
        tokio::time::sleep(FORGET_EVERY).await;
        match inbox::forget(shared.work.database(), &shared.group, age).await {
            Ok(0) => {}
            Ok(rows) => tracing::debug!(rows, group = shared.group, "forgot old rows of the inbox"),
            Err(error) => tracing::warn!(%error, group = shared.group, "the inbox could not be cleaned; trying later"),
        }
    }
}
