//! What runs to its end.

use std::collections::BTreeSet;

use application::domain::Status;

use crate::world::{Behaviour, Gate, World, caller};

async fn a_task_is_run_to_its_end(world: World) {
    let id = world.given(Behaviour::Fine).await;
    let worker = world.worker("w1", 20);
    let task = world.until(id, Status::Completed).await;
    worker.stop().await;

    assert_eq!(task.entity_refs[0].to_string(), format!("component:default/c-{id}"));
    assert_eq!(task.artifact.unwrap().size, 36);
    assert_eq!(world.happened(id).await, ["created", "queued", "started", "completed"]);
    assert_eq!(world.log(id).await, ["task: started by w1", "work: did step 0", "task: completed"]);
}

async fn two_workers_run_each_of_two_hundred_tasks_once(world: World) {
    let mut ids = Vec::new();
    for _ in 0..100 {
        ids.push(world.given(Behaviour::Fine).await);
    }
    let (first, second) = (world.worker("w1", 20), world.worker("w2", 20));
    for _ in 0..100 {
        ids.push(world.given(Behaviour::Fine).await);
    }
    for id in &ids {
        world.until(*id, Status::Completed).await;
        assert_eq!(world.happened(*id).await, ["created", "queued", "started", "completed"]);
    }
    first.stop().await;
    second.stop().await;

    let steps = world.templates.steps();
    assert_eq!(steps.len(), 200, "no step ran twice");
    assert_eq!(steps.iter().collect::<BTreeSet<_>>().len(), 200);
}

async fn a_task_that_is_cancelled_stops_before_its_next_step(world: World) {
    let gate = Gate::default();
    let id = world.given(Behaviour::Waits(gate.clone())).await;
    let worker = world.worker("w1", 20);
    gate.reached_by(1).await;
    assert_eq!(world.tasks().cancel(caller(), id).await.unwrap().status, Status::Cancelling);
    gate.open();
    world.until(id, Status::Cancelled).await;
    worker.stop().await;

    assert_eq!(world.templates.steps(), [format!("{id} first")]);
    assert_eq!(world.happened(id).await, ["created", "queued", "started", "cancelled"]);
}

async fn as_many_run_at_once_as_may(world: World) {
    let gate = Gate::default();
    for _ in 0..6 {
        world.given(Behaviour::Waits(gate.clone())).await;
    }
    let worker = world.worker("w1", 20);
    gate.reached_by(4).await;
    // Nothing but a fifth claim could bring another to the gate; the queue has two more, and they stay queued.
    let waiting = world.count("SELECT count(*) AS n FROM scaffold_tasks WHERE status = 'queued'").await;
    assert_eq!(waiting, 2);
    gate.open();
    worker.stop().await;
    let left = world.count("SELECT count(*) AS n FROM scaffold_tasks WHERE status <> 'completed'").await;
    assert!(left <= 2, "what was claimed has ended before the runner did");
}

crate::on_each_database!(
    a_task_is_run_to_its_end,
    two_workers_run_each_of_two_hundred_tasks_once,
    a_task_that_is_cancelled_stops_before_its_next_step,
    as_many_run_at_once_as_may
);
