//! `symbolon import`: what is brought to a running server from files, and to a database from another server's.

use clap::Subcommand;

use crate::failure::Failure;
use crate::import::hydra::HydraArguments;
use crate::json_web_key::import::ImportArguments as KeyArguments;
use crate::oauth2_client::import::ImportArguments as ClientArguments;
use crate::{import, json_web_key, oauth2_client};

#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Register the OAuth clients of files
    #[command(name = "oauth2-client", visible_alias = "client", aliases = ["clients", "oauth2-clients"], after_help = CLIENT_EXAMPLES)]
    Client(ClientArguments),
    /// Put the keys of files into a set
    #[command(name = "jwk", visible_alias = "jwks", after_help = KEY_EXAMPLES)]
    Key(KeyArguments),
    /// Bring a database of Ory Hydra over; may be repeated, and then brings what came since
    #[command(after_help = HYDRA_EXAMPLES)]
    Hydra(Box<HydraArguments>),
}

pub(crate) async fn run(what: ImportCommand) -> Result<(), Failure> {
    match what {
        ImportCommand::Client(arguments) => oauth2_client::import::run(arguments).await,
        ImportCommand::Key(arguments) => json_web_key::import::run(arguments).await,
        ImportCommand::Hydra(arguments) => Box::pin(import::hydra::run(*arguments)).await,
    }
}

const CLIENT_EXAMPLES: &str = "Examples:
  Each file is a list of clients in JSON
    symbolon import client --endpoint http://127.0.0.1:4445 clients.json

  From another server, without the secrets, which cannot be read
    symbolon list clients --endpoint http://old:4445 --format jsonpath=items |
      symbolon import client --endpoint http://127.0.0.1:4445";

const KEY_EXAMPLES: &str = "Examples:
  A key in PEM; its thumbprint becomes its name
    symbolon import jwk --endpoint http://127.0.0.1:4445 webhooks --alg ES256 key.pem

  A key or a set of keys in JSON
    symbolon import jwk --endpoint http://127.0.0.1:4445 webhooks keys.json";

const HYDRA_EXAMPLES: &str = "Examples:
  A rehearsal: everything is read and opened, nothing is written
    symbolon import hydra --from sqlite:///var/lib/hydra/db.sqlite -c hydra.yml --dry-run

  From PostgreSQL, with Hydra's configuration as that of Symbolon
    symbolon import hydra --from-file /run/secrets/hydra-dsn -c hydra.yml \\
      --dsn sqlite:///var/lib/symbolon/symbolon.db

  With secrets of Symbolon's own
    symbolon import hydra --from-file /run/secrets/hydra-dsn -c symbolon.yml --secrets-file hydra.yml

Exit codes: 0 everything that is live was taken, 2 something was left out (the report says what and
why), 1 it failed; run it again then, it goes on where it was.";
