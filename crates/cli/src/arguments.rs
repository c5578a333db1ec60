//! The command tree. Each command's flags stand beside the command; this file only puts them together and keeps the
//! examples that its help shows.

use clap::{Parser, Subcommand};

use crate::account::delete::DeleteArguments;
use crate::account::read::GetArguments;
use crate::account::state::StateArguments;
use crate::account::update::UpdateArguments;
use crate::create::account::AccountArguments;
use crate::create::client::ClientArguments;
use crate::explain_profile::ExplainProfileArguments;
use crate::keys::rotate::RotateArguments;
use crate::mcp::check::CheckArguments;
use crate::openid::credential::CredentialArguments;
use crate::openid::discover::DiscoverArguments;
use crate::openid::logout_url::LogoutUrlArguments;
use crate::openid::register::RegisterArguments;
use crate::openid::user_info::UserInfoArguments;
use crate::perform::authorization_code::AuthorizationCodeArguments;
use crate::quickstart::QuickstartArguments;
use crate::resource::metadata::MetadataArguments;
use crate::revoke::{ClientSelection, SignOutArguments};
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
    /// Show an account of a running server
    Get {
        #[command(subcommand)]
        what: AccountCommand,
    },
    /// Change an account of a running server
    Update {
        #[command(subcommand)]
        what: UpdateCommand,
    },
    /// Keep somebody from logging in, and sign them out everywhere
    Disable {
        #[command(subcommand)]
        what: EnablingCommand,
    },
    /// Let somebody log in again
    Enable {
        #[command(subcommand)]
        what: EnablingCommand,
    },
    /// Delete an account, a client, or what was issued to a client
    Delete {
        #[command(subcommand)]
        what: DeleteCommand,
    },
    /// End all sessions and tokens of a user at once
    #[command(after_help = SIGN_OUT_EXAMPLES)]
    SignOut(SignOutArguments),
    /// Manage the signing keys of a running server
    Keys {
        #[command(subcommand)]
        what: KeysCommand,
    },
    /// Act as an OAuth client and show the tokens
    Perform {
        #[command(subcommand)]
        what: PerformCommand,
    },
    /// Find out why MCP clients do not get along with a server
    Mcp {
        #[command(subcommand)]
        what: McpCommand,
    },
    /// What the servers of protected resources need
    Resource {
        #[command(subcommand)]
        what: ResourceCommand,
    },
    /// Register an application at a provider, without its admin port
    #[command(after_help = REGISTER_EXAMPLES)]
    Register(Box<RegisterArguments>),
    /// Show what a provider can do and where
    #[command(after_help = DISCOVER_EXAMPLES)]
    Discover(DiscoverArguments),
    /// Show the claims about a user that an access token opens
    #[command(name = "userinfo", after_help = USER_INFO_EXAMPLES)]
    UserInfo(UserInfoArguments),
    /// Obtain a credential that binds a user to a key pair
    #[command(after_help = CREDENTIAL_EXAMPLES)]
    Credential(CredentialArguments),
    /// Show where to send a browser to be logged out
    #[command(after_help = LOGOUT_URL_EXAMPLES)]
    LogoutUrl(LogoutUrlArguments),
    /// Show what a security profile enforces
    #[command(after_help = EXPLAIN_PROFILE_EXAMPLES)]
    ExplainProfile(ExplainProfileArguments),
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
    Account(Box<AccountArguments>),
}

