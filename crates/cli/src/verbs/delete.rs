//! `symbolon delete`: what an operator removes from a running server, and what goes with it.

use clap::Subcommand;

use crate::account::delete::DeleteArguments as AccountArguments;
use crate::consent::delete::DeleteArguments as ConsentArguments;
use crate::failure::Failure;
use crate::json_web_key::delete::DeleteArguments as KeyArguments;
use crate::login_session::delete::DeleteArguments as SessionArguments;
use crate::oauth2_client::delete::DeleteArguments as ClientArguments;
use crate::revoke::ClientSelection;
use crate::{account, consent, json_web_key, login_session, oauth2_client, revoke};

#[derive(Debug, Subcommand)]
pub(crate) enum DeleteCommand {
    /// Delete an account with its sessions, tokens and consents
    #[command(after_help = ACCOUNT_EXAMPLES)]
    Account(AccountArguments),
    /// Delete OAuth clients with everything that was issued to them
    #[command(name = "oauth2-client", visible_alias = "client", aliases = ["clients", "oauth2-clients"], after_help = CLIENT_EXAMPLES)]
    Client(ClientArguments),
    /// Revoke all tokens of an OAuth client, refresh tokens and codes included; consents stay
    #[command(visible_alias = "client-tokens", after_help = TOKENS_EXAMPLES)]
    AccessTokens(ClientSelection),
    /// Delete sets of keys
    #[command(name = "jwk", visible_alias = "jwks", after_help = KEY_EXAMPLES)]
    Key(KeyArguments),
    /// Forget what a user has allowed; the tokens that were issued for it are void
    #[command(alias = "consent", after_help = CONSENTS_EXAMPLES)]
    Consents(ConsentArguments),
    /// End login sessions; tokens stay (see sign-out)
    #[command(alias = "session", after_help = SESSIONS_EXAMPLES)]
    Sessions(SessionArguments),
}

pub(crate) async fn run(what: DeleteCommand) -> Result<(), Failure> {
    match what {
        DeleteCommand::Account(arguments) => account::delete::run(arguments).await,
        DeleteCommand::Client(arguments) => oauth2_client::delete::run(arguments).await,
        DeleteCommand::AccessTokens(arguments) => revoke::client_tokens(arguments).await,
        DeleteCommand::Key(arguments) => json_web_key::delete::run(arguments).await,
        DeleteCommand::Consents(arguments) => consent::delete::run(arguments).await,
        DeleteCommand::Sessions(arguments) => login_session::delete::run(arguments).await,
    }
}

const ACCOUNT_EXAMPLES: &str = "Examples:
  symbolon delete account --endpoint http://127.0.0.1:4445 --username alice";

const CLIENT_EXAMPLES: &str = "Examples:
  symbolon delete client --endpoint http://127.0.0.1:4445 shop crm";

const TOKENS_EXAMPLES: &str = "Examples:
  symbolon delete access-tokens --endpoint http://127.0.0.1:4445 shop";

const KEY_EXAMPLES: &str = "Examples:
  symbolon delete jwk --endpoint http://127.0.0.1:4445 webhooks";

const CONSENTS_EXAMPLES: &str = "Examples:
  All that a user has allowed
    symbolon delete consents --endpoint http://127.0.0.1:4445 --all \\
      3f0c6a52-8e0b-4f3a-9d55-0f6f4f1f2c11

  What they have allowed one client
    symbolon delete consents --endpoint http://127.0.0.1:4445 --client-id shop \\
      3f0c6a52-8e0b-4f3a-9d55-0f6f4f1f2c11";

const SESSIONS_EXAMPLES: &str = "Examples:
  All of a user
    symbolon delete sessions --endpoint http://127.0.0.1:4445 3f0c6a52-8e0b-4f3a-9d55-0f6f4f1f2c11

  One, by the sid of its ID tokens; its clients are told
    symbolon delete sessions --endpoint http://127.0.0.1:4445 \\
      --sid 5f0bd7a0-3b5f-4f2b-b3c0-9c8f6b1e2d11";
