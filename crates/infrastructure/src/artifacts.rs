use application::ports::{ArtifactReader, Artifacts, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{Artifact, TaskId};
use heimdall::database::{Columns, Database, Filter, Query};
use sha2::{Digest, Sha256};

use crate::errors::store_error;
use crate::stored_row::Table;

const CHUNKS: Table = Table { name: "artifact_chunks", key: &["task_id", "sha256", "chunk"] };

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
            let query = Columns::new()
                .set("task_id", task.as_uuid())
                .set("sha256", sha256.as_str())
                .set("chunk", number)
                .set("bytes", chunk)
                .set("expires_at", expires_at)
                .insert_into(CHUNKS.name)
                .on_conflict_update(CHUNKS.key, &["expires_at"]);
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
        let query = Filter::new()
            .equals("task_id", self.task.as_uuid())
            .equals("sha256", self.sha256.as_str())
            .equals("chunk", self.next)
            .select("SELECT task_id, sha256, chunk, bytes FROM artifact_chunks", "");
        self.next += 1;
        let row = self.database.fetch_optional(query).await.map_err(store_error)?;
        row.map(|row| CHUNKS.row(&row).get("bytes")).transpose()
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
