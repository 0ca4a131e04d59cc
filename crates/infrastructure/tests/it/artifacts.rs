use application::domain::TaskId;
use application::ports::Artifacts;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::support::on_both_databases;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap()
}

async fn read(artifacts: &dyn Artifacts, task: TaskId, artifact: &application::domain::Artifact) -> Option<Vec<u8>> {
    let mut reader = artifacts.open(task, artifact).await.unwrap()?;
    let mut all = Vec::new();
    while let Some(piece) = reader.next().await.unwrap() {
        all.extend(piece);
    }
    Some(all)
}

on_both_databases! {
    async fn what_is_put_is_read_until_it_expires(installation: Installation) {
        let artifacts = installation.adapters.artifacts.as_ref();
        let task = TaskId::new(Uuid::from_u128(7));
        let bytes: Vec<u8> = (0..1_000_003_u32).map(|number| number.to_le_bytes()[0]).collect();
        let artifact = artifacts.put(task, &bytes, now() + TimeDelta::hours(1)).await.unwrap();
        assert_eq!(artifacts.put(task, &bytes, now() + TimeDelta::hours(1)).await.unwrap(), artifact);
        assert_eq!(read(artifacts, task, &artifact).await.as_deref(), Some(bytes.as_slice()));
        assert_eq!(artifacts.expire(now()).await.unwrap(), 0);
        assert_eq!(artifacts.expire(now() + TimeDelta::hours(1)).await.unwrap(), 4);
        assert_eq!(read(artifacts, task, &artifact).await, None);
    }

    async fn one_task_does_not_read_another_ones(installation: Installation) {
        let artifacts = installation.adapters.artifacts.as_ref();
        let artifact = artifacts.put(TaskId::new(Uuid::from_u128(1)), b"x", now()).await.unwrap();
        assert_eq!(read(artifacts, TaskId::new(Uuid::from_u128(2)), &artifact).await, None);
    }
}
