//! Topics, made and changed on purpose only.

use std::time::Duration;

use super::stage::{Stage, eventually, record};
use crate::messaging::log::{LogError, PublishError};
use crate::messaging::topics::{CleanupPolicy, Retention, TopicChange, TopicSpec};

/// Topics are made, grown and changed as asked, once; partitions are never taken away.
pub async fn topics_become_as_wanted(stage: &Stage<'_>) {
    let week = Retention::For(Duration::from_hours(168));
    let month = Retention::For(Duration::from_hours(720));
    let name = stage.topic("wanted");
    let wanted = TopicSpec::new(name.clone(), 2).unwrap().retention(month).cleanup_policy(CleanupPolicy::Delete);
    let apply = async |spec: &TopicSpec| stage.log.apply_topics(std::slice::from_ref(spec)).await;
    let info = async || stage.log.topics().await.unwrap().into_iter().find(|topic| topic.name == name);

    assert_eq!(apply(&wanted).await.unwrap(), [TopicChange::Create(wanted.clone())]);
    eventually("the topic is as wanted", async || {
        info().await.is_some_and(|topic| {
            topic.partitions == 2 && topic.retention == month && topic.cleanup_policy == Some(CleanupPolicy::Delete)
        })
    })
    .await;
    assert_eq!(apply(&wanted).await.unwrap(), []);
    stage.log.change_topic(&TopicChange::Create(wanted.clone())).await.expect("what is there is no error");

    let other = TopicSpec::new(name.clone(), 5).unwrap().retention(week).cleanup_policy(CleanupPolicy::Compact);
    let grow = TopicChange::Grow { topic: name.clone(), from: 2, to: 5 };
    let changes = apply(&other).await.unwrap();
    assert_eq!(changes.len(), 3, "{changes:?}");
    assert!(changes.contains(&grow));
    eventually("the topic is as wanted again", async || {
        info().await.is_some_and(|topic| {
            topic.partitions == 5 && topic.retention == week && topic.cleanup_policy == Some(CleanupPolicy::Compact)
        })
    })
    .await;
    stage.log.change_topic(&grow).await.expect("what has grown already is no error");

    let error = apply(&TopicSpec::new(name.clone(), 1).unwrap()).await.unwrap_err();
    assert!(matches!(error, LogError::Plan(_)), "{error}");
    let forever = TopicSpec::new(name.clone(), 5).unwrap().retention(Retention::Forever);
    apply(&forever).await.unwrap();
    eventually("the other settings are left alone", async || {
        info().await.is_some_and(|topic| {
            topic.retention == Retention::Forever && topic.cleanup_policy == Some(CleanupPolicy::Compact)
        })
    })
    .await;
}

/// Neither publishing nor subscribing makes a topic.
pub async fn nothing_creates_a_topic_in_passing(stage: &Stage<'_>) {
    let absent = stage.topic("absent");
    let results = stage.log.publish(vec![record(&absent, "a", "x")]).await;
    assert!(matches!(results[0], Err(PublishError::NoTopic { .. })), "{:?}", results[0]);
    let mut member = stage.join("absent", &["absent"]).await;
    eventually("the member waits for the topic", async || {
        member.read_for(Duration::from_millis(50)).await;
        member.0.assignment().borrow().is_healthy()
    })
    .await;
    assert!(stage.log.topics().await.unwrap().iter().all(|topic| topic.name != absent));
    stage.create("absent", 1).await;
    stage.publish(vec![record(&absent, "a", "x")]).await;
    assert_eq!(member.read(1).await[0].topic, absent);
    member.close().await;
}
