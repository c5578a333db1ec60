//! `symbolon get`: what a running server knows.

use clap::Subcommand;

use crate::account::read::GetArguments as AccountArguments;
use crate::failure::Failure;
use crate::json_web_key::read::GetArguments as KeyArguments;
use crate::oauth2_client::read::GetArguments as ClientArguments;
use crate::{account, json_web_key, oauth2_client};

#[derive(Debug, Subcommand)]
pub(crate) enum GetCommand {
    /// Show OAuth clients, without their secrets
    #[command(name = "oauth2-client", visible_alias = "client", aliases = ["clients", "oauth2-clients"], after_help = CLIENT_EXAMPLES)]
    Client(ClientArguments),
    /// Show the keys of sets, private keys included
    #[command(name = "jwk", visible_alias = "jwks", after_help = KEY_EXAMPLES)]
    Key(KeyArguments),
    /// Show an account
    #[command(after_help = ACCOUNT_EXAMPLES)]
    Account(AccountArguments),
}

pub(crate) async fn run(what: GetCommand) -> Result<(), Failure> {
    match what {
        GetCommand::Client(arguments) => oauth2_client::read::run(arguments).await,
        GetCommand::Key(arguments) => json_web_key::read::run(arguments).await,
        GetCommand::Account(arguments) => account::read::run(arguments).await,
    }
}

const CLIENT_EXAMPLES: &str = "Examples:
  symbolon get client --endpoint http://127.0.0.1:4445 shop
  symbolon get client --endpoint http://127.0.0.1:4445 shop --format jsonpath=redirect_uris.0
  symbolon get client --endpoint http://127.0.0.1:4445 shop crm --format yaml";

const KEY_EXAMPLES: &str = "Examples:
  symbolon get jwk --endpoint http://127.0.0.1:4445 webhooks
  symbolon get jwk --endpoint http://127.0.0.1:4445 webhooks --public --format json";

const ACCOUNT_EXAMPLES: &str = "Examples:
  symbolon get account --endpoint http://127.0.0.1:4445 --username alice --format json";
