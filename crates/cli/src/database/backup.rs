//! `symbolon backup`: a copy of an `SQLite` database, while the server goes on.

use std::path::PathBuf;

use clap::Args;
use symbolon_server::database;

use super::{DatabaseFlags, DsnArgument};
use crate::failure::Failure;
use crate::output::print_line;

/// Flags of `backup`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  symbolon backup /var/backups/symbolon-2026-11-30.db -c /etc/symbolon.yaml
  symbolon backup copy.db sqlite:///var/lib/symbolon.db

A copy holds what the server seals with secrets.system: without them it opens nothing. PostgreSQL is
backed up with its own tools, such as pg_dump.")]
pub(crate) struct BackupArguments {
    /// The file to write, which must not exist
    #[arg(value_name = "FILE")]
    target: PathBuf,
    #[arg(value_name = "DSN", help = "The database, such as sqlite:///var/lib/symbolon.db")]
    dsn: Option<DsnArgument>,
    #[command(flatten)]
    database: DatabaseFlags,
}

pub(crate) async fn run(arguments: BackupArguments) -> Result<(), Failure> {
    let dsn = arguments.database.dsn(arguments.dsn.as_ref())?;
    let copied = database::copy(dsn.expose(), &arguments.target).await;
    copied.map_err(|error| Failure::message(error.detail()))?;
    print_line(&arguments.target.display().to_string())
}
