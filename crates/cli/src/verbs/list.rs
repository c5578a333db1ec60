//! `symbolon list`: what a running server has, in pages.

use clap::Subcommand;

use crate::account;
use crate::account::list::ListArguments as AccountArguments;
use crate::consent;
use crate::consent::list::ListArguments as ConsentArguments;
use crate::failure::Failure;
use crate::login_session;
use crate::login_session::list::ListArguments as SessionArguments;
use crate::oauth2_client;
use crate::oauth2_client::list::ListArguments as ClientArguments;

#[derive(Debug, Subcommand)]
pub(crate) enum ListCommand {
    /// Show the registered OAuth clients
    #[command(name = "oauth2-clients", visible_alias = "clients", alias = "oauth2-client", after_help = CLIENTS_EXAMPLES)]
    Clients(ClientArguments),
    /// Show the accounts of the built-in login page
    #[command(after_help = ACCOUNTS_EXAMPLES)]
    Accounts(AccountArguments),
    /// Show what a user has allowed which client
    #[command(after_help = CONSENTS_EXAMPLES)]
    Consents(ConsentArguments),
    /// Show the browsers in which somebody is logged in
    #[command(visible_alias = "login-sessions", after_help = SESSIONS_EXAMPLES)]
    Sessions(SessionArguments),
}

pub(crate) async fn run(what: ListCommand) -> Result<(), Failure> {
    match what {
        ListCommand::Clients(arguments) => oauth2_client::list::run(arguments).await,
        ListCommand::Accounts(arguments) => account::list::run(arguments).await,
        ListCommand::Consents(arguments) => consent::list::run(arguments).await,
        ListCommand::Sessions(arguments) => login_session::list::run(arguments).await,
    }
}

const CLIENTS_EXAMPLES: &str = "Examples:
  symbolon list clients --endpoint http://127.0.0.1:4445

  The ids of the first thousand
    symbolon list clients --endpoint http://127.0.0.1:4445 --page-size 1000 --quiet

  Where to go on after a page
    symbolon list clients --endpoint http://127.0.0.1:4445 --format jsonpath=next_page_token";

const ACCOUNTS_EXAMPLES: &str = "Examples:
  symbolon list accounts --endpoint http://127.0.0.1:4445
  symbolon list accounts --endpoint http://127.0.0.1:4445 --format jsonpath=items.*.username";

const CONSENTS_EXAMPLES: &str = "Examples:
  By the subject, which is the id of an account of the built-in login page
    symbolon list consents --endpoint http://127.0.0.1:4445 3f0c6a52-8e0b-4f3a-9d55-0f6f4f1f2c11";

const SESSIONS_EXAMPLES: &str = "Examples:
  symbolon list sessions --endpoint http://127.0.0.1:4445

  Those of one user, by the subject
    symbolon list sessions --endpoint http://127.0.0.1:4445 3f0c6a52-8e0b-4f3a-9d55-0f6f4f1f2c11";
