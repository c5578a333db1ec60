//! `symbolon perform`: acts as an OAuth client, to see which tokens come out.

use clap::Subcommand;

use crate::failure::Failure;
use crate::perform;
use crate::perform::authorization_code::AuthorizationCodeArguments;
use crate::perform::client_credentials::ClientCredentialsArguments;
use crate::perform::device_code::DeviceCodeArguments;

#[derive(Debug, Subcommand)]
pub(crate) enum PerformCommand {
    /// Log in with the authorization code flow and PKCE
    #[command(after_help = AUTHORIZATION_CODE_EXAMPLES)]
    AuthorizationCode(Box<AuthorizationCodeArguments>),
    /// Obtain a token for the client itself
    #[command(after_help = CLIENT_CREDENTIALS_EXAMPLES)]
    ClientCredentials(Box<ClientCredentialsArguments>),
    /// Log in on another device, by a code
    #[command(after_help = DEVICE_CODE_EXAMPLES)]
    DeviceCode(Box<DeviceCodeArguments>),
}

pub(crate) async fn run(what: PerformCommand) -> Result<(), Failure> {
    match what {
        PerformCommand::AuthorizationCode(arguments) => perform::authorization_code::run(*arguments).await,
        PerformCommand::ClientCredentials(arguments) => perform::client_credentials::run(*arguments).await,
        PerformCommand::DeviceCode(arguments) => perform::device_code::run(*arguments).await,
    }
}

const AUTHORIZATION_CODE_EXAMPLES: &str = "Examples:
  A public client whose redirect URI is http://127.0.0.1:4446/callback
    symbolon perform authorization-code --endpoint http://127.0.0.1:4444 --client-id my-app

  A confidential client, with the tokens as JSON and without opening a browser
    symbolon perform authorization-code --endpoint http://127.0.0.1:4444 \\
      --client-id shop --client-secret-file secret.txt --scope openid,email --no-open --format json";

const CLIENT_CREDENTIALS_EXAMPLES: &str = "Examples:
  symbolon perform client-credentials --endpoint http://127.0.0.1:4444 \\
    --client-id reports --client-secret-file secret.txt --scope reports.read

  Only the token, for a script
    symbolon perform client-credentials --endpoint http://127.0.0.1:4444 \\
      --client-id reports --client-secret-file secret.txt --quiet";

const DEVICE_CODE_EXAMPLES: &str = "Examples:
  A public client with the grant type urn:ietf:params:oauth:grant-type:device_code
    symbolon perform device-code --endpoint http://127.0.0.1:4444 --client-id my-tool

  A confidential client, with the tokens as JSON
    symbolon perform device-code --endpoint http://127.0.0.1:4444 \\
      --client-id tv --client-secret-file secret.txt --scope openid,offline --format json";
