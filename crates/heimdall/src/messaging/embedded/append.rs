//! Writing records.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use super::inner::Inner;
use crate::database::{DatabaseError, Query, Transaction};
use crate::messaging::log::PublishError;
use crate::messaging::murmur2;
use crate::messaging::outbox::headers;
use crate::messaging::pattern::check_topic;
use crate::messaging::record::NewRecord;
use crate::messaging::topics::TopicSpec;

/// So many records are inserted by one statement.
const ROWS: usize = 50;

/// A record and the partition it goes to.
struct Placed<'a> {
    record: &'a NewRecord,
    partition: i32,
}

impl Inner {
    pub(super) async fn publish(&self, records: &[NewRecord]) -> Result<Vec<Result<(), PublishError>>, DatabaseError> {
        let mut work = self.database.begin().await?;
        let answers = self.append(&mut work, records).await?;
        work.commit().await?;
        Ok(answers)
    }

    pub(super) async fn append(
        &self,
        work: &mut Transaction,
        records: &[NewRecord],
    ) -> Result<Vec<Result<(), PublishError>>, DatabaseError> {
        let known = self.partitions_of(work, records).await?;
        let mut answers = Vec::with_capacity(records.len());
        let mut placed = Vec::with_capacity(records.len());
        for record in records {
            answers.push(match self.place(record, &known) {
                Ok(partition) => {
                    placed.push(Placed { record, partition });
                    Ok(())
                }
                Err(error) => Err(error),
            });
        }
        self.insert(work, &placed).await?;
        Ok(answers)
    }

    /// How many partitions the topics have, after those that may be made have been made.
    async fn partitions_of(
        &self,
        work: &mut Transaction,
        records: &[NewRecord],
    ) -> Result<HashMap<String, i32>, DatabaseError> {
        let names: BTreeSet<_> = records.iter().map(|record| record.topic.as_str()).collect();
        let names: Vec<_> = names.into_iter().filter(|name| check_topic(name).is_ok()).map(str::to_owned).collect();
        let any = work.dialect().any("name", "$1");
        let select = format!("SELECT name, partitions FROM heimdall_log_topic WHERE {any}");
        let mut known = HashMap::new();
        for row in work.fetch_all(Query::new(select).bind(names.clone())).await? {
            known.insert(row.get("name")?, i32::try_from(row.get::<i64>("partitions")?).unwrap_or(i32::MAX));
        }
        if self.config.create_topics {
            for name in names.into_iter().filter(|name| !known.contains_key(name)).collect::<Vec<_>>() {
                // The name has been checked; no partitions at all would be the configuration's fault.
                let Ok(spec) = TopicSpec::new(name.clone(), self.config.partitions.max(1)) else { continue };
                self.create_topic(work, &spec).await?;
                self.topic_made.store(true, Ordering::Release);
                known.insert(name, i32::try_from(spec.partitions).unwrap_or(i32::MAX));
            }
        }
        Ok(known)
    }

    fn place(&self, record: &NewRecord, known: &HashMap<String, i32>) -> Result<i32, PublishError> {
        let topic = || record.topic.clone();
        if let Err(error) = check_topic(&record.topic) {
            let source = Some(error.into());
            return Err(PublishError::Permanent { topic: topic(), reason: "no topic can be called that", source });
        }
        let header_bytes =
            record.headers.iter().map(|header| header.name.len() + header.value.as_ref().map_or(0, bytes::Bytes::len));
        let bytes = header_bytes.sum::<usize>()
            + record.key.as_ref().map_or(0, bytes::Bytes::len)
            + record.payload.as_ref().map_or(0, bytes::Bytes::len);
        if bytes > self.config.max_record_bytes {
            let source = Some(format!("{bytes} bytes; at most {} are taken", self.config.max_record_bytes).into());
            return Err(PublishError::Permanent { topic: topic(), reason: "the record is too large", source });
        }
        let Some(partitions) = known.get(&record.topic) else {
            return Err(PublishError::NoTopic { topic: topic() });
        };
        if let Some(key) = &record.key {
            return Ok(murmur2::partition(key, *partitions));
        }
        let turn = self.spread.fetch_add(1, Ordering::Relaxed) % partitions.unsigned_abs().max(1);
        Ok(i32::try_from(turn).unwrap_or_default())
    }

    async fn insert(&self, work: &mut Transaction, placed: &[Placed<'_>]) -> Result<(), DatabaseError> {
        let mut counts: BTreeMap<(&str, i32), i64> = BTreeMap::new();
        for Placed { record, partition } in placed {
            *counts.entry((&record.topic, *partition)).or_default() += 1;
        }
        let mut next = HashMap::new();
        for ((topic, partition), count) in counts {
            let reserve = "INSERT INTO heimdall_log_partition (topic, partition, next_position) VALUES ($1, $2, $3)
                 ON CONFLICT (topic, partition) DO UPDATE SET next_position = next_position + excluded.next_position
                 RETURNING next_position";
            let reserve = Query::new(reserve).bind(topic).bind(partition).bind(count);
            if let Some(row) = work.fetch_optional(reserve).await? {
                next.insert((topic, partition), row.get::<i64>("next_position")? - count);
            }
        }
        let now = self.clock.now();
        for rows in placed.chunks(ROWS) {
            let mut sql = String::from(
                "INSERT INTO heimdall_log_record (topic, partition, position, key, headers, payload, timestamp) VALUES ",
            );
            for row in 0..rows.len() {
                let first = row * 7;
                let comma = if row == 0 { "" } else { ", " };
                let columns = [1, 2, 3, 4, 5, 6, 7].map(|column| format!("${}", first + column));
                // Writing to a String can't fail.
                let _ = write!(sql, "{comma}({})", columns.join(", "));
            }
            let insert = rows.iter().fold(Query::new(sql), |query, Placed { record, partition }| {
                let position = next.entry((record.topic.as_str(), *partition)).or_default();
                let query = query.bind(&*record.topic).bind(*partition).bind(*position);
                *position += 1;
                let headers = headers::to_json(&record.headers);
                query.bind(record.key.clone()).bind(headers).bind(record.payload.clone()).bind(now)
            });
            work.execute(insert).await?;
        }
        Ok(())
    }
}
