//! What happens when things are killed or stopped while tasks run.
//!
//! `VALKYRIE_FAULT_TASKS` says with how many tasks (40 unless told), `VALKYRIE_FAULT_OUTAGE_SECONDS` how long a server is
//! away (5 unless told), and with `VALKYRIE_FAULT_LOGS` the processes' logs are to be seen. At the end every task is
//! completed, once, and each of its events is on the topic, in order.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on has failed")]

mod client;
mod embedded;
mod issuer;
#[cfg(feature = "kafka")]
mod kafka;
mod process;
mod topic;

use std::time::Duration;

use rand::RngExt as _;

use client::Client;
use process::Processes;
use topic::Topic;

/// How many tasks a test runs.
fn tasks() -> usize {
    number("VALKYRIE_FAULT_TASKS").unwrap_or(40)
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

/// Kills every process at random moments and starts it again, for as long as tasks are asked for and a little longer.
async fn killed_at_random_moments(mut processes: Processes, client: Client, topic: Topic) {
    let count = tasks();
    processes.start();
    let asking = tokio::spawn({
        let client = client.clone();
        async move { client.request_all(count).await }
    });
    let mut kills = 0;
    // While they are asked for, and in any case a few times.
    while !asking.is_finished() || kills < 5 {
        tokio::time::sleep(Duration::from_millis(rand::rng().random_range(50..1500))).await;
        processes.kill();
        kills += 1;
        processes.start();
    }
    let ids = asking.await.unwrap();
    assert_eq!(ids.len(), count);
    for id in &ids {
        client.until_completed(id).await;
    }
    eprintln!("{count} tasks, {kills} kills");
    topic.holds_the_whole_story_of(&ids, &client).await;
    processes.stop();
}
