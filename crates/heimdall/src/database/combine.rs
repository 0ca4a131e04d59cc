//! Several writes as one statement, so that Postgres does them in one round trip.

use std::fmt::Write as _;

use super::Query;
use super::error::EXPECTATION;

/// Postgres counts parameters in sixteen bits.
pub(super) const MOST_PARAMETERS: usize = 65_535;

/// Makes one statement of data-modifying CTEs, whose only row holds each part's count as `c0`, `c1`, ….
pub(super) fn combine(queries: Vec<Query>) -> Query {
    let mut sql = String::from("WITH ");
    let mut values = Vec::new();
    let (mut results, mut counts) = (String::new(), String::new());
    for (index, query) in queries.into_iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let (body, returns) = renumber(query.sql().trim_end().trim_end_matches(';'), values.len());
        let returning = if returns { "" } else { " RETURNING 1" };
        // Writing to a String can't fail.
        let _ = write!(sql, "{comma}heimdall_w{index} AS ({body}{returning})");
        let _ = write!(counts, "{comma}(SELECT count(*) FROM heimdall_w{index}) AS c{index}");
        let _ = match query.expected() {
            // A cast that fails aborts everything, and its message says which part it was.
            Some(expected) => write!(
                results,
                "{comma}CASE WHEN c{index} = {expected} THEN c{index} \
                 ELSE CAST('{EXPECTATION}{index},{expected},' || c{index} AS bigint) END AS c{index}"
            ),
            None => write!(results, "{comma}c{index}"),
        };
        values.extend(query.into_values());
    }
    let _ = write!(sql, " SELECT {results} FROM (SELECT {counts}) AS counts");
    Query::with_values(sql, values)
}

/// Adds `offset` to each parameter's number, leaving literals, quoted names and comments alone. Also says whether the
/// statement has a `RETURNING`.
fn renumber(sql: &str, offset: usize) -> (String, bool) {
    let mut out = String::with_capacity(sql.len() + 64);
    let mut returns = false;
    for token in tokens(sql) {
        if let Some(number) = token.strip_prefix('$').and_then(|number| number.parse::<usize>().ok()) {
            let _ = write!(out, "${}", number + offset);
        } else {
            returns |= token.eq_ignore_ascii_case("returning");
            out.push_str(token);
        }
    }
    (out, returns)
}

/// Cuts SQL into words (with a leading `$` where there is one), quoted pieces, comments, and what lies between them.
pub(super) fn tokens(sql: &str) -> impl Iterator<Item = &str> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        let first = *rest.as_bytes().first()?;
        let until = |stop: fn(u8) -> bool| rest.bytes().skip(1).position(stop).map_or(rest.len(), |length| length + 1);
        let length = match first {
            b'\'' | b'"' => rest[1..].find(char::from(first)).map_or(rest.len(), |end| end + 2),
            b'-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            b'$' => until(|byte| !word(byte)),
            // Within a name, `$` is a letter.
            _ if word(first) => until(|byte| !word(byte) && byte != b'$'),
            _ => until(|byte| word(byte) || b"'\"-/$".contains(&byte)),
        };
        let (token, tail) = rest.split_at(length);
        rest = tail;
        Some(token)
    })
}

/// Letters beyond ASCII belong to words, too: all of their bytes.
fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_renumbered_outside_of_literals_and_comments() {
        let sql = "UPDATE a SET b = $1, c = '$1 it''s' /* $2 */, \"$2\" = $12 -- $1\n WHERE d=$2";
        let expected = "UPDATE a SET b = $4, c = '$1 it''s' /* $2 */, \"$2\" = $15 -- $1\n WHERE d=$5";
        assert_eq!(renumber(sql, 3), (expected.to_owned(), false));
        assert_eq!(renumber("a-$1/$2||'é'é$3 /* returning */ -- x", 1).0, "a-$2/$3||'é'é$3 /* returning */ -- x");
        assert!(renumber("DELETE FROM a Returning (b)", 0).1);
    }

    #[test]
    fn each_part_is_counted_and_checked() {
        let combined = combine(vec![
            Query::new("INSERT INTO a VALUES ($1);").bind(1_i64),
            Query::new("DELETE FROM b WHERE c = $1 RETURNING c").bind(2_i64).expect_rows(1),
        ]);
        assert_eq!(
            combined.sql(),
            "WITH heimdall_w0 AS (INSERT INTO a VALUES ($1) RETURNING 1), \
             heimdall_w1 AS (DELETE FROM b WHERE c = $2 RETURNING c) \
             SELECT c0, CASE WHEN c1 = 1 THEN c1 ELSE CAST('heimdall rows expected:1,1,' || c1 AS bigint) END AS c1 \
             FROM (SELECT (SELECT count(*) FROM heimdall_w0) AS c0, (SELECT count(*) FROM heimdall_w1) AS c1) AS counts"
        );
        assert_eq!(combined.values().len(), 2);
    }
}
