CREATE TABLE tallies (
    item       text PRIMARY KEY,
    quantity   bigint NOT NULL,
    changed_at timestamptz NOT NULL
);
