use std::{io::Write as _, process::ExitCode, sync::Arc};

use heimdall::{
    config::Config,
    messaging::{
        LogAdapter, LogConfig,
        log::Log,
        topics::{TopicChange, TopicSpec, plan},
    },
};
use host_worker::TopicsConfig;
use infrastructure::EventsConfig;
use serde_json::json;

use super::{API_ADMIN_PORT, layers};
use crate::cli::{CliError, Global, output::Stdout};

/// What to do about the differences between the topics that are there and those that are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TopicsAction {
    /// Only say which there are.
    Plan,
    /// Do away with them.
    Apply,
}

/// The topics that this configuration wants.
pub(crate) fn wanted(config: &Config) -> Result<Vec<TopicSpec>, CliError> {
    let (topics, events): (TopicsConfig, EventsConfig) = (config.section()?, config.section()?);
    topics
        .wanted(&events.topic, &events.catalog_topic_prefix, &events.catalog_group)
        .map_err(|error| CliError::usage(error.to_string()))
}

/// Plans or makes the topics that Valkyrie writes and reads.
pub(crate) fn topics(global: &Global, action: TopicsAction, json: bool) -> Result<ExitCode, CliError> {
    let config = layers(global, API_ADMIN_PORT).load().map_err(|error| CliError::usage(error.to_string()))?;
    let wanted = wanted(&config)?;
    super::on_one_thread(async {
        let log = open(&config).await?;
        let changes = match action {
            TopicsAction::Plan => plan(&log.topics().await?, &wanted)?,
            TopicsAction::Apply => log.apply_topics(&wanted).await?,
        };
        print(&changes, action, json)?;
        Ok(ExitCode::SUCCESS)
    })
}

async fn open(config: &Config) -> Result<Arc<dyn Log>, CliError> {
    let section: LogConfig = config.section()?;
    match section.adapter {
        LogAdapter::Embedded => embedded(config, section).await,
        LogAdapter::Kafka => kafka(config),
    }
}

async fn embedded(config: &Config, section: LogConfig) -> Result<Arc<dyn Log>, CliError> {
    use heimdall::{
        clock::SystemClock,
        database::{Database, DatabaseConfig, Migrations},
        messaging::embedded::EmbeddedLog,
    };
    let database = Database::connect(&config.section::<DatabaseConfig>()?).await?;
    // The embedded log is its tables: where they are not, there is nothing to ask.
    database.migrate(&Migrations::NONE).await?;
    Ok(Arc::new(EmbeddedLog::new(database, Arc::new(SystemClock), section.embedded)?))
}

#[cfg(feature = "kafka")]
fn kafka(config: &Config) -> Result<Arc<dyn Log>, CliError> {
    Ok(Arc::new(heimdall::messaging::kafka::KafkaLog::new(config.section()?)?))
}

#[cfg(not(feature = "kafka"))]
fn kafka(_: &Config) -> Result<Arc<dyn Log>, CliError> {
    // The section `log` refuses the adapter before.
    Err(CliError::usage("this build has no `kafka`: it needs the cargo feature `kafka`"))
}

fn print(changes: &[TopicChange], action: TopicsAction, json: bool) -> Result<(), CliError> {
    if json {
        let rows: Vec<_> =
            changes.iter().map(|change| json!({"topic": change.topic(), "change": change.to_string()})).collect();
        writeln!(Stdout, "{}", serde_json::to_string_pretty(&rows)?)?;
    } else if changes.is_empty() {
        writeln!(Stdout, "Nothing to do: all topics are as they should be.")?;
    } else {
        for change in changes {
            writeln!(Stdout, "{change}")?;
        }
        if action == TopicsAction::Plan {
            writeln!(Stdout, "{} changes; `valkyrie topics apply` makes them.", changes.len())?;
        }
    }
    Ok(())
}
