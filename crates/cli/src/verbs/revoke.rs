//! `symbolon revoke`: a client gives a token back.

use clap::Subcommand;

use crate::failure::Failure;
use crate::token;
use crate::token::revoke::RevokeArguments;

#[derive(Debug, Subcommand)]
pub(crate) enum RevokeCommand {
    /// Revoke an access token or a refresh token of a client (RFC 7009)
    #[command(after_help = TOKEN_EXAMPLES)]
    Token(Box<RevokeArguments>),
}

pub(crate) async fn run(what: RevokeCommand) -> Result<(), Failure> {
    match what {
        RevokeCommand::Token(arguments) => token::revoke::run(*arguments).await,
    }
}

const TOKEN_EXAMPLES: &str = "Examples:
  From standard input, where the list of processes does not show it
    symbolon revoke token --endpoint http://127.0.0.1:4444 --client-id shop \\
      --client-secret-file secret.txt - < token.txt";
