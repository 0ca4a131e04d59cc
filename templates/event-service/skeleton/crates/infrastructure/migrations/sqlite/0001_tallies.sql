CREATE TABLE tallies (
    item       TEXT PRIMARY KEY,
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    changed_at INTEGER NOT NULL -- microseconds since 1970
) STRICT;
