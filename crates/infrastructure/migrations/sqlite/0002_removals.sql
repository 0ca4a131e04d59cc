-- Which tasks made which entities.
CREATE TABLE scaffold_task_entities (
    entity_ref TEXT NOT NULL,
    task_id    TEXT NOT NULL,
    PRIMARY KEY (entity_ref, task_id)
) STRICT;
INSERT INTO scaffold_task_entities (entity_ref, task_id)
SELECT DISTINCT entity.value, task.id FROM scaffold_tasks task, json_each(task.entity_refs) entity;
CREATE INDEX scaffold_task_entities_task ON scaffold_task_entities (task_id);

-- Services that have vanished from the catalog, until their tasks are decommissioned.
CREATE TABLE scaffold_task_removals (
    task_id              TEXT PRIMARY KEY,
    entity_ref           TEXT NOT NULL,
    event_id             TEXT NOT NULL,
    correlation_id       TEXT,
    removed_at           INTEGER NOT NULL,
    heard_at             INTEGER NOT NULL,
    -- 'waiting', 'held', 'confirmed' or 'done'
    state                TEXT NOT NULL,
    -- The person who confirmed it, if one had to.
    confirmed_by_issuer  TEXT,
    confirmed_by_subject TEXT,
    done_at              INTEGER
) STRICT;
