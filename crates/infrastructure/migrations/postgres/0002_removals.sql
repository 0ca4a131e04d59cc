-- Which tasks made which entities.
CREATE TABLE scaffold_task_entities (
    entity_ref text NOT NULL,
    task_id    uuid NOT NULL,
    PRIMARY KEY (entity_ref, task_id)
);
INSERT INTO scaffold_task_entities (entity_ref, task_id)
SELECT DISTINCT entity.ref, task.id FROM scaffold_tasks task, jsonb_array_elements_text(task.entity_refs) AS entity (ref);
CREATE INDEX scaffold_task_entities_task ON scaffold_task_entities (task_id);

-- Services that have vanished from the catalog, until their tasks are decommissioned.
CREATE TABLE scaffold_task_removals (
    task_id              uuid PRIMARY KEY,
    entity_ref           text NOT NULL,
    event_id             text NOT NULL,
    correlation_id       text,
    removed_at           timestamptz NOT NULL,
    heard_at             timestamptz NOT NULL,
    -- 'waiting', 'held', 'confirmed' or 'done'
    state                text NOT NULL,
    -- The person who confirmed it, if one had to.
    confirmed_by_issuer  text,
    confirmed_by_subject text,
    done_at              timestamptz
);
