CREATE TABLE scaffold_tasks (
    id                   text PRIMARY KEY,
    status               text NOT NULL,
    template_name        text NOT NULL,
    template_version     text NOT NULL,
    template_digest      text NOT NULL,
    name                 text,
    parameters           text NOT NULL,
    account_identifier   text,
    account_role         text,
    account_provider     text,
    attempt              integer NOT NULL,
    entity_refs          text NOT NULL,
    entities             text,
    artifact_size        integer,
    artifact_sha256      text,
    artifact_expires_at  integer,
    failure              text,
    created_at           integer NOT NULL,
    updated_at           integer NOT NULL,
    created_by_issuer    text NOT NULL,
    created_by_subject   text NOT NULL,
    cancelled_by_issuer  text,
    cancelled_by_subject text,
    version              integer NOT NULL,
    deleted_at           integer
) STRICT;
-- One task at a time holds a service's name.
CREATE UNIQUE INDEX scaffold_tasks_name_key ON scaffold_tasks (name)
    WHERE deleted_at IS NULL AND status NOT IN ('failed', 'cancelled', 'decommissioned');
CREATE INDEX scaffold_tasks_owner ON scaffold_tasks (created_by_subject, created_by_issuer, id);
CREATE INDEX scaffold_tasks_status ON scaffold_tasks (status, id);
-- What workers look for.
CREATE INDEX scaffold_tasks_open ON scaffold_tasks (id)
    WHERE deleted_at IS NULL AND status IN ('queued', 'running', 'cancelling');

CREATE TABLE scaffold_task_history (
    stream        text NOT NULL,
    version       integer NOT NULL,
    event_id      text NOT NULL,
    type          text NOT NULL,
    data          text NOT NULL,
    actor_issuer  text NOT NULL,
    actor_subject text NOT NULL,
    request       text,
    occurred_at   integer NOT NULL,
    CONSTRAINT scaffold_task_history_pkey PRIMARY KEY (stream, version)
) STRICT;

CREATE TABLE scaffold_task_log (
    task_id    text NOT NULL,
    line       integer NOT NULL,
    attempt    integer NOT NULL,
    step       text NOT NULL,
    written_at integer NOT NULL,
    message    text NOT NULL,
    CONSTRAINT scaffold_task_log_pkey PRIMARY KEY (task_id, line)
) STRICT;

CREATE TABLE scaffold_task_leases (
    task_id    text PRIMARY KEY,
    owner      text NOT NULL,
    epoch      integer NOT NULL,
    -- In a row, since a worker last ended or handed the task back.
    claims     integer NOT NULL,
    held_until integer NOT NULL
) STRICT;

CREATE TABLE scaffold_task_secrets (
    task_id    text PRIMARY KEY,
    nonce      blob NOT NULL,
    ciphertext blob NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
    caller_issuer  text NOT NULL,
    caller_subject text NOT NULL,
    route          text NOT NULL,
    key            text NOT NULL,
    fingerprint    text NOT NULL,
    status         integer NOT NULL,
    task_id        text NOT NULL,
    body           text NOT NULL,
    answered_at    integer NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (caller_issuer, caller_subject, route, key)
) STRICT;
CREATE INDEX idempotency_keys_age ON idempotency_keys (answered_at);

CREATE TABLE artifact_chunks (
    task_id    text NOT NULL,
    sha256     text NOT NULL,
    chunk      integer NOT NULL,
    bytes      blob NOT NULL,
    expires_at integer NOT NULL,
    CONSTRAINT artifact_chunks_pkey PRIMARY KEY (task_id, sha256, chunk)
) STRICT;
CREATE INDEX artifact_chunks_expiry ON artifact_chunks (expires_at);

CREATE TABLE catalog_entities (
    entity_ref text PRIMARY KEY,
    kind       text NOT NULL,
    namespace  text NOT NULL,
    name       text NOT NULL,
    entity     text NOT NULL,
    updated_at integer NOT NULL
) STRICT;
CREATE INDEX catalog_entities_name ON catalog_entities (name);
