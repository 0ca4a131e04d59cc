//! What does not run to its end, and why.

use std::time::Duration;

use application::domain::{Status, TaskId};
use application::runs::ClaimOutcome;
use chrono::TimeDelta;

use crate::world::{Behaviour, World};

async fn a_step_that_fails_fails_the_task_with_its_reason(world: World) {
    let id = world.given(Behaviour::Fails).await;
    let worker = world.worker("w1", 20);
    let failure = world.until(id, Status::Failed).await.failure.unwrap();
    worker.stop().await;
    assert_eq!((failure.step.as_str(), failure.message.as_str(), failure.retryable), ("work", "no luck today", true));
    assert_eq!(world.happened(id).await, ["created", "queued", "started", "failed"]);
}

async fn an_engine_that_breaks_down_fails_its_task_and_nothing_else(world: World) {
    let broken = [world.given(Behaviour::Panics).await, world.given(Behaviour::PanicsAtOnce).await];
    let worker = world.worker("w1", 20);
    for id in broken {
        let failure = world.until(id, Status::Failed).await.failure.unwrap();
        assert!(failure.message.contains("defect of Valkyrie"), "{failure:?}");
        let said = format!("{:?} {:?}", world.log(id).await, failure);
        assert!(!said.contains("hunter2"), "what a panic quotes may be secret: {said}");
    }
    let fine = world.given(Behaviour::Fine).await;
    world.until(fine, Status::Completed).await;
    worker.stop().await;
}

/// A task that was begun by so many workers in a row, each of which died.
async fn begun_by_dead_workers(world: &World, claims: &'static str) -> TaskId {
    let id = world.given(Behaviour::Fine).await;
    let leases = world.adapters.queue.claim("dead", 1, Duration::from_mins(1)).await.unwrap();
    assert!(matches!(world.adapters.task_runs().begin(&leases[0]).await.unwrap(), ClaimOutcome::Run(_)));
    world.leases(claims).await;
    world.expire_leases().await;
    id
}

async fn a_task_that_wears_out_its_workers_fails(world: World) {
    let id = begun_by_dead_workers(&world, "UPDATE scaffold_task_leases SET claims = 5").await;
    let worker = world.worker_at("w1", TimeDelta::minutes(6));
    let failure = world.until(id, Status::Failed).await.failure.unwrap();
    worker.stop().await;
    assert!(failure.message.starts_with("more than 5 workers began it"), "{failure:?}");
    assert!(failure.retryable);
    assert_eq!(world.templates.steps(), Vec::<String>::new(), "it was not begun again");
}

async fn a_task_is_not_blamed_for_workers_that_die_one_soon_after_the_other(world: World) {
    let id = begun_by_dead_workers(&world, "UPDATE scaffold_task_leases SET claims = 50").await;
    let worker = world.worker("w1", 20);
    world.until(id, Status::Completed).await;
    worker.stop().await;
}

async fn a_task_whose_workers_ended_in_good_order_is_not_worn_out(world: World) {
    let id = begun_by_dead_workers(&world, "UPDATE scaffold_task_leases SET claims = 1").await;
    for _ in 0..10 {
        let leases = world.adapters.queue.claim("w0", 1, Duration::from_mins(1)).await.unwrap();
        world.adapters.queue.release(&leases[0]).await.unwrap();
    }
    let worker = world.worker_at("w1", TimeDelta::minutes(6));
    world.until(id, Status::Completed).await;
    worker.stop().await;
}

crate::on_each_database!(
    a_step_that_fails_fails_the_task_with_its_reason,
    an_engine_that_breaks_down_fails_its_task_and_nothing_else,
    a_task_that_wears_out_its_workers_fails,
    a_task_is_not_blamed_for_workers_that_die_one_soon_after_the_other,
    a_task_whose_workers_ended_in_good_order_is_not_worn_out,
);
