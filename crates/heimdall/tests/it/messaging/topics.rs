//! The way from the topics that are there to those that are wanted.

use std::time::Duration;

use heimdall::messaging::topics::{
    CleanupPolicy, Retention, TopicChange, TopicInfo, TopicPlanError, TopicSpec, TopicSpecError, plan,
};

fn info(name: &str, partitions: u32) -> TopicInfo {
    let retention = Retention::For(Duration::from_hours(168));
    TopicInfo { name: name.to_owned(), partitions, retention, cleanup_policy: Some(CleanupPolicy::Delete) }
}

fn spec(name: &str, partitions: u32) -> TopicSpec {
    TopicSpec::new(name, partitions).unwrap()
}

#[test]
fn what_is_as_wanted_or_wanted_by_nobody_stays() {
    let there = [info("orders", 6), info("others", 1)];
    let wanted = [spec("orders", 6).cleanup_policy(CleanupPolicy::Delete).retention(there[0].retention)];
    assert_eq!(plan(&there, &wanted).unwrap(), []);
    assert_eq!(plan(&there, &[spec("orders", 6)]).unwrap(), []);
}

#[test]
fn each_difference_is_one_change() {
    let wanted =
        [spec("new", 3), spec("orders", 12).retention(Retention::Forever).cleanup_policy(CleanupPolicy::Compact)];
    let changes = plan(&[info("orders", 6)], &wanted).unwrap();
    let told: Vec<_> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "create new with 3 partitions",
            "grow orders from 6 to 12 partitions",
            "keep orders for ever instead of 7 d",
            "clean up orders by compact instead of delete",
        ]
    );
    assert_eq!(changes[1], TopicChange::Grow { topic: "orders".into(), from: 6, to: 12 });
}

#[test]
fn a_topic_of_others_is_made_where_it_is_missing_and_left_as_it_is_where_it_is_not() {
    let wanted = [spec("orders", 3).any_partitions(), spec("prices", 3).any_partitions()];
    let told = |there: &[TopicInfo]| plan(there, &wanted).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(told(&[info("orders", 1), info("prices", 12)]), Vec::<String>::new());
    assert_eq!(told(&[info("orders", 12)]), ["create prices with 3 partitions"]);
    let [retry, dead_letter] = wanted[0].parking_for("billing").unwrap();
    assert!(retry.any_partitions && dead_letter.any_partitions);
}

#[test]
fn every_topic_that_would_shrink_is_named() {
    let error = plan(&[info("a", 6), info("b", 2)], &[spec("a", 3), spec("b", 1), spec("c", 1)]).unwrap_err();
    assert_eq!(error.to_string(), "partitions cannot be taken away: `a` has 6, 3 are wanted; `b` has 2, 1 are wanted");
}

#[test]
fn a_topic_wanted_in_two_ways_is_refused_and_one_wanted_twice_is_not() {
    assert_eq!(plan(&[], &[spec("a", 3), spec("a", 3)]).unwrap().len(), 1);
    assert_eq!(plan(&[], &[spec("a", 3), spec("a", 4)]), Err(TopicPlanError::Contradiction("a".into())));
}

#[test]
fn parking_topics_follow_their_topic() {
    let [retry, dead_letter] = spec("orders", 6).parking_for("billing").unwrap();
    assert_eq!((retry.name.as_str(), retry.partitions), ("orders.billing.retry", 6));
    assert_eq!((dead_letter.name.as_str(), dead_letter.partitions), ("orders.billing.dead-letter", 6));
    assert_eq!(dead_letter.retention, Some(Retention::For(Duration::from_hours(720))));
}

#[test]
fn impossible_topics_are_refused() {
    assert!(matches!(TopicSpec::new("a/b", 1), Err(TopicSpecError::Name(_))));
    assert!(matches!(TopicSpec::new("a", 0), Err(TopicSpecError::Partitions { .. })));
    assert!(TopicSpec::new("a".repeat(240), 1).unwrap().parking_for("billing").is_err());
}
