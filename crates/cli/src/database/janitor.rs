//! `symbolon janitor`: a word about why it is not needed, for scripts and people who come from Ory Hydra.

use clap::Args;

use super::{DatabaseFlags, DsnArgument};
use crate::failure::Failure;
use crate::output::print_line;

/// Flags of `janitor`, as in Ory Hydra. No database is opened.
#[derive(Debug, Args)]
pub(crate) struct JanitorArguments {
    #[arg(value_name = "DSN", hide = true)]
    dsn: Option<DsnArgument>,
    /// Expired tokens: deleted by the server
    #[arg(long)]
    tokens: bool,
    /// Login and consent requests that nobody finished: deleted by the server
    #[arg(long)]
    requests: bool,
    /// Expired grants: deleted by the server
    #[arg(long)]
    grants: bool,
    #[arg(long, hide = true, value_name = "DURATION")]
    access_lifespan: Option<String>,
    #[arg(long, hide = true, value_name = "DURATION")]
    refresh_lifespan: Option<String>,
    #[arg(long, hide = true, value_name = "DURATION")]
    consent_request_lifespan: Option<String>,
    #[arg(long, hide = true, value_name = "DURATION")]
    keep_if_younger: Option<String>,
    #[arg(long, hide = true, default_value_t = 10_000, value_name = "NUMBER")]
    limit: u64,
    #[arg(long, hide = true, default_value_t = 100, value_name = "NUMBER")]
    batch_size: u64,
    #[command(flatten)]
    database: DatabaseFlags,
}

/// Mistakes fail as in Ory Hydra; everything else is answered by what makes the command needless.
pub(crate) fn run(arguments: &JanitorArguments) -> Result<(), Failure> {
    if !(arguments.tokens || arguments.requests || arguments.grants) {
        return Err(Failure::message("nothing is named: add --tokens, --requests or --grants"));
    }
    if arguments.batch_size > arguments.limit {
        return Err(Failure::message("--batch-size is larger than --limit"));
    }
    print_line(
        "There is nothing to do: a running server deletes what has expired by itself, in small batches.\n\
         No database was opened, and no flag has an effect. This command can go from your scripts.",
    )
}
