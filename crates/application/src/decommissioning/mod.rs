//! Services that have vanished from the catalog: their tasks are marked, unless so many go at once that it must be a mistake.

mod brake;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::{Actor, TaskId};

use crate::clock::Clock;
use crate::ports::{CommitError, Context, Removal, RemovalState, Removals, Store, StoreError, Viewer};

/// The use cases around services that have vanished.
#[derive(Clone)]
pub struct Decommissioning {
    removals: Arc<dyn Removals>,
    store: Arc<dyn Store>,
    clock: Clock,
    settle: TimeDelta,
}

/// What [`Decommissioning::decide`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    /// The tasks that are decommissioned now.
    pub decommissioned: Vec<TaskId>,
    /// How many more tasks wait for a person now, because too many services went at once.
    pub held: u64,
}

impl Decommissioning {
    /// The use cases over these ports. `settle` is how long no service may have vanished before it is decided what that
    /// means.
    pub fn new(removals: Arc<dyn Removals>, store: Arc<dyn Store>, clock: Clock, settle: TimeDelta) -> Self {
        Self { removals, store, clock, settle }
    }

    /// The services that have vanished and whose tasks are not decommissioned yet; the oldest first.
    pub async fn open(&self) -> Result<Vec<Removal>, StoreError> {
        let mut all = self.removals.list(self.clock.now()).await?;
        all.retain(|removal| !matches!(removal.state, RemovalState::Done { .. }));
        Ok(all)
    }

    /// Lets the tasks of all services that have vanished be decommissioned, however many they are; answers how many.
    pub async fn confirm(&self, by: &Actor) -> Result<u64, StoreError> {
        self.removals.confirm(by).await
    }

    /// Lets the tasks of all services that have vanished stay completed; answers how many. What was confirmed stays
    /// confirmed.
    pub async fn discard(&self) -> Result<u64, StoreError> {
        self.removals.discard().await
    }

    /// Decides about what has vanished. Any number of workers may do that at the same time.
    pub async fn decide(&self) -> Result<Decided, StoreError> {
        let now = self.clock.now();
        // Those that were done count among what went within the brake's window; their times may be older than the doing.
        let all = self.removals.list(now - brake::WINDOW * 2).await?;
        if all.iter().all(|removal| matches!(removal.state, RemovalState::Done { .. })) {
            return Ok(Decided::default());
        }
        let decision = brake::decide(&all, self.removals.services().await?, now, self.settle);
        let held = if decision.hold { self.removals.hold().await? } else { 0 };
        let mut decommissioned = Vec::new();
        for removal in decision.decommission {
            if self.decommission(removal).await? {
                decommissioned.push(removal.task);
            }
        }
        Ok(Decided { decommissioned, held })
    }

    /// Forgets removals that were done long ago; answers how many.
    pub async fn forget(&self) -> Result<u64, StoreError> {
        self.removals.forget(self.clock.now() - TimeDelta::days(1)).await
    }

    /// Whether it was this call that marked the task. One that has been deleted or decommissioned meanwhile needs no mark.
    async fn decommission(&self, removal: &Removal) -> Result<bool, StoreError> {
        let context = Context {
            causation_id: Some(removal.event_id.clone()),
            correlation_id: removal.correlation_id.clone(),
            ..Context::default()
        };
        let mut work = self.store.begin(context).await?;
        let by = match &removal.state {
            RemovalState::Confirmed(person) => person.clone(),
            _ => Actor::system("catalog"),
        };
        let now = self.clock.now();
        let mut task = work.task(&Viewer::system("catalog"), removal.task).await?;
        let marked = task.as_mut().is_some_and(|task| task.decommission(by, now).is_ok());
        if let Some(task) = task.as_mut().filter(|_| marked) {
            work.save(task);
        }
        work.removal_done(removal.task, now);
        match work.commit().await {
            Ok(()) => Ok(marked),
            Err(CommitError::Store(error)) => Err(error),
            // A concurrent change, or another worker, committed first: the next call sees how the task stands.
            Err(_) => Ok(false),
        }
    }
}
