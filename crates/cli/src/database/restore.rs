//! `symbolon restore`: puts a copy that `symbolon backup` made in the place of an `SQLite` database that is gone.

use std::path::{Path, PathBuf};

use clap::Args;
use symbolon_server::database;

use crate::failure::Failure;
use crate::output::print_line;

/// Flags of `restore`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  With the server stopped, and the old files moved away
    symbolon restore /var/backups/symbolon-2026-11-30.db /var/lib/symbolon.db

PostgreSQL is restored with its own tools, such as pg_restore.")]
pub(crate) struct RestoreArguments {
    /// The copy
    #[arg(value_name = "BACKUP")]
    source: PathBuf,
    /// The file that the server's dsn names; it must not exist
    #[arg(value_name = "FILE")]
    target: PathBuf,
}

pub(crate) async fn run(arguments: RestoreArguments) -> Result<(), Failure> {
    // SQLite would read what an old database left behind into the new one.
    for end in ["-wal", "-shm", "-journal"] {
        let mut beside = arguments.target.clone().into_os_string();
        beside.push(end);
        if Path::new(&beside).exists() {
            let beside = Path::new(&beside).display();
            return Err(Failure::message(format!("{beside} belongs to the database before: move it away first")));
        }
    }
    let source = arguments.source.to_str().ok_or_else(|| Failure::message("the name of the copy is not UTF-8"))?;
    let copied = database::copy(&format!("sqlite://{source}"), &arguments.target).await;
    copied.map_err(|error| Failure::message(error.detail()))?;
    print_line(&arguments.target.display().to_string())
}
