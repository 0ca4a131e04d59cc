-- Events on their way to the log. Written in the transaction of what they tell about, deleted once the log has them.
CREATE TABLE heimdall_outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition_key TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    traceparent TEXT,
    -- [[name, "text" or {"base64": "…"}], …]
    headers TEXT NOT NULL,
    payload BLOB NOT NULL,
    -- Postgres keeps the writing transaction here; this database has one writer at a time.
    xid INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000000 AS INTEGER))
) STRICT;

-- What the log will never take, with the reason, for a person to look at.
CREATE TABLE heimdall_outbox_rejected (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition_key TEXT NOT NULL,
    content_type TEXT NOT NULL,
    traceparent TEXT,
    headers TEXT NOT NULL,
    payload BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    rejected_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000000 AS INTEGER))
) STRICT;

-- Which relay moves which bucket, until when. The epoch rises with each new owner.
CREATE TABLE heimdall_outbox_bucket (
    bucket INTEGER PRIMARY KEY,
    owner TEXT,
    epoch INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER NOT NULL DEFAULT 0
) STRICT;
WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 31)
INSERT INTO heimdall_outbox_bucket (bucket) SELECT n FROM numbers;

-- Which relays are alive, so that buckets can be shared fairly.
CREATE TABLE heimdall_outbox_relay (
    owner TEXT PRIMARY KEY,
    alive_until INTEGER NOT NULL
) STRICT;

-- What each consumer group has taken in, so that it takes it in once.
CREATE TABLE heimdall_inbox (
    consumer_group TEXT NOT NULL,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    received_at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000000 AS INTEGER)),
    PRIMARY KEY (consumer_group, source, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX heimdall_inbox_received_at_idx ON heimdall_inbox (received_at);

-- The embedded log: topics, their partitions with the next position of each, the records, and how far each group has come.
CREATE TABLE heimdall_log_topic (
    name TEXT PRIMARY KEY,
    partitions INTEGER NOT NULL,
    -- NULL keeps records for ever.
    retention_ms INTEGER,
    cleanup_policy TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE heimdall_log_partition (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    next_position INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition)
) STRICT, WITHOUT ROWID;

CREATE TABLE heimdall_log_record (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    position INTEGER NOT NULL,
    key BLOB,
    headers TEXT NOT NULL,
    payload BLOB,
    timestamp INTEGER NOT NULL,
    PRIMARY KEY (topic, partition, position)
) STRICT;

CREATE TABLE heimdall_log_group (
    consumer_group TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    -- The first position the group has not done yet.
    next_position INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition)
) STRICT, WITHOUT ROWID;
