//! `symbolon create oauth2-client` (alias `client`): registers a client from flags, or from a file that wins over them.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, json};
use symbolon_types::Client;

use super::flags::{ClientFlags, EncryptionFlags};
use super::json_from_file;
use super::shown::shown;
use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;

/// Flags of `create oauth2-client`.
#[derive(Debug, Args)]
pub(crate) struct ClientArguments {
    /// Read the whole client as JSON from this file, or from standard input with '-'; other flags are ignored then
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The client id; the server chooses one otherwise
    #[arg(long)]
    id: Option<String>,
    #[command(flatten)]
    flags: ClientFlags,
    #[command(flatten)]
    encryption: EncryptionFlags,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: ClientArguments) -> Result<(), Failure> {
    arguments.encryption.refuse()?;
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let client = match &arguments.file {
        Some(file) => json_from_file(file)?,
        None => from_flags(arguments.id, arguments.flags)?,
    };
    let created = admin.create_client(&client).await?;
    arguments.connection.print(&shown(&created)?)
}

/// A client as Ory Hydra's command line makes it, where nothing else is said.
fn from_flags(id: Option<String>, flags: ClientFlags) -> Result<Client, Failure> {
    let mut members: Map<_, _> = [
        ("client_id", json!(id.unwrap_or_default())),
        ("grant_types", json!(["authorization_code"])),
        ("response_types", json!(["code"])),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("subject_type", json!("public")),
        ("skip_logout_consent", json!(false)),
        ("metadata", json!({})),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect();
    members.extend(flags.members()?);
    serde_json::from_value(members.into())
        .map_err(|error| Failure::message(format!("the flags do not describe a client: {error}")))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::arguments::{Arguments, Command};
    use crate::verbs::create::CreateCommand;

    fn parse(flags: &[&str]) -> Client {
        let arguments = Arguments::try_parse_from([&["symbolon", "create", "client"], flags].concat()).unwrap();
        let Command::Create { what: CreateCommand::Client(arguments) } = arguments.command else { panic!() };
        from_flags(arguments.id, arguments.flags).unwrap()
    }

    #[test]
    fn defaults_are_those_of_hydra() {
        let client = parse(&[]);
        assert_eq!(client.grant_types, ["authorization_code"]);
        assert_eq!(client.response_types, ["code"]);
        assert_eq!(client.token_endpoint_auth_method, "client_secret_basic");
        assert_eq!(client.metadata, Some(json!({})));
        assert_eq!((client.skip_consent, client.skip_logout_consent), (false, Some(false)));
    }

    #[test]
    fn lists_take_commas_and_repetition() {
        let client = parse(&["--scope", "openid,email", "--scope", "offline", "--redirect-uri", "https://a.example/"]);
        assert_eq!(client.scope.to_string(), "openid email offline");
        assert_eq!(client.redirect_uris, ["https://a.example/"]);
        assert!(parse(&["--audience", ""]).audience.is_empty());
    }

    #[test]
    fn flags_may_have_a_truth_value() {
        assert!(parse(&["--skip-consent"]).skip_consent);
        assert!(parse(&["--skip-consent=true"]).skip_consent);
        assert!(!parse(&["--skip-consent=false"]).skip_consent);
        assert!(Arguments::try_parse_from(["symbolon", "create", "client", "--skip-consent=maybe"]).is_err());
    }

    #[test]
    fn malformed_metadata_is_refused() {
        let flags = ["symbolon", "create", "client", "--metadata", "{"];
        assert!(Arguments::try_parse_from(flags).is_err());
    }
}
