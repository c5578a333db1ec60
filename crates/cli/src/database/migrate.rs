//! `symbolon migrate sql`: brings the tables of a database up to date, or says how far they are. A server does it by itself
//! when it starts; the command is for whoever wants it done before.

use clap::{Args, Subcommand};
use serde_json::json;
use symbolon_server::database::{self, SchemaStep};
use symbolon_types::timestamp;

use super::{DatabaseFlags, DsnArgument};
use crate::failure::Failure;
use crate::output::{CommandResult, FORMAT_HELP, Format, ListResult, Verbosity};

#[derive(Debug, Subcommand)]
pub(crate) enum MigrateCommand {
    /// Bring the tables of a database up to date
    #[command(after_help = EXAMPLES)]
    Sql(SqlArguments),
    /// Show how far the tables of a database are (also: migrate sql status)
    #[command(after_help = STATUS_EXAMPLES)]
    Status(StatusArguments),
}

/// Flags of `migrate sql`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct SqlArguments {
    #[command(subcommand)]
    what: Option<SqlCommand>,
    #[command(flatten)]
    up: UpArguments,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SqlCommand {
    /// Bring the tables of a database up to date
    #[command(after_help = EXAMPLES)]
    Up(UpArguments),
    /// Show how far the tables of a database are
    #[command(after_help = STATUS_EXAMPLES)]
    Status(StatusArguments),
    /// Explain how to go back to an earlier version
    #[command(after_help = DOWN_EXAMPLES)]
    Down(DownArguments),
}

/// Flags of `migrate sql up`.
#[derive(Debug, Args)]
pub(crate) struct UpArguments {
    #[arg(value_name = "DSN", help = "The database, such as sqlite:///var/lib/symbolon.db")]
    dsn: Option<DsnArgument>,
    #[command(flatten)]
    database: DatabaseFlags,
    /// Accepted for compatibility: nothing is asked
    #[arg(short, long, hide = true)]
    yes: bool,
}

/// Flags of `migrate sql status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    #[arg(value_name = "DSN", help = "The database, such as sqlite:///var/lib/symbolon.db")]
    dsn: Option<DsnArgument>,
    #[command(flatten)]
    database: DatabaseFlags,
    /// Wait until the tables are up to date
    #[arg(long)]
    block: bool,
    #[arg(long, default_value = "table", hide_default_value = true, value_name = "FORMAT", help = FORMAT_HELP)]
    format: Format,
    /// Print only the numbers of the steps
    #[arg(short, long)]
    quiet: bool,
}

/// Flags of `migrate sql down`.
#[derive(Debug, Args)]
pub(crate) struct DownArguments {
    /// Accepted for compatibility
    #[arg(value_name = "DSN", hide = true)]
    dsn: Option<DsnArgument>,
    /// How many steps to go back
    #[arg(long, value_name = "NUMBER")]
    steps: Option<u32>,
    #[command(flatten)]
    database: DatabaseFlags,
    /// Accepted for compatibility: nothing is asked
    #[arg(short, long, hide = true)]
    yes: bool,
}

pub(crate) async fn run(command: MigrateCommand) -> Result<(), Failure> {
    match command {
        MigrateCommand::Status(arguments) => status(arguments).await,
        MigrateCommand::Sql(SqlArguments { what: None, up: arguments }) => up(arguments).await,
        MigrateCommand::Sql(SqlArguments { what: Some(what), .. }) => match what {
            SqlCommand::Up(arguments) => up(arguments).await,
            SqlCommand::Status(arguments) => status(arguments).await,
            SqlCommand::Down(arguments) => Err(down(&arguments)),
        },
    }
}

async fn up(arguments: UpArguments) -> Result<(), Failure> {
    let _ = arguments.yes;
    let dsn = arguments.database.dsn(arguments.dsn.as_ref())?;
    database::bring_up_to_date(dsn.expose()).await.map_err(|error| Failure::message(error.to_string()))?;
    let steps = steps(dsn.expose()).await?;
    list(&steps).print(&Format::Table, Verbosity::Full)
}

async fn status(arguments: StatusArguments) -> Result<(), Failure> {
    let dsn = arguments.database.dsn(arguments.dsn.as_ref())?;
    let mut found = steps(dsn.expose()).await?;
    while arguments.block && found.iter().any(|step| step.applied_at.is_none()) {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        found = steps(dsn.expose()).await?;
    }
    let verbosity = if arguments.quiet { Verbosity::IdOnly } else { Verbosity::Full };
    list(&found).print(&arguments.format, verbosity)
}

fn down(arguments: &DownArguments) -> Failure {
    let steps = arguments.steps.map(|steps| format!(" by {steps} steps")).unwrap_or_default();
    Failure::message(format!(
        "tables do not go back{steps}: the version of the program before works with them, so put that in place again; or \
         restore a backup that was made before"
    ))
}

async fn steps(dsn: &str) -> Result<Vec<SchemaStep>, Failure> {
    database::schema_steps(dsn).await.map_err(|error| Failure::message(error.to_string()))
}

fn list(steps: &[SchemaStep]) -> ListResult {
    let results = steps.iter().map(|step| {
        let state = if step.applied_at.is_some() { "Applied" } else { "Pending" };
        let at = step.applied_at.map(timestamp::format_seconds);
        let version = step.version.to_string();
        CommandResult {
            object: json!({ "version": version, "state": state, "applied_at": at }),
            rows: vec![
                ("VERSION", version.clone()),
                ("STATUS", state.to_owned()),
                ("APPLIED AT", at.unwrap_or_default()),
            ],
            id: version,
        }
    });
    ListResult::of(results.collect(), &["VERSION", "STATUS", "APPLIED AT"])
}

const EXAMPLES: &str = "Examples:
  symbolon migrate sql up sqlite:///var/lib/symbolon.db
  DSN=postgres://symbolon:secret@db/symbolon symbolon migrate sql up -e
  symbolon migrate sql up -c /etc/symbolon.yaml";

const STATUS_EXAMPLES: &str = "Examples:
  symbolon migrate sql status -c /etc/symbolon.yaml

  Wait until another node has done it
    symbolon migrate sql status -c /etc/symbolon.yaml --block --quiet";

const DOWN_EXAMPLES: &str = "Examples:
  symbolon migrate sql down";
