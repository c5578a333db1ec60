//! `symbolon create`: what an operator adds to a running server.

use clap::Subcommand;

use crate::account::create::AccountArguments;
use crate::failure::Failure;
use crate::json_web_key::create::CreateArguments;
use crate::oauth2_client::create::ClientArguments;
use crate::{account, json_web_key, oauth2_client};

#[derive(Debug, Subcommand)]
pub(crate) enum CreateCommand {
    /// Register an OAuth client
    #[command(name = "oauth2-client", visible_alias = "client", after_help = CLIENT_EXAMPLES)]
    Client(Box<ClientArguments>),
    /// Let the server make a key
    #[command(name = "jwk", visible_alias = "jwks", after_help = KEY_EXAMPLES)]
    Key(Box<CreateArguments>),
    /// Create an account for the built-in login page
    #[command(after_help = ACCOUNT_EXAMPLES)]
    Account(Box<AccountArguments>),
}

pub(crate) async fn run(what: CreateCommand) -> Result<(), Failure> {
    match what {
        CreateCommand::Client(arguments) => oauth2_client::create::run(*arguments).await,
        CreateCommand::Key(arguments) => json_web_key::create::run(*arguments).await,
        CreateCommand::Account(arguments) => account::create::run(*arguments).await,
    }
}

const CLIENT_EXAMPLES: &str = "Examples:
  A web application
    symbolon create client --endpoint http://127.0.0.1:4445 --name Shop \\
      --redirect-uri https://shop.example.com/callback \\
      --grant-type authorization_code,refresh_token --scope openid,offline_access,email

  A public client (a single-page or native application)
    symbolon create client --endpoint http://127.0.0.1:4445 --id my-app \\
      --token-endpoint-auth-method none --redirect-uri http://127.0.0.1:4446/callback

  A service that acts for itself, as JSON
    symbolon create client --endpoint http://127.0.0.1:4445 \\
      --grant-type client_credentials --scope reports.read --format json

  With a secret of your own, one line on standard input
    symbolon create client --endpoint http://127.0.0.1:4445 --id shop --secret-file - < secret.txt

  Everything from a file
    symbolon create client --endpoint http://127.0.0.1:4445 --file client.json";

const KEY_EXAMPLES: &str = "Examples:
  A key in a set of your own; the answer has the private key
    symbolon create jwk --endpoint http://127.0.0.1:4445 webhooks --alg ES256 --format json

  With a name of your own, and without showing the private key
    symbolon create jwk --endpoint http://127.0.0.1:4445 webhooks 2026-11 --alg ES256 --public";

const ACCOUNT_EXAMPLES: &str = "Examples:
  symbolon create account --endpoint http://127.0.0.1:4445 --username alice \\
    --email alice@example.com --name 'Alice Liddell' --password-stdin < password.txt

  With more about the person, for clients that ask for the scopes profile, phone and address
    symbolon create account --endpoint http://127.0.0.1:4445 --username alice \\
      --given-name Alice --family-name Liddell --birthdate 1852-05-04 --locale en-GB \\
      --phone-number '+44 1865 276150' --address-locality Oxford --address-country UK \\
      --password-file password.txt";