#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Show an account
    #[command(after_help = GET_ACCOUNT_EXAMPLES)]
    Account(GetArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum UpdateCommand {
    /// Change username, claims or password; another password signs the user out everywhere
    #[command(after_help = UPDATE_ACCOUNT_EXAMPLES)]
    Account(Box<UpdateArguments>),
}

#[derive(Debug, Subcommand)]
pub(crate) enum EnablingCommand {
    /// The account of a user
    #[command(after_help = ENABLING_EXAMPLES)]
    Account(StateArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum DeleteCommand {
    /// Delete an account with its sessions, tokens and consents
    #[command(after_help = DELETE_ACCOUNT_EXAMPLES)]
    Account(DeleteArguments),
    /// Delete an OAuth client with everything that was issued to it
    #[command(name = "oauth2-client", visible_alias = "client", after_help = DELETE_CLIENT_EXAMPLES)]
    Client(ClientSelection),
    /// Revoke all tokens of an OAuth client, refresh tokens and codes included; consents stay
    #[command(visible_alias = "client-tokens", after_help = DELETE_TOKENS_EXAMPLES)]
    AccessTokens(ClientSelection),
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Give the server new signing keys
    #[command(after_help = ROTATE_EXAMPLES)]
    Rotate(RotateArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum PerformCommand {
    /// Log in with the authorization code flow and PKCE
    #[command(after_help = AUTHORIZATION_CODE_EXAMPLES)]
    AuthorizationCode(Box<AuthorizationCodeArguments>),
}

#[derive(Debug, Subcommand)]
pub(crate) enum McpCommand {
    /// Act as an MCP client against a protected MCP server: what fails, whose fault it is, what to change
    #[command(after_help = MCP_CHECK_EXAMPLES)]
    Check(Box<CheckArguments>),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ResourceCommand {
    /// Show the metadata and the challenge that the server of a configured resource has to answer with
    #[command(after_help = RESOURCE_METADATA_EXAMPLES)]
    Metadata(MetadataArguments),
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

const ACCOUNT_EXAMPLES: &str = "Examples:
  symbolon create account --endpoint http://127.0.0.1:4445 --username alice \\
    --email alice@example.com --name 'Alice Liddell' --password-stdin < password.txt

  With more about the person, for clients that ask for the scopes profile, phone and address
    symbolon create account --endpoint http://127.0.0.1:4445 --username alice \\
      --given-name Alice --family-name Liddell --birthdate 1852-05-04 --locale en-GB \\
      --phone-number '+44 1865 276150' --address-locality Oxford --address-country UK \\
      --password-file password.txt";

const GET_ACCOUNT_EXAMPLES: &str = "Examples:
  symbolon get account --endpoint http://127.0.0.1:4445 --username alice --format json";

const UPDATE_ACCOUNT_EXAMPLES: &str = "Examples:
  Somebody made sure of the e-mail address; an empty value removes what was known
    symbolon update account --endpoint http://127.0.0.1:4445 --username alice \\
      --email alice@example.com --email-verified true --nickname ''

  Another password
    symbolon update account --endpoint http://127.0.0.1:4445 --username alice \\
      --password-stdin < password.txt

  Another username, for the account of an id
    symbolon update account --endpoint http://127.0.0.1:4445 \\
      3f0c6a52-8e0b-4f3a-9d55-0f6f4f1f2c11 --new-username alice.liddell";

const ENABLING_EXAMPLES: &str = "Examples:
  symbolon disable account --endpoint http://127.0.0.1:4445 --username alice
  symbolon enable account --endpoint http://127.0.0.1:4445 --username alice";

const DELETE_ACCOUNT_EXAMPLES: &str = "Examples:
  symbolon delete account --endpoint http://127.0.0.1:4445 --username alice";

const DELETE_CLIENT_EXAMPLES: &str = "Examples:
  symbolon delete client --endpoint http://127.0.0.1:4445 shop";

const DELETE_TOKENS_EXAMPLES: &str = "Examples:
  symbolon delete access-tokens --endpoint http://127.0.0.1:4445 shop";

const SIGN_OUT_EXAMPLES: &str = "Examples:
  By the subject, which is the id of an account of the built-in login page
    symbolon sign-out --endpoint http://127.0.0.1:4445 3f0c6a52-8e0b-4f3a-9d55-0f6f4f1f2c11

  A user of another login page
    symbolon sign-out --endpoint http://127.0.0.1:4445 'auth0|5f7c8ec7c33c6c004bbafe82'";

const ROTATE_EXAMPLES: &str = "Examples:
  A new key for each algorithm; it is published now and signs a day later
    symbolon keys rotate --endpoint http://127.0.0.1:4445

  A key may have been stolen: the new one signs at once
    symbolon keys rotate --endpoint http://127.0.0.1:4445 --alg ES256 --now";

const AUTHORIZATION_CODE_EXAMPLES: &str = "Examples:
  A public client whose redirect URI is http://127.0.0.1:4446/callback
    symbolon perform authorization-code --endpoint http://127.0.0.1:4444 --client-id my-app

  A confidential client, with the tokens as JSON and without opening a browser
    symbolon perform authorization-code --endpoint http://127.0.0.1:4444 \\
      --client-id shop --client-secret-file secret.txt --scope openid,email --no-open --format json";

const MCP_CHECK_EXAMPLES: &str = "Examples:
  As far as it goes without a person; the client that it registers is deleted again
    symbolon mcp check https://mcp.example.com/mcp

  With a login in the browser, the tokens, a call and a refresh
    symbolon mcp check https://mcp.example.com/mcp --login

  With a client that is registered already, as JSON
    symbolon mcp check https://mcp.example.com/mcp --client-id my-app --port 4446 --format json";

const RESOURCE_METADATA_EXAMPLES: &str = "Examples:
  symbolon resource metadata https://mcp.example.com/mcp -c /etc/symbolon.yaml
  symbolon resource metadata https://mcp.example.com/mcp -c /etc/symbolon.yaml --format json";

const REGISTER_EXAMPLES: &str = "Examples:
  A web application; secret and token are shown once
    symbolon register --endpoint http://127.0.0.1:4444 --name Shop \\
      --redirect-uri https://shop.example.com/callback --format json

  Everything from a file, where the provider asks for a token first
    symbolon register --endpoint https://login.example.com \\
      --initial-access-token-file token.txt --file metadata.json";

const EXPLAIN_PROFILE_EXAMPLES: &str = "Examples:
  symbolon explain-profile oauth21
  symbolon explain-profile fapi2 --format json-pretty";

const DISCOVER_EXAMPLES: &str = "Examples:
  symbolon discover --endpoint http://127.0.0.1:4444
  symbolon discover --endpoint https://accounts.google.com --format json-pretty";

const USER_INFO_EXAMPLES: &str = "Examples:
  SYMBOLON_ACCESS_TOKEN=\"$TOKEN\" symbolon userinfo --endpoint http://127.0.0.1:4444 --format json";

const CREDENTIAL_EXAMPLES: &str = "Examples:
  With a key that is made at the first time; the token has the scopes
  openid and userinfo_credential_draft_00
    SYMBOLON_ACCESS_TOKEN=\"$TOKEN\" symbolon credential --endpoint http://127.0.0.1:4444 \\
      --key holder.json --format json";

const LOGOUT_URL_EXAMPLES: &str = "Examples:
  symbolon logout-url --endpoint http://127.0.0.1:4444 --client-id shop \\
    --id-token-hint-file id-token.txt --post-logout-redirect-uri https://shop.example.com/bye --quiet";
