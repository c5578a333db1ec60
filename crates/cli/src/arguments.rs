//! The command tree. Each command's flags stand beside the command; this file only puts them together and keeps the
//! examples that its help shows.

use clap::{Parser, Subcommand};

use crate::create::account::AccountArguments;
use crate::create::client::ClientArguments;
use crate::perform::authorization_code::AuthorizationCodeArguments;
use crate::quickstart::QuickstartArguments;
use crate::serve::ServeArguments;

/// OAuth 2.0 authorization server and OpenID provider
#[derive(Debug, Parser)]
#[command(name = "symbolon", version, arg_required_else_help = false, max_term_width = 100)]
#[command(after_help = "Examples:
  Try it out: a server with login pages, and a demonstration application
    symbolon quickstart

  Run a server from a configuration file
    symbolon serve -c /etc/symbolon.yaml")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server
    Serve(ServeArguments),
    /// Try it out: a server, an account and an application to log in to, with nothing to set up
    Quickstart(QuickstartArguments),
    /// Create a client or an account on a running server
    Create {
        #[command(subcommand)]
        what: CreateCommand,
    },
    /// Act as an OAuth client and show the tokens
    Perform {
        #[command(subcommand)]
        what: PerformCommand,
    },
    /// Show the version of this program
    Version,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CreateCommand {
    /// Register an OAuth client
    #[command(name = "oauth2-client", visible_alias = "client", after_help = CLIENT_EXAMPLES)]
    Client(Box<ClientArguments>),
    /// Create an account for the built-in login page
    #[command(after_help = ACCOUNT_EXAMPLES)]
    Account(AccountArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum PerformCommand {
    /// Log in with the authorization code flow and PKCE
    #[command(after_help = AUTHORIZATION_CODE_EXAMPLES)]
    AuthorizationCode(Box<AuthorizationCodeArguments>),
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

  Everything from a file
    symbolon create client --endpoint http://127.0.0.1:4445 --file client.json";

const ACCOUNT_EXAMPLES: &str = "Examples:
  symbolon create account --endpoint http://127.0.0.1:4445 --username alice \\
    --email alice@example.com --name 'Alice Liddell' --password-stdin < password.txt";

const AUTHORIZATION_CODE_EXAMPLES: &str = "Examples:
  A public client whose redirect URI is http://127.0.0.1:4446/callback
    symbolon perform authorization-code --endpoint http://127.0.0.1:4444 --client-id my-app

  A confidential client, with the tokens as JSON and without opening a browser
    symbolon perform authorization-code --endpoint http://127.0.0.1:4444 \\
      --client-id shop --client-secret \"$SECRET\" --scope openid,email --no-open --format json";
