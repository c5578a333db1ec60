//! `symbolon import oauth2-client`: registers the clients of files, each a list in JSON.

use std::path::{Path, PathBuf};

use clap::Args;
use symbolon_types::Client;

use super::file;
use super::flags::EncryptionFlags;
use super::shown::{COLUMNS, shown};
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::{Failure, Failures};

/// Flags of `import oauth2-client`.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// Files with a list of clients in JSON; '-', or no file, is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    encryption: EncryptionFlags,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: ImportArguments) -> Result<(), Failure> {
    arguments.encryption.refuse()?;
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let standard_input = [PathBuf::from("-")];
    let files = if arguments.files.is_empty() { &standard_input[..] } else { &arguments.files };
    // All are read before the first is registered, so that a slip in the last file leaves nothing half done.
    let mut clients: Vec<Client> = Vec::new();
    for path in files {
        clients.extend(file::read::<Vec<Client>>(Path::new(path), "a list of clients in JSON")?);
    }
    let (mut created, mut failures) = (Vec::new(), Failures::of(clients.len()));
    for (position, client) in clients.iter().enumerate() {
        match admin.create_client(client).await {
            Ok(client) => created.push(shown(&client)?),
            Err(error) => {
                let id = client.client_id.as_str();
                let name = if id.is_empty() { format!("client number {}", position + 1) } else { id.to_owned() };
                failures.add(&name, error.into());
            }
        }
    }
    arguments.connection.print_each(created, COLUMNS)?;
    failures.end()
}
