use std::process::ExitCode;

use clap::Args;
use heimdall::program::CommandError;

use super::{
    print,
    session::{Session, failure},
    watch,
};
use crate::cli::parameters::Parameters;
use crate::client::{NewAccount, NewTask};

/// Ask for a service
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The template, as `GET /api/v1/templates` names it
    template: String,
    #[command(flatten)]
    parameters: Parameters,
    /// The cloud account that the service is for
    #[arg(long, value_name = "IDENTIFIER")]
    account: Option<String>,
    /// The role to act in within the account
    #[arg(long, value_name = "ROLE", requires = "account")]
    account_role: Option<String>,
    /// The account's provider, where its identifier does not give it away
    #[arg(long, value_name = "PROVIDER", requires = "account")]
    account_provider: Option<String>,
    /// Only write it down; `valkyrie task queue` starts it later
    #[arg(long, conflicts_with = "watch")]
    draft: bool,
    /// Makes it safe to repeat this command: the same key gets the same task for a day
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    /// Follow it until it ends
    #[arg(long)]
    watch: bool,
}

pub(super) async fn run(session: &Session, arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let account = arguments.account.clone().map(|identifier| NewAccount {
        identifier,
        role: arguments.account_role.clone(),
        provider: arguments.account_provider.clone(),
    });
    let wanted = NewTask {
        template: arguments.template.clone(),
        parameters: arguments.parameters.read()?,
        account,
        start: !arguments.draft,
    };
    let task = session.client.submit(&wanted, arguments.idempotency_key.as_deref()).await.map_err(failure)?;
    if arguments.watch {
        return watch::follow(session, &task.id.to_string()).await;
    }
    print::answer(session, &task)
}
