//! Connections that are warm at hand between statements.
//!
//! sqlx asks each connection that comes back to its pool whether it still works: a round trip after every statement. A
//! connection whose statement has just succeeded has said so already, and the next statement may have it at once. It goes
//! back to the pool, with all the care that is taken there, after a second at most while there is work, and at once where
//! anything went wrong or somebody waits for the pool.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgConnectOptions;
use sqlx::{PgPool, Postgres};

/// So long a connection is used without a question.
const TRUSTED: Duration = Duration::from_secs(1);

/// A pool, and connections of it that are at hand. Clones are the same.
#[derive(Clone)]
pub(super) struct WarmPool {
    pool: PgPool,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    warm: Vec<Connection>,
    /// How many wait for a connection of the pool.
    waiting: usize,
    closed: bool,
}

/// A connection, until it is dropped (then the pool looks after it) or [given back](WarmPool::give_back).
pub(super) struct Connection {
    pub(super) connection: PoolConnection<Postgres>,
    since: Instant,
}

impl WarmPool {
    pub(super) fn new(pool: PgPool) -> Self {
        Self { pool, state: Arc::default() }
    }

    /// A connection for one statement.
    pub(super) async fn acquire(&self) -> Result<Connection, sqlx::Error> {
        let _waiting = match self.at_hand() {
            Ok(connection) => return Ok(connection),
            Err(waiting) => waiting,
        };
        let connection = self.pool.acquire().await?;
        Ok(Connection { connection, since: Instant::now() })
    }

    /// Takes a connection back whose statement has succeeded and been read to its end. Nothing else may be given back:
    /// what a statement has left half done, only the pool notices.
    pub(super) fn give_back(&self, connection: Connection) {
        let mut state = self.lock();
        if state.waiting == 0 && !state.closed && connection.since.elapsed() < TRUSTED {
            state.warm.push(connection);
        }
    }

    /// A transaction.
    pub(super) async fn begin(&self) -> Result<sqlx::Transaction<'static, Postgres>, sqlx::Error> {
        let _waiting = self.wait(&mut self.lock());
        self.pool.begin().await
    }

    /// Lets new connections be made with these options, and gives those at hand back.
    pub(super) fn replace(&self, options: PgConnectOptions) {
        self.pool.set_connect_options(options);
        let warm = std::mem::take(&mut self.lock().warm);
        drop(warm);
    }

    /// Ends all connections, after those in use have come back.
    pub(super) async fn close(&self) {
        let warm = {
            let mut state = self.lock();
            state.closed = true;
            std::mem::take(&mut state.warm)
        };
        drop(warm);
        self.pool.close().await;
    }

    fn at_hand(&self) -> Result<Connection, Waiting> {
        let mut state = self.lock();
        // Those that were at hand for longer go back to the pool.
        state.warm.retain(|connection| connection.since.elapsed() < TRUSTED);
        match state.warm.pop() {
            Some(connection) => Ok(connection),
            None => Err(self.wait(&mut state)),
        }
    }

    /// Who waits for the pool gets one that is at hand by way of it, or the next that is given back.
    fn wait(&self, state: &mut State) -> Waiting {
        state.waiting += 1;
        drop(state.warm.pop());
        Waiting(self.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // Connections go back to the pool in tasks; where there can be none any more, they just end.
        if tokio::runtime::Handle::try_current().is_err() {
            self.warm.drain(..).for_each(|connection| drop(connection.connection.detach()));
        }
    }
}

/// Somebody waits for the pool.
struct Waiting(WarmPool);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.lock().waiting -= 1;
    }
}
