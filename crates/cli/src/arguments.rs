//! The command tree. Each command's flags stand beside the command, and the verbs that are about several kinds of things
//! have a file each in `verbs`; this file only puts them together and keeps the examples that the help of the others shows.

use clap::{Parser, Subcommand};

use crate::account::state::StateArguments;
use crate::audit::AuditCommand;
use crate::config::ConfigCommand;
use crate::database::backup::BackupArguments;
use crate::database::janitor::JanitorArguments;
use crate::database::migrate::MigrateCommand;
use crate::database::restore::RestoreArguments;
use crate::declared::apply::ApplyArguments;
use crate::declared::export::ExportArguments;
use crate::doctor::DoctorArguments;
use crate::explain::ExplainArguments;
use crate::explain_profile::ExplainProfileArguments;
use crate::generated::completions::CompletionsArguments;
use crate::generated::manual::ManArguments;
use crate::health::HealthArguments;
use crate::keys::list::ListArguments as ListKeysArguments;
use crate::keys::rotate::RotateArguments;
use crate::mcp::check::CheckArguments;
use crate::openid::credential::CredentialArguments;
use crate::openid::discover::DiscoverArguments;
use crate::openid::logout_url::LogoutUrlArguments;
use crate::openid::register::RegisterArguments;
use crate::openid::user_info::UserInfoArguments;
use crate::quickstart::QuickstartArguments;
use crate::resource::metadata::MetadataArguments;
use crate::revoke::SignOutArguments;
use crate::serve::ServeArguments;
use crate::verbs::create::CreateCommand;
use crate::verbs::delete::DeleteCommand;
use crate::verbs::get::GetCommand;
use crate::verbs::import::ImportCommand;
use crate::verbs::introspect::IntrospectCommand;
use crate::verbs::list::ListCommand;
use crate::verbs::perform::PerformCommand;
use crate::verbs::revoke::RevokeCommand;
use crate::verbs::update::UpdateCommand;

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
    /// Look at a configuration without serving it
    Config {
        #[command(subcommand)]
        what: ConfigCommand,
    },
    /// Find out what is wrong with a server, and what to change
    Doctor(DoctorArguments),
    /// Look at the audit log of a server
    Audit {
        #[command(subcommand)]
        what: AuditCommand,
    },
    /// Try it out: a server, an account and an application to log in to, with nothing to set up
    Quickstart(QuickstartArguments),
    /// Create a client, a key or an account on a running server
    Create {
        #[command(subcommand)]
        what: CreateCommand,
    },
    /// Show clients, keys or an account of a running server
    Get {
        #[command(subcommand)]
        what: GetCommand,
    },
    /// Show lists of what a running server has
    #[command(visible_alias = "ls")]
    List {
        #[command(subcommand)]
        what: ListCommand,
    },
    /// Change a client or an account of a running server
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
    /// Delete clients, keys, an account, or what was issued or allowed
    Delete {
        #[command(subcommand)]
        what: DeleteCommand,
    },
    /// Make a running server have the clients that files declare
    Apply(Box<ApplyArguments>),
    /// Write the clients of a running server as files that apply reads
    Export(ExportArguments),
    /// Bring over clients and keys from files, or a whole database of Ory Hydra
    Import {
        #[command(subcommand)]
        what: ImportCommand,
    },
    /// Show what a token is good for
    Introspect {
        #[command(subcommand)]
        what: IntrospectCommand,
    },
    /// Give a token back
    Revoke {
        #[command(subcommand)]
        what: RevokeCommand,
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
    /// Ask a running server whether it is ready, for health checks
    #[command(after_help = HEALTH_EXAMPLES)]
    Health(HealthArguments),
    /// Tell what happened to a request, and why it was refused
    Explain(ExplainArguments),
    /// Show what a security profile enforces
    #[command(after_help = EXPLAIN_PROFILE_EXAMPLES)]
    ExplainProfile(ExplainProfileArguments),
    /// Bring the tables of a database up to date before a server does it, or see how far they are
    Migrate {
        #[command(subcommand)]
        what: MigrateCommand,
    },
    /// Copy a SQLite database while the server goes on
    Backup(BackupArguments),
    /// Put a copy of a SQLite database in its place
    Restore(RestoreArguments),
    /// Explain why nobody needs to clean up
    #[command(after_help = JANITOR_EXAMPLES)]
    Janitor(JanitorArguments),
    /// Print what a shell needs to complete commands and flags
    #[command(visible_alias = "completion")]
    Completions(CompletionsArguments),
    /// Print the manual page, or write one for each command
    Man(ManArguments),
    /// Show the version of this program
    Version,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EnablingCommand {
    /// The account of a user
    #[command(after_help = ENABLING_EXAMPLES)]
    Account(StateArguments),
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Show the signing keys: which sign, how old they are, when the next ones are due
    #[command(after_help = LIST_KEYS_EXAMPLES)]
    List(ListKeysArguments),
    /// Give the server new signing keys
    #[command(after_help = ROTATE_EXAMPLES)]
    Rotate(RotateArguments),
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

const ENABLING_EXAMPLES: &str = "Examples:
  symbolon disable account --endpoint http://127.0.0.1:4445 --username alice
  symbolon enable account --endpoint http://127.0.0.1:4445 --username alice";

const SIGN_OUT_EXAMPLES: &str = "Examples:
  By the subject, which is the id of an account of the built-in login page
    symbolon sign-out --endpoint http://127.0.0.1:4445 3f0c6a52-8e0b-4f3a-9d55-0f6f4f1f2c11

  A user of another login page
    symbolon sign-out --endpoint http://127.0.0.1:4445 'auth0|5f7c8ec7c33c6c004bbafe82'";

const LIST_KEYS_EXAMPLES: &str = "Examples:
  symbolon keys list --endpoint http://127.0.0.1:4445

  When the first key is due, for a script
    symbolon keys list --endpoint http://127.0.0.1:4445 --format jsonpath=keys.*.next_rotation_at";

const ROTATE_EXAMPLES: &str = "Examples:
  A new key for each algorithm; it is published now and signs a day later
    symbolon keys rotate --endpoint http://127.0.0.1:4445

  A key may have been stolen: the new one signs at once
    symbolon keys rotate --endpoint http://127.0.0.1:4445 --alg ES256 --now";

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

const HEALTH_EXAMPLES: &str = "Examples:
  Exit code 0 while the server and its database answer, else 1
    symbolon health --endpoint http://127.0.0.1:4445

  Where the admin port has a certificate, which is for another name
    symbolon health --endpoint https://127.0.0.1:4445 --skip-tls-verify";

const JANITOR_EXAMPLES: &str = "Examples:
  symbolon janitor -e --tokens --requests --grants";

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
