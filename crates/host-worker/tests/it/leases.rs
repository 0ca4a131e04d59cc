//! Workers that die, that lose their lease, and that are asked to stop.

use std::time::Duration;

use application::domain::Status;

use crate::world::{Behaviour, Gate, World};

async fn a_killed_workers_task_is_taken_up_by_another(world: World) {
    let gate = Gate::default();
    let id = world.given(Behaviour::Waits(gate.clone())).await;
    let first = world.worker("w1", 20);
    gate.reached_by(1).await;
    first.kill().await;

    let second = world.worker("w2", 20);
    // The second worker waits for the lease to run out, and then comes to the same gate.
    gate.reached_by(2).await;
    gate.open();
    world.until(id, Status::Completed).await;
    second.stop().await;
    assert_eq!(world.happened(id).await, ["created", "queued", "started", "completed"]);
    let log = world.log(id).await;
    assert!(log.contains(&"task: taken up again by w2: the worker before it is gone".to_owned()), "{log:?}");
}

async fn a_worker_that_lost_its_lease_writes_nothing(world: World) {
    let gate = Gate::default();
    let id = world.given(Behaviour::Waits(gate.clone())).await;
    let first = world.worker("w1", 20);
    gate.reached_by(1).await;
    // As if the database had not heard of it for too long: another worker takes the task.
    world.expire_leases().await;
    let stolen = world.adapters.queue.claim("thief", 1, Duration::from_mins(10)).await.unwrap();
    assert_eq!(stolen.len(), 1);
    let before = world.log(id).await;
    gate.open();
    first.stop().await;
    assert_eq!(world.log(id).await, before);
    assert_eq!(world.happened(id).await, ["created", "queued", "started"]);
    assert!(world.adapters.queue.renew(&stolen[0], Duration::from_mins(10)).await.unwrap());
}

async fn what_has_not_ended_in_time_is_handed_over_at_once(world: World) {
    let gate = Gate::default();
    let id = world.given(Behaviour::Waits(gate.clone())).await;
    let first = world.long_lease("w1", 0);
    gate.reached_by(1).await;
    first.stop().await;

    // The first worker's lease would have lasted for an hour.
    let second = world.long_lease("w2", 20);
    gate.reached_by(2).await;
    gate.open();
    world.until(id, Status::Completed).await;
    second.stop().await;
}

async fn what_runs_may_end_while_its_worker_stops(world: World) {
    let gate = Gate::default();
    let running = world.given(Behaviour::Waits(gate.clone())).await;
    let worker = world.worker("w1", 20);
    gate.reached_by(1).await;
    worker.shutdown.request();
    gate.open();
    worker.stop().await;
    assert_eq!(world.task(running).await.status, Status::Completed);

    let late = world.given(Behaviour::Fine).await;
    assert_eq!(world.task(late).await.status, Status::Queued);
}

crate::on_each_database!(
    a_killed_workers_task_is_taken_up_by_another,
    a_worker_that_lost_its_lease_writes_nothing,
    what_has_not_ended_in_time_is_handed_over_at_once,
    what_runs_may_end_while_its_worker_stops
);
