//! `symbolon introspect`: what the server says about a token.

use clap::Subcommand;

use crate::failure::Failure;
use crate::token;
use crate::token::introspect::IntrospectArguments;

#[derive(Debug, Subcommand)]
pub(crate) enum IntrospectCommand {
    /// Show whether a token is active, whose it is, and what for
    #[command(after_help = TOKEN_EXAMPLES)]
    Token(IntrospectArguments),
}

pub(crate) async fn run(what: IntrospectCommand) -> Result<(), Failure> {
    match what {
        IntrospectCommand::Token(arguments) => token::introspect::run(arguments).await,
    }
}

const TOKEN_EXAMPLES: &str = "Examples:
  From standard input, where the list of processes does not show it
    symbolon introspect token --endpoint http://127.0.0.1:4445 - < token.txt

  Whether it is good for a scope
    symbolon introspect token --endpoint http://127.0.0.1:4445 --scope photos.read \\
      --format jsonpath=active - < token.txt";
