//! A whole service inside a test.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc, reason = "a test that can't go on has failed")]

mod builder;
mod caller;
mod events;
mod settle;

use std::collections::BTreeSet;
use std::sync::Mutex;

use chrono::TimeDelta;
use tempfile::TempDir;

pub use self::builder::TestServiceBuilder;
pub use self::caller::{TestCaller, TestResponse};
pub use self::events::DeadLetter;
use super::ManualClock;
use crate::auth::DevelopmentIssuer;
use crate::lifecycle::{Running, Service};

/// A service inside a test: the same composition that runs in production, on a database and a log of the test's own,
/// with a clock that the test moves. It listens on a free port of the loopback address.
///
/// ```
/// use heimdall::database::Migrations;
/// use heimdall::lifecycle::{CompositionError, Service};
/// use heimdall::messaging::consumer::HandlerError;
/// use heimdall::messaging::{Event, EventType, Work};
/// use heimdall::testing::TestService;
/// # use schemars::JsonSchema;
/// # use serde::{Deserialize, Serialize};
///
/// /// Something was asked.
/// #[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
/// struct Asked(u32);
/// # impl EventType for Asked { const TYPE: &'static str = "asked.v1"; }
///
/// /// Something was answered.
/// #[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
/// struct Answered(u32);
/// # impl EventType for Answered { const TYPE: &'static str = "answered.v1"; }
///
/// async fn answer(event: &Event<Asked>, work: &mut Work) -> Result<(), HandlerError> {
///     Ok(work.publish("answers", "k", &Answered(event.data.0 + 1)).await?)
/// }
///
/// async fn compose(service: &Service) -> Result<(), CompositionError> {
///     service.database(Migrations::NONE).await?;
///     service.topic("questions");
///     service.topic("answers").carries::<Answered>();
///     service.on("questions", answer);
///     Ok(())
/// }
///
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// let service = TestService::start(compose).await;
/// service.publish("questions", "k", &Asked(41)).await;
/// service.settle().await;
/// assert_eq!(service.published::<Answered>().await[0].data, Answered(42));
/// service.finish().await; // fails if anything was left unhandled
/// # });
/// ```
pub struct TestService {
    running: Running,
    clock: ManualClock,
    issuer: DevelopmentIssuer,
    client: reqwest::Client,
    /// What was published by the test, as `(topic, type)`: somebody must handle it.
    sent: Mutex<BTreeSet<(String, String)>>,
    /// How many dead letters the test has looked at.
    seen_dead_letters: Mutex<usize>,
    _folder: TempDir,
}

impl TestService {
    /// The service that runs, for what has no door of its own.
    pub fn service(&self) -> &Service {
        self.running.service()
    }

    /// The clock, which stands still unless the test moves it.
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// Moves the time.
    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Ends the test: waits until all is handled, and stops the service.
    ///
    /// # Panics
    ///
    /// If an event was parked that the test did not look at (see [`dead_letters`](Self::dead_letters)), an event that
    /// the test published has no handler, the log refused an event, or the service does not end well.
    pub async fn finish(self) {
        self.settle().await;
        let letters = self.read_dead_letters().await;
        let seen = *self.seen_dead_letters.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let unseen = letters.get(seen..).unwrap_or_default();
        assert!(unseen.is_empty(), "events were parked that the test did not look at: {unseen:#?}");
        let unhandled = self.unhandled();
        assert!(unhandled.is_empty(), "nobody handles what the test has published: {unhandled:?}");
        let rejected = self.rejected().await;
        assert!(rejected.is_empty(), "the log refused what was to be published: {rejected:#?}");
        self.running.stop().await.expect("the service ends well");
    }
}
