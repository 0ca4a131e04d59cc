//! How far a group has come.

use std::time::Duration;

use super::stage::{Stage, numbered, texts};
use crate::messaging::log::{Start, Subscription};

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

/// Each group reads everything, whatever another has committed.
pub async fn groups_are_independent(stage: &Stage<'_>) {
    let topic = stage.create("groups", 1).await;
    stage.publish(numbered(&topic, "a", 0, 20)).await;
    let mut first = stage.join("first", &["groups"]).await;
    let read = first.read(20).await;
    first.commit(&read).await;
    first.close().await;
    let mut second = stage.join("second", &["groups"]).await;
    assert_eq!(texts(&second.read(20).await), numbers(0..20));
    second.close().await;
}

/// A group goes on from its committed positions, in each partition.
pub async fn positions_survive(stage: &Stage<'_>) {
    let topic = stage.create("positions", 3).await;
    for key in ["a", "b", "c", "d", "e"] {
        stage.publish(numbered(&topic, key, 0, 4)).await;
    }
    let mut member = stage.join("positions", &["positions"]).await;
    let read = member.read(20).await;
    member.commit(&read).await;
    member.close().await;
    stage.publish(numbered(&topic, "a", 4, 3)).await;
    let mut again = stage.join("positions", &["positions"]).await;
    assert_eq!(texts(&again.read(3).await), numbers(4..7));
    again.close().await;
}

/// What was read and not committed is read again, by who comes after a member that closed or just went away.
pub async fn uncommitted_is_delivered_again(stage: &Stage<'_>) {
    let topic = stage.create("again", 1).await;
    stage.publish(numbered(&topic, "a", 0, 10)).await;
    let mut first = stage.join("again", &["again"]).await;
    let read = first.read(10).await;
    first.commit(&read[..3]).await;
    first.close().await;
    let mut second = stage.join("again", &["again"]).await;
    let read = second.read(7).await;
    assert_eq!(texts(&read), numbers(3..10));
    second.commit(&read[..2]).await;
    // Without closing: positions are durable about a second later at the latest, or when it leaves.
    drop(second);
    let mut third = stage.join("again", &["again"]).await;
    assert_eq!(texts(&third.read(5).await), numbers(5..10));
    third.close().await;
}

/// A group that starts at the latest record sees only what comes afterwards.
pub async fn latest_starts_after_what_is_there(stage: &Stage<'_>) {
    let topic = stage.create("latest", 1).await;
    stage.publish(numbered(&topic, "a", 0, 5)).await;
    let topics = [topic.parse().unwrap()];
    let subscription = Subscription::new(stage.group("latest"), topics).unwrap().starting(Start::Latest);
    let mut member = stage.join_as(subscription).await;
    member.holds(1).await;
    // The member holds its partition a moment before it knows where that ends: what comes in between may be missed.
    let mut sent = 5;
    let read = loop {
        stage.publish(numbered(&topic, "a", sent, 1)).await;
        sent += 1;
        let read = member.read_for(Duration::from_millis(500)).await;
        if !read.is_empty() {
            break texts(&read);
        }
    };
    assert!(read.iter().all(|number| number.parse::<usize>().unwrap() >= 5), "{read:?}");
    member.close().await;
}

/// Giving up waiting for a record loses none.
pub async fn next_is_cancel_safe(stage: &Stage<'_>) {
    let topic = stage.create("cancel", 1).await;
    let mut member = stage.join("cancel", &["cancel"]).await;
    member.holds(1).await;
    let mut read = Vec::new();
    for round in 0..50 {
        stage.publish(numbered(&topic, "a", round * 2, 2)).await;
        read.extend(member.read_for(Duration::from_micros(300)).await);
    }
    read.extend(member.read(100 - read.len()).await);
    assert_eq!(texts(&read), numbers(0..100));
    member.close().await;
}
