//! `symbolon update oauth2-client`: changes what the flags name and leaves the rest; or replaces all by a file.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};
use symbolon_types::Client;

use super::flags::{ClientFlags, EncryptionFlags};
use super::json_from_file;
use super::shown::shown;
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;

/// Flags of `update oauth2-client`.
#[derive(Debug, Args)]
pub(crate) struct UpdateArguments {
    /// The id of the client
    #[arg(value_name = "CLIENT_ID")]
    id: String,
    /// Replace everything but the secret by the JSON of this file, or of standard input with '-'; other flags are ignored
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    flags: ClientFlags,
    #[command(flatten)]
    encryption: EncryptionFlags,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: UpdateArguments) -> Result<(), Failure> {
    arguments.encryption.refuse()?;
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let updated = if let Some(file) = &arguments.file {
        let client: Client = json_from_file(file)?;
        admin.replace_client(&arguments.id, &client).await?
    } else {
        let members = arguments.flags.members()?;
        if members.is_empty() {
            return Err(Failure::message("there is nothing to change: name a member of the client, or --file"));
        }
        admin.patch_client(&arguments.id, &patch(members)).await?
    };
    arguments.connection.print(&shown(&updated)?)
}

/// A JSON Patch (RFC 6902) that sets members. `add` sets a member whether it is there or not (§4.1).
fn patch(members: Map<String, Value>) -> Value {
    let operations = members.into_iter().map(|(name, value)| {
        let path = format!("/{name}");
        json!({ "op": "add", "path": path, "value": value })
    });
    operations.collect()
}
