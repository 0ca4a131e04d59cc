//! Migrations that are written once for both databases.

/// The types of Postgres that the queries of both databases use, and how `SQLite` keeps each (see
/// [`Value`](super::Value)).
const TYPES: [(&str, &str); 11] = [
    ("text", "TEXT"),
    ("bigint", "INTEGER"),
    ("integer", "INTEGER"),
    ("int", "INTEGER"),
    ("smallint", "INTEGER"),
    ("boolean", "INTEGER"),
    ("bytea", "BLOB"),
    ("uuid", "TEXT"),
    ("timestamptz", "INTEGER"),
    ("jsonb", "TEXT"),
    ("json", "TEXT"),
];

/// The same statements for `SQLite`: types are renamed, and tables become `STRICT`. Literals, quoted names and comments
/// stay as they are.
pub(super) fn for_sqlite(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut makes_table = Words::default();
    for token in super::combine::tokens(sql) {
        makes_table.see(token);
        match TYPES.iter().find(|(postgres, _)| token.eq_ignore_ascii_case(postgres)) {
            Some((_, sqlite)) => out.push_str(sqlite),
            None => match token.find(';').filter(|_| makes_table.ends(token)) {
                Some(end) => {
                    out.push_str(&token[..end]);
                    out.push_str(" STRICT");
                    out.push_str(&token[end..]);
                }
                None => out.push_str(token),
            },
        }
    }
    if makes_table.is_open() {
        out.push_str(" STRICT");
    }
    out
}

/// Whether the statement that is read makes a table: its first two words.
#[derive(Default)]
struct Words {
    seen: u8,
    creates: bool,
    table: bool,
}

impl Words {
    fn see(&mut self, token: &str) {
        if !token.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return;
        }
        match self.seen {
            0 => self.creates = token.eq_ignore_ascii_case("create"),
            1 => self.table = self.creates && token.eq_ignore_ascii_case("table"),
            _ => {}
        }
        self.seen = self.seen.saturating_add(1);
    }

    /// Whether this token, which holds a semicolon, ends a statement that makes a table.
    fn ends(&mut self, token: &str) -> bool {
        let quoted = token.starts_with(['\'', '"']) || token.starts_with("--") || token.starts_with("/*");
        if quoted || !token.contains(';') {
            return false;
        }
        std::mem::take(self).table
    }

    fn is_open(&self) -> bool {
        self.table
    }
}

#[cfg(test)]
mod tests {
    use super::for_sqlite;

    #[test]
    fn types_are_renamed_and_tables_are_strict() {
        let sql = "-- a uuid; and text\nCREATE TABLE a (id uuid PRIMARY KEY, at timestamptz NOT NULL, n bigint, \"text\" jsonb);\n\
                   CREATE INDEX a_at_idx ON a (at);\nINSERT INTO a (n) VALUES ('uuid; text');\ncreate table b (t text)";
        let expected = "-- a uuid; and text\nCREATE TABLE a (id TEXT PRIMARY KEY, at INTEGER NOT NULL, n INTEGER, \"text\" TEXT) STRICT;\n\
                        CREATE INDEX a_at_idx ON a (at);\nINSERT INTO a (n) VALUES ('uuid; text');\ncreate table b (t TEXT) STRICT";
        assert_eq!(for_sqlite(sql), expected);
    }
}
