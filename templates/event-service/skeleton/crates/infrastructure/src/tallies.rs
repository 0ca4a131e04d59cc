use domain::{Item, ItemError, Tally};
use heimdall::database::{Database, DatabaseError, Query, Row, Transaction};
use heimdall::messaging::consumer::HandlerError;

/// Why tallies can't be read.
#[derive(Debug, thiserror::Error)]
pub enum TalliesError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A row holds what this service never writes.
    #[error("a stored tally makes no sense")]
    Corrupt(#[from] ItemError),
}

impl From<TalliesError> for HandlerError {
    fn from(error: TalliesError) -> Self {
        match error {
            TalliesError::Database(error) => error.into(),
            corrupt @ TalliesError::Corrupt(_) => Self::unavailable(corrupt),
        }
    }
}

/// The table of tallies.
#[derive(Clone)]
pub struct Tallies {
    database: Database,
}

impl Tallies {
    /// The table in this database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// The tally of an item.
    pub async fn find(&self, item: &Item) -> Result<Option<Tally>, TalliesError> {
        let select = "SELECT item, quantity, changed_at FROM tallies WHERE item = $1";
        let row = self.database.fetch_optional(Query::new(select).bind(item.as_str())).await?;
        row.map(|row| tally(&row)).transpose()
    }

    /// Up to `limit` tallies in the order of their items, after the given one.
    pub async fn list(&self, after: Option<&str>, limit: u32) -> Result<Vec<Tally>, TalliesError> {
        let select = "SELECT item, quantity, changed_at FROM tallies WHERE item > $1 ORDER BY item LIMIT $2";
        let query = Query::new(select).bind(after.unwrap_or_default()).bind(i64::from(limit));
        self.database.fetch_all(query).await?.iter().map(tally).collect()
    }

    /// The tally of an item, which nobody else changes before the transaction ends.
    pub async fn take(work: &mut Transaction, item: &Item) -> Result<Option<Tally>, TalliesError> {
        let lock = work.dialect().for_update();
        let select = format!("SELECT item, quantity, changed_at FROM tallies WHERE item = $1{lock}");
        let row = work.fetch_optional(Query::new(select).bind(item.as_str())).await?;
        row.map(|row| tally(&row)).transpose()
    }

    /// The query that stores a tally.
    pub fn save(tally: &Tally) -> Query {
        let upsert = "INSERT INTO tallies (item, quantity, changed_at) VALUES ($1, $2, $3)
             ON CONFLICT (item) DO UPDATE SET quantity = excluded.quantity, changed_at = excluded.changed_at";
        // The domain keeps quantities far below what a bigint takes.
        let quantity = i64::try_from(tally.quantity()).unwrap_or(i64::MAX);
        Query::new(upsert).bind(tally.item().as_str()).bind(quantity).bind(tally.changed_at())
    }
}

fn tally(row: &Row) -> Result<Tally, TalliesError> {
    let item = Item::parse(&row.get::<String>("item")?)?;
    let quantity: i64 = row.get("quantity")?;
    Ok(Tally::restore(item, quantity.unsigned_abs(), row.get("changed_at")?))
}
