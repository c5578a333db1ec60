//! `symbolon update`: what an operator changes on a running server.

use clap::Subcommand;

use crate::account::update::UpdateArguments as AccountArguments;
use crate::failure::Failure;
use crate::oauth2_client::update::UpdateArguments as ClientArguments;
use crate::{account, oauth2_client};

#[derive(Debug, Subcommand)]
pub(crate) enum UpdateCommand {
    /// Change what is registered for an OAuth client
    #[command(name = "oauth2-client", visible_alias = "client", after_help = CLIENT_EXAMPLES)]
    Client(Box<ClientArguments>),
    /// Change username, claims or password; another password signs the user out everywhere
    #[command(after_help = ACCOUNT_EXAMPLES)]
    Account(Box<AccountArguments>),
}

pub(crate) async fn run(what: UpdateCommand) -> Result<(), Failure> {
    match what {
        UpdateCommand::Client(arguments) => oauth2_client::update::run(*arguments).await,
        UpdateCommand::Account(arguments) => account::update::run(*arguments).await,
    }
}

const CLIENT_EXAMPLES: &str = "Examples:
  What is named changes, and the rest stays
    symbolon update client --endpoint http://127.0.0.1:4445 shop --name 'The Shop' \\
      --redirect-uri https://shop.example.com/callback,https://shop.example.com/other

  Another secret, one line on standard input
    symbolon update client --endpoint http://127.0.0.1:4445 shop --secret-file - < secret.txt

  An empty value removes what was there; no more skipping of the consent page
    symbolon update client --endpoint http://127.0.0.1:4445 shop --audience '' --skip-consent=false

  Everything but the secret from a file
    symbolon update client --endpoint http://127.0.0.1:4445 shop --file client.json";

const ACCOUNT_EXAMPLES: &str = "Examples:
  Somebody made sure of the e-mail address; an empty value removes what was known
    symbolon update account --endpoint http://127.0.0.1:4445 --username alice \\
      --email alice@example.com --email-verified true --nickname ''

  Another password
    symbolon update account --endpoint http://127.0.0.1:4445 --username alice \\
      --password-stdin < password.txt

  Another username, for the account of an id
    symbolon update account --endpoint http://127.0.0.1:4445 \\
      3f0c6a52-8e0b-4f3a-9d55-0f6f4f1f2c11 --new-username alice.liddell";
