use std::collections::BTreeSet;
use std::time::Duration;

use application::domain::{Failure, Status};
use application::ports::Lease;
use application::runs::{ClaimOutcome, RunError};

use crate::support::{caller, on_both_databases, viewer};

const LONG: Duration = Duration::from_mins(1);

on_both_databases! {
    async fn two_workers_never_claim_one_task(installation: Installation) {
        for number in 0..40 {
            installation.request("ada", &format!("service-{number}")).await;
        }
        let queue = &installation.adapters.queue;
        let worker = async |name: &'static str| {
            let mut mine = Vec::new();
            loop {
                let claimed = queue.claim(name, 3, LONG).await.unwrap();
                if claimed.is_empty() {
                    return mine;
                }
                mine.extend(claimed.into_iter().map(|lease| lease.task));
            }
        };
        let (one, two) = tokio::join!(worker("one"), worker("two"));
        assert_eq!(one.len() + two.len(), 40);
        assert_eq!(one.iter().chain(&two).collect::<BTreeSet<_>>().len(), 40);
    }

    async fn an_expired_lease_passes_on_and_fences_the_one_before(installation: Installation) {
        let task = installation.request("ada", "payments").await;
        let queue = &installation.adapters.queue;
        let first = claim_one(queue.claim("first", 1, Duration::ZERO).await.unwrap());
        assert!(queue.renew(&first, Duration::ZERO).await.unwrap());
        // By the database's clock the lease is over as soon as that has moved on by a tick.
        let second = loop {
            if let [lease] = queue.claim("second", 1, LONG).await.unwrap().as_slice() {
                break lease.clone();
            }
        };
        assert!(second.epoch > first.epoch);
        assert!(!queue.renew(&first, LONG).await.unwrap());
        let runs = installation.adapters.task_runs();
        assert!(matches!(runs.begin(&first).await, Err(RunError::LeaseLost)));
        assert_eq!(installation.tasks.get(&viewer("ada"), task.id).await.unwrap(), task);
        assert_eq!(queue.claim("third", 1, LONG).await.unwrap(), []);
    }

    async fn a_released_task_can_be_claimed_at_once(installation: Installation) {
        installation.request("ada", "payments").await;
        let queue = &installation.adapters.queue;
        let lease = claim_one(queue.claim("first", 1, LONG).await.unwrap());
        queue.release(&lease).await.unwrap();
        assert_eq!(claim_one(queue.claim("second", 1, LONG).await.unwrap()).epoch, 2);
    }

    async fn a_template_that_is_gone_fails_the_task_with_the_reason(installation: Installation) {
        let task = installation.request("ada", "payments").await;
        let lease = claim_one(installation.adapters.queue.claim("worker", 1, LONG).await.unwrap());
        assert!(matches!(installation.adapters.task_runs().begin(&lease).await.unwrap(), ClaimOutcome::Done(_)));
        let failed = installation.tasks.get(&viewer("ada"), task.id).await.unwrap();
        assert_eq!(failed.status, Status::Failed);
        let Failure { step, message, .. } = failed.failure.unwrap();
        assert_eq!((step.as_str(), message.as_str()), ("template", "there is no template `plain` here"));
        let log = installation.tasks.log(&viewer("ada"), task.id, 0, 10).await.unwrap();
        assert_eq!(log.iter().map(|line| line.line).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(installation.adapters.queue.claim("other", 1, LONG).await.unwrap(), []);
    }

    async fn a_cancelled_task_is_claimed_by_nobody(installation: Installation) {
        let task = installation.request("ada", "payments").await;
        installation.tasks.cancel(caller("ada"), task.id).await.unwrap();
        assert_eq!(installation.adapters.queue.claim("worker", 1, LONG).await.unwrap(), []);
    }
}

fn claim_one(mut claimed: Vec<Lease>) -> Lease {
    assert_eq!(claimed.len(), 1);
    claimed.remove(0)
}
