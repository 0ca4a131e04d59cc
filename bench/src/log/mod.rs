//! Events on their way: outbox to log and log to consumer, without work, beside what the bare libraries do.

mod bare;
mod embedded;
mod kafka;
mod rate;
mod read;
mod relay;
mod samples;

use anyhow::Result;

pub(crate) use self::kafka::brokers;
use crate::figure::Figure;

/// Measures the log on Kafka, then the embedded one.
pub(crate) fn measure() -> Result<Vec<Figure>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut figures = kafka::measure().await?;
        figures.extend(embedded::measure().await?);
        Ok(figures)
    })
}
