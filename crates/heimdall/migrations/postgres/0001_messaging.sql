-- Events on their way to the log. Written in the transaction of what they tell about, deleted once the log has them.
CREATE TABLE heimdall_outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    topic text NOT NULL,
    partition_key text NOT NULL,
    bucket bigint NOT NULL,
    content_type text NOT NULL,
    traceparent text,
    -- [[name, "text" or {"base64": "…"}], …]
    headers jsonb NOT NULL,
    payload bytea NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Rows come and go: clean up after hundreds of them, whatever the size of the table has once been.
ALTER TABLE heimdall_outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- What the log will never take, with the reason, for a person to look at.
CREATE TABLE heimdall_outbox_rejected (
    seq bigint PRIMARY KEY,
    id uuid NOT NULL,
    topic text NOT NULL,
    partition_key text NOT NULL,
    content_type text NOT NULL,
    traceparent text,
    headers jsonb NOT NULL,
    payload bytea NOT NULL,
    created_at timestamptz NOT NULL,
    reason text NOT NULL,
    rejected_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Which relay moves which bucket, until when. The epoch rises with each new owner.
CREATE TABLE heimdall_outbox_bucket (
    bucket bigint PRIMARY KEY,
    owner text,
    epoch bigint NOT NULL DEFAULT 0,
    leased_until timestamptz NOT NULL DEFAULT '-infinity'
);
INSERT INTO heimdall_outbox_bucket (bucket) SELECT generate_series(0, 31);

-- Which relays are alive, so that buckets can be shared fairly.
CREATE TABLE heimdall_outbox_relay (
    owner text PRIMARY KEY,
    alive_until timestamptz NOT NULL
);

-- What each consumer group has taken in, so that it takes it in once.
CREATE TABLE heimdall_inbox (
    consumer_group text NOT NULL,
    source text NOT NULL,
    id text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer_group, source, id)
);
CREATE INDEX heimdall_inbox_received_at_idx ON heimdall_inbox (received_at);
