//! Clients that are declared in files: `symbolon apply` makes a server have what the files say, and `symbolon export` writes
//! such files.
//!
//! [`document`] and [`wanted`] read the files and tell everything that is wrong before anything is changed; [`difference`]
//! compares them with one list of what the server has; [`carry_out`] does what is left. Whose a client is says [`mark`].
//! What a client may be is decided by the server.

pub(crate) mod apply;
mod carry_out;
mod difference;
mod document;
pub(crate) mod export;
mod mark;
mod members;
mod node;
mod wanted;

use std::collections::BTreeMap;

use clap::Args;
use symbolon_client::AdminClient;
use symbolon_types::Client;

use crate::failure::Failure;

/// How many clients are asked for at once. A page has to stay below the longest answer that is read.
const PAGE_SIZE: u32 = 100;

/// What `apply` may do.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "the flags are independent of each other")]
pub(crate) struct ApplyFlags {
    /// Only show what would be changed; the exit code is 2 if there is anything
    #[arg(long)]
    dry_run: bool,
    /// Delete the clients of this set that are in no file
    #[arg(long)]
    prune: bool,
    /// Delete without having seen what: with --prune, nothing is deleted without this
    #[arg(long, requires = "prune")]
    yes: bool,
    /// The name of what these files declare together; clients of another set are left alone
    #[arg(long, value_name = "NAME", default_value = "default", value_parser = set_name)]
    set: String,
    /// Also give the clients that are there already the secrets that the files name
    #[arg(long)]
    set_secrets: bool,
    /// Let the server make the secrets of new clients that name none, and show them
    #[arg(long)]
    show_generated_secrets: bool,
}

fn set_name(name: &str) -> Result<String, String> {
    let is_good = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    if (1..=64).contains(&name.len()) && name.chars().all(is_good) {
        Ok(name.to_owned())
    } else {
        Err("a set is called by up to 64 letters, digits, '-', '_' and '.'".to_owned())
    }
}

/// All clients of a server, by their ids.
async fn all(admin: &AdminClient) -> Result<BTreeMap<String, Client>, Failure> {
    let (mut found, mut clients) = (BTreeMap::new(), admin.clients(PAGE_SIZE));
    while let Some(client) = clients.next().await {
        let client = client?;
        found.insert(client.client_id.to_string(), client);
    }
    Ok(found)
}
