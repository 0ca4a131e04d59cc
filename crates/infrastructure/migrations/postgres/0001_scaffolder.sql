CREATE TABLE scaffold_tasks (
    id                   uuid PRIMARY KEY,
    status               text NOT NULL,
    template_name        text NOT NULL,
    template_version     text NOT NULL,
    template_digest      text NOT NULL,
    name                 text,
    parameters           jsonb NOT NULL,
    account_identifier   text,
    account_role         text,
    account_provider     text,
    attempt              bigint NOT NULL,
    entity_refs          jsonb NOT NULL,
    entities             jsonb,
    artifact_size        bigint,
    artifact_sha256      text,
    artifact_expires_at  timestamptz,
    failure              jsonb,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    created_by_issuer    text NOT NULL,
    created_by_subject   text NOT NULL,
    cancelled_by_issuer  text,
    cancelled_by_subject text,
    version              bigint NOT NULL,
    deleted_at           timestamptz
);
-- One task at a time holds a service's name.
CREATE UNIQUE INDEX scaffold_tasks_name_key ON scaffold_tasks (name)
    WHERE deleted_at IS NULL AND status NOT IN ('failed', 'cancelled', 'decommissioned');
CREATE INDEX scaffold_tasks_owner ON scaffold_tasks (created_by_subject, created_by_issuer, id);
CREATE INDEX scaffold_tasks_status ON scaffold_tasks (status, id);
-- What workers look for.
CREATE INDEX scaffold_tasks_open ON scaffold_tasks (id)
    WHERE deleted_at IS NULL AND status IN ('queued', 'running', 'cancelling');

CREATE TABLE scaffold_task_history (
    stream        uuid NOT NULL,
    version       bigint NOT NULL,
    event_id      uuid NOT NULL,
    type          text NOT NULL,
    data          jsonb NOT NULL,
    actor_issuer  text NOT NULL,
    actor_subject text NOT NULL,
    request       text,
    occurred_at   timestamptz NOT NULL,
    CONSTRAINT scaffold_task_history_pkey PRIMARY KEY (stream, version)
);

CREATE TABLE scaffold_task_log (
    task_id    uuid NOT NULL,
    line       bigint NOT NULL,
    attempt    bigint NOT NULL,
    step       text NOT NULL,
    written_at timestamptz NOT NULL,
    message    text NOT NULL,
    CONSTRAINT scaffold_task_log_pkey PRIMARY KEY (task_id, line)
);

CREATE TABLE scaffold_task_leases (
    task_id    uuid PRIMARY KEY,
    owner      text NOT NULL,
    epoch      bigint NOT NULL,
    -- In a row, since a worker last ended or handed the task back.
    claims     bigint NOT NULL,
    held_until timestamptz NOT NULL
);

CREATE TABLE scaffold_task_secrets (
    task_id    uuid PRIMARY KEY,
    nonce      bytea NOT NULL,
    ciphertext bytea NOT NULL
);

CREATE TABLE idempotency_keys (
    caller_issuer  text NOT NULL,
    caller_subject text NOT NULL,
    route          text NOT NULL,
    key            text NOT NULL,
    fingerprint    text NOT NULL,
    status         bigint NOT NULL,
    task_id        uuid NOT NULL,
    body           jsonb NOT NULL,
    answered_at    timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (caller_issuer, caller_subject, route, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (answered_at);

CREATE TABLE artifact_chunks (
    task_id    uuid NOT NULL,
    sha256     text NOT NULL,
    chunk      bigint NOT NULL,
    bytes      bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT artifact_chunks_pkey PRIMARY KEY (task_id, sha256, chunk)
);
CREATE INDEX artifact_chunks_expiry ON artifact_chunks (expires_at);

CREATE TABLE catalog_entities (
    entity_ref text PRIMARY KEY,
    kind       text NOT NULL,
    namespace  text NOT NULL,
    name       text NOT NULL,
    entity     jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX catalog_entities_name ON catalog_entities (name);
