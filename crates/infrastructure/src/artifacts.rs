use application::ports::{ArtifactReader, Artifacts, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{Artifact, TaskId};
use heimdall::database::{Database, Query};
use sha2::{Digest, Sha256};

use crate::errors::store_error;

/// How much of an archive one row holds, in bytes: small enough that neither side ever holds much of a large one.
const CHUNK: usize = 256 << 10;
/// How many rows an expiry takes away at a time, so that it never holds others up.
const EXPIRY_BATCH: u32 = 64;

/// Archives in rows of the database, which API and worker share.
pub(crate) struct SqlArtifacts {
    database: Database,
}

impl SqlArtifacts {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Artifacts for SqlArtifacts {
    async fn put(&self, task: TaskId, archive: &[u8], expires_at: DateTime<Utc>) -> Result<Artifact, StoreError> {
        let sha256 = hex::encode(Sha256::digest(archive));
        for (number, chunk) in (0_i64..).zip(archive.chunks(CHUNK)) {
            // Equal bytes have equal rows: a worker that takes a task up again only prolongs what is there.
            let query = Query::new(
                "INSERT INTO artifact_chunks (task_id, sha256, chunk, bytes, expires_at) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (task_id, sha256, chunk) DO UPDATE SET expires_at = excluded.expires_at",
            )
            .bind(task.as_uuid())
            .bind(sha256.as_str())
            .bind(number)
            .bind(chunk)
            .bind(expires_at);
            self.database.execute(query).await.map_err(store_error)?;
        }
        Ok(Artifact { size: archive.len() as u64, sha256, expires_at })
    }

    async fn open(&self, task: TaskId, artifact: &Artifact) -> Result<Option<Box<dyn ArtifactReader>>, StoreError> {
        let mut reader = ChunkReader {
            database: self.database.clone(),
            task,
            sha256: artifact.sha256.clone(),
            next: 0,
            first: None,
        };
        reader.first = reader.read().await?;
        Ok(if reader.first.is_some() { Some(Box::new(reader)) } else { None })
    }

    async fn expire(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut gone = 0;
        loop {
            let query = Query::new(format!(
                "DELETE FROM artifact_chunks WHERE (task_id, sha256, chunk) IN \
                 (SELECT task_id, sha256, chunk FROM artifact_chunks WHERE expires_at <= $1 LIMIT {EXPIRY_BATCH})"
            ))
            .bind(now);
            match self.database.execute(query).await.map_err(store_error)? {
                0 => return Ok(gone),
                rows => gone += rows,
            }
        }
    }
}

struct ChunkReader {
    database: Database,
    task: TaskId,
    sha256: String,
    next: i64,
    first: Option<Vec<u8>>,
}

impl ChunkReader {
    async fn read(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let query = Query::new("SELECT bytes FROM artifact_chunks WHERE task_id = $1 AND sha256 = $2 AND chunk = $3")
            .bind(self.task.as_uuid())
            .bind(self.sha256.as_str())
            .bind(self.next);
        self.next += 1;
        let row = self.database.fetch_optional(query).await.map_err(store_error)?;
        row.map(|row| row.get("bytes").map_err(store_error)).transpose()
    }
}

#[async_trait]
impl ArtifactReader for ChunkReader {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        match self.first.take() {
            Some(chunk) => Ok(Some(chunk)),
            None => self.read().await,
        }
    }
}
