//! Who holds which partition.

use std::collections::BTreeSet;
use std::time::Duration;

use super::stage::{Stage, eventually, numbered, record, texts};
use crate::messaging::log::Membership;
use crate::messaging::record::Record;

/// Two members share the partitions; when one leaves, the other has them all and goes on where the first stood.
pub async fn members_share_and_hand_over(stage: &Stage<'_>) {
    let topic = stage.create("shared", 4).await;
    let mut first = stage.join("shared", &["shared"]).await;
    first.holds(4).await;
    let epochs = first.0.assignment().borrow().partitions.clone();
    let mut second = stage.join("shared", &["shared"]).await;
    // A member that reads nothing would hold the rebalance up: both are driven.
    let (early, late) = tokio::join!(first.drive(2), second.drive(2));
    assert!(early.is_empty() && late.is_empty(), "nothing was published yet");
    let held = |member: &super::stage::Member| {
        member.0.assignment().borrow().partitions.keys().cloned().collect::<BTreeSet<_>>()
    };
    assert!(held(&first).is_disjoint(&held(&second)), "a partition has one holder");

    let keys: Vec<_> = (0..40).map(|key| format!("key-{key}")).collect();
    stage.publish(keys.iter().map(|key| record(&topic, key, key.clone())).collect()).await;
    let (mut of_first, mut of_second) = (Vec::new(), Vec::new());
    eventually("all records are read, by one member or the other", async || {
        of_first.extend(first.read_for(Duration::from_millis(100)).await);
        of_second.extend(second.read_for(Duration::from_millis(100)).await);
        of_first.len() + of_second.len() >= keys.len()
    })
    .await;
    assert!(!of_first.is_empty() && !of_second.is_empty(), "both have work");
    let in_held = |records: &[Record], held: &BTreeSet<_>| records.iter().all(|r| held.contains(&r.topic_partition()));
    assert!(in_held(&of_first, &held(&first)) && in_held(&of_second, &held(&second)));

    second.commit(&of_second).await;
    first.commit(&of_first).await;
    second.close().await;
    let handed_over = first.drive(4).await;
    assert!(handed_over.is_empty(), "committed records are not read again: {:?}", texts(&handed_over));
    let now = first.0.assignment().borrow().partitions.clone();
    assert!(now.iter().any(|(partition, epoch)| epochs[partition] != *epoch), "what came back has another epoch");

    stage.publish(keys.iter().map(|key| record(&topic, key, format!("{key} again"))).collect()).await;
    let read = first.read(keys.len()).await;
    assert_eq!(texts(&read).into_iter().collect::<BTreeSet<_>>().len(), keys.len());
    assert!(texts(&read).iter().all(|text| text.ends_with(" again")));
    first.close().await;
}

/// A member with nothing to hold is as healthy as the others.
pub async fn spare_members_are_healthy(stage: &Stage<'_>) {
    stage.create("spare", 1).await;
    let mut first = stage.join("spare", &["spare"]).await;
    first.holds(1).await;
    let mut second = stage.join("spare", &["spare"]).await;
    eventually("one holds the partition, and both are members", async || {
        first.read_for(Duration::from_millis(50)).await;
        second.read_for(Duration::from_millis(50)).await;
        let (first, second) = (first.0.assignment(), second.0.assignment());
        let (first, second) = (first.borrow(), second.borrow());
        first.membership == Membership::Member
            && second.membership == Membership::Member
            && first.partitions.len() + second.partitions.len() == 1
    })
    .await;
    first.close().await;
    second.close().await;
}

/// A pattern catches topics that come later, and neither deeper ones nor a group's own retries. Until there is a topic
/// the member is healthy.
pub async fn new_topics_are_noticed(stage: &Stage<'_>) {
    let mut member = stage.join("pattern", &["kind.*"]).await;
    eventually("the member waits for topics", async || {
        member.read_for(Duration::from_millis(50)).await;
        member.0.assignment().borrow().is_healthy()
    })
    .await;
    let retry = format!("kind.first.{}.retry", stage.group("pattern"));
    let first = stage.create("kind.first", 2).await;
    let retry = stage.create(&retry, 1).await;
    stage.publish(numbered(&retry, "a", 100, 5)).await;
    stage.publish(numbered(&first, "a", 0, 5)).await;
    assert_eq!(texts(&member.read(5).await), ["0", "1", "2", "3", "4"]);
    let second = stage.create("kind.second", 1).await;
    // Published before it is noticed: nothing is missed.
    stage.publish(numbered(&second, "a", 5, 3)).await;
    let read = member.read(3).await;
    assert_eq!(texts(&read), ["5", "6", "7"]);
    assert!(read.iter().all(|record| record.topic == second));
    member.holds(3).await;
    member.close().await;
}

/// Who watches a member sees that it has closed.
pub async fn a_closed_member_says_so(stage: &Stage<'_>) {
    stage.create("closed", 1).await;
    let mut member = stage.join("closed", &["closed"]).await;
    member.holds(1).await;
    let assignment = member.0.assignment();
    assert_eq!(assignment.borrow().membership, Membership::Member);
    member.close().await;
    assert_eq!(assignment.borrow().membership, Membership::Closed);
    assert!(assignment.borrow().partitions.is_empty());
}
