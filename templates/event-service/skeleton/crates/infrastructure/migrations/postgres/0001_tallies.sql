CREATE TABLE tallies (
    item       text PRIMARY KEY,
    quantity   bigint NOT NULL CHECK (quantity > 0),
    changed_at timestamptz NOT NULL
);
