use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use super::{FieldError, Problem};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// What is on the page.
    pub items: Vec<T>,
    /// Asks for the next page as `cursor`; null on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The page of a query that asked for one row more than `limit`, so that it knows whether there is a next one.
    /// `position` tells where the last item of the page stands.
    pub fn of<P: Serialize>(mut rows: Vec<T>, limit: Limit, list: &str, position: impl Fn(&T) -> P) -> Self {
        let more = rows.len() > limit.rows();
        rows.truncate(limit.rows());
        let next_cursor = rows.last().filter(|_| more).map(|last| Cursor::after(list, &position(last)).into());
        Self { items: rows, next_cursor }
    }

    /// The same page of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next_cursor: self.next_cursor }
    }
}

/// How many items a page has at most: 1 to 100, by default 20.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[schema(minimum = 1, maximum = 100, default = 20)]
pub struct Limit(#[schemars(range(min = 1, max = 100))] u32);

impl Limit {
    /// A limit, moved into its bounds.
    pub fn new(limit: u32) -> Self {
        Self(limit.clamp(1, 100))
    }

    /// The most items on a page.
    pub fn rows(self) -> usize {
        self.0 as usize
    }

    /// What to ask a database for: one row more than the page has, which tells whether there is a next one.
    pub fn to_fetch(self) -> u32 {
        self.0 + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(20)
    }
}

/// The parameters of a list that has no filters. A handler takes `Query<Paging>`, and `params(Paging)` describes it.
///
/// ```
/// use heimdall::http::{Page, Paging, Problem};
///
/// /// The items of a list, which are sorted; a database would be asked for `paging.limit.to_fetch()` rows after `after`.
/// fn list(items: &[u64], paging: Paging) -> Result<Page<u64>, Problem> {
///     let after: Option<u64> = paging.after("numbers")?;
///     let rows = items.iter().copied().filter(|item| after.is_none_or(|after| *item > after)).collect();
///     Ok(Page::of(rows, paging.limit, "numbers", |last| *last))
/// }
///
/// let items: Vec<u64> = (1..=30).collect();
/// let first = list(&items, Paging::default())?;
/// let second = list(&items, Paging { cursor: first.next_cursor, ..Paging::default() })?;
/// assert_eq!((second.items.first(), second.next_cursor), (Some(&21), None));
/// # Ok::<(), Problem>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many at most.
    #[serde(default)]
    #[param(value_type = u32, minimum = 1, maximum = 100, required = false)]
    pub limit: Limit,
    /// The `nextCursor` of the page before.
    pub cursor: Option<String>,
}

impl Paging {
    /// The position of the last item of the page before; `None` for the first page.
    ///
    /// # Errors
    ///
    /// 422 at `?cursor` if the cursor is none of this `list`; see [`Cursor::position`].
    pub fn after<P: DeserializeOwned>(&self, list: &str) -> Result<Option<P>, Problem> {
        self.cursor.as_deref().map(|cursor| Cursor::position(list, cursor)).transpose()
    }
}

/// A place in a list, opaque to callers. It belongs to one list with its filters: elsewhere, or changed by hand, it is
/// refused rather than misread.
///
/// It is checked, not secret, and not a permission: a query must ask for what the caller may see, wherever it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// Bytes of the checksum before the position.
const CHECK: usize = 8;

impl Cursor {
    /// The place after `position` in `list` (its name and filters).
    pub fn after<P: Serialize>(list: &str, position: &P) -> Self {
        // Positions are times and ids. Were one not serializable, its cursor would be refused when it comes back.
        let position = serde_json::to_vec(position).unwrap_or_default();
        let mut bytes = check(list, &position).to_vec();
        bytes.extend_from_slice(&position);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The position behind the `cursor` of a request.
    ///
    /// # Errors
    ///
    /// 422 at `?cursor` if it was not made by [`Cursor::after`] for the same list.
    pub fn position<P: DeserializeOwned>(list: &str, cursor: &str) -> Result<P, Problem> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let parts = bytes.as_deref().and_then(|bytes| bytes.split_at_checked(CHECK));
        let position = parts.filter(|(given, position)| *given == check(list, position));
        position.and_then(|(_, position)| serde_json::from_slice(position).ok()).ok_or_else(|| {
            let expected = "a `nextCursor` of this list with the same filters, unchanged";
            Problem::invalid([FieldError::query("cursor", "is no cursor of this list", expected)])
        })
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.0
    }
}

fn check(list: &str, position: &[u8]) -> [u8; CHECK] {
    // The length keeps the end of one apart from the start of the other.
    let text = [&(list.len() as u64).to_be_bytes(), list.as_bytes(), position].concat();
    let mut check = [0; CHECK];
    check.copy_from_slice(&digest(&SHA256, &text).as_ref()[..CHECK]);
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_any_change_is_refused() {
        let position = (1_767_268_800_000_000_i64, "0193a1b2".to_owned());
        let cursor = String::from(Cursor::after("tasks?status=running", &position));
        assert_eq!(Cursor::position::<(i64, String)>("tasks?status=running", &cursor).unwrap(), position);

        Cursor::position::<(i64, String)>("tasks?status=failed", &cursor).unwrap_err();
        for at in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            let problem = Cursor::position::<(i64, String)>("tasks?status=running", &changed).unwrap_err();
            assert_eq!((problem.status().as_u16(), &*problem.document().errors[0].pointer), (422, "?cursor"));
        }
        for garbage in ["", "A", "%", "AAAAAAAAAAAAAAAAAAAA", &"A".repeat(10_000)] {
            Cursor::position::<(i64, String)>("tasks", garbage).unwrap_err();
        }
    }

    #[test]
    fn one_row_more_makes_a_next_page() {
        let page = |rows: u32| Page::of((0..rows).collect(), Limit::new(3), "numbers", |last| *last);
        assert_eq!(page(3), Page { items: vec![0, 1, 2], next_cursor: None });
        let next = page(4).next_cursor.unwrap();
        assert_eq!(Cursor::position::<u32>("numbers", &next).unwrap(), 2);
    }
}
