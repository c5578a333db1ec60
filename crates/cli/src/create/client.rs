//! `symbolon create oauth2-client` (alias `client`): registers a client from flags, or from a file that wins over them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;
use symbolon_types::{Client, ClientId, Scope};

use crate::connection::{AdminEndpoint, Connection};
use crate::failure::Failure;
use crate::output::CommandResult;
use crate::secret::{NewClientSecret, SecretFlags, source};

/// Flags of `create oauth2-client`, named as in Ory Hydra. Lists are separated by commas or given by repetition.
#[derive(Debug, Args)]
pub(crate) struct ClientArguments {
    /// Read the whole client as JSON from this file, or from standard input with '-'; other flags are ignored then
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The client id; the server chooses one otherwise
    #[arg(long)]
    id: Option<String>,
    /// The name that users see
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    secret: SecretFlags<NewClientSecret>,
    /// Where browsers may be sent back to
    #[arg(long, value_name = "URI", value_delimiter = ',')]
    redirect_uri: Vec<String>,
    /// How the client may obtain tokens
    #[arg(long, value_delimiter = ',', default_value = "authorization_code")]
    grant_type: Vec<String>,
    /// What the authorization endpoint may answer with
    #[arg(long, value_delimiter = ',', default_value = "code")]
    response_type: Vec<String>,
    /// What the client may ask for
    #[arg(long, value_delimiter = ',')]
    scope: Vec<String>,
    /// Which APIs the client may ask access tokens for
    #[arg(long, value_delimiter = ',')]
    audience: Vec<String>,
    /// How the client authenticates
    #[arg(long, value_name = "METHOD", default_value = "client_secret_basic")]
    #[arg(value_parser = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"])]
    token_endpoint_auth_method: String,
    /// Where the client publishes its keys, if it authenticates with one
    #[arg(long, value_name = "URI")]
    jwks_uri: Option<String>,
    /// public, or pairwise for a different subject at every client
    #[arg(long, default_value = "public")]
    subject_type: String,
    /// opaque, jwt or rfc9068; the server's setting otherwise
    #[arg(long, value_name = "STRATEGY")]
    access_token_strategy: Option<String>,
    /// Do not ask users for consent: for the operator's own applications
    #[arg(long)]
    skip_consent: bool,
    /// Do not ask users before logging out
    #[arg(long)]
    skip_logout_consent: bool,
    /// Who the client belongs to, to find it again
    #[arg(long)]
    owner: Option<String>,
    /// E-mail address of somebody responsible
    #[arg(long, value_delimiter = ',')]
    contact: Vec<String>,
    /// Anything to keep with the client, as JSON
    #[arg(long, value_name = "JSON", default_value = "{}", value_parser = json)]
    metadata: Value,
    #[command(flatten)]
    links: Links,
    #[command(flatten)]
    logout: Logout,
    #[command(flatten)]
    endpoint: AdminEndpoint,
    #[command(flatten)]
    connection: Connection,
}

/// Addresses that a client may publish.
#[derive(Debug, Args)]
struct Links {
    /// The client's home page
    #[arg(long, value_name = "URI")]
    client_uri: Option<String>,
    /// The client's logo
    #[arg(long, value_name = "URI")]
    logo_uri: Option<String>,
    /// The client's privacy policy
    #[arg(long, value_name = "URI")]
    policy_uri: Option<String>,
    /// The client's terms of service
    #[arg(long, value_name = "URI")]
    tos_uri: Option<String>,
    /// Origin of a web page that may call the server for this client
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',')]
    allowed_cors_origin: Vec<String>,
    /// Where request objects may be fetched from
    #[arg(long, value_name = "URI", value_delimiter = ',')]
    request_uri: Vec<String>,
    /// The algorithm that request objects are signed with
    #[arg(long, value_name = "ALGORITHM")]
    request_object_signing_alg: Option<String>,
    /// Which clients share their pairwise subjects
    #[arg(long, value_name = "URI")]
    sector_identifier_uri: Option<String>,
}

/// How a client takes part in logout.
#[derive(Debug, Args)]
struct Logout {
    /// Where browsers may be sent back to after logout
    #[arg(long, value_name = "URI", value_delimiter = ',')]
    post_logout_callback: Vec<String>,
    /// Where the server tells the client that a session ended
    #[arg(long, value_name = "URI")]
    backchannel_logout_callback: Option<String>,
    /// The message must name the session
    #[arg(long)]
    backchannel_logout_session_required: bool,
    /// What the browser opens at the client when a session ends
    #[arg(long, value_name = "URI")]
    frontchannel_logout_callback: Option<String>,
    /// The address must name the session
    #[arg(long)]
    frontchannel_logout_session_required: bool,
}

pub(crate) async fn run(arguments: ClientArguments) -> Result<(), Failure> {
    let admin = arguments.connection.admin(&arguments.endpoint)?;
    let (format, verbosity) = (arguments.connection.format, arguments.connection.verbosity());
    let client = match &arguments.file {
        Some(file) => from_file(file)?,
        None => from_flags(arguments)?,
    };
    let created = admin.create_client(&client).await?;
    shown(&created)?.print(format, verbosity)
}

pub(crate) fn from_file(file: &Path) -> Result<Client, Failure> {
    json_from_file(file)
}

/// A client in one of its forms, written as JSON in a file, or in standard input for `-`.
pub(crate) fn json_from_file<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    let unreadable = |error: std::io::Error| Failure::message(format!("{} cannot be read: {error}", file.display()));
    let text = if file == Path::new("-") {
        source::take_standard_input("file")?;
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map_err(unreadable)?;
        text
    } else {
        std::fs::read_to_string(file).map_err(unreadable)?
    };
    serde_json::from_str(&text).map_err(|error| {
        // The reason in words may repeat a value, and a secret may be among them.
        let (line, column) = (error.line(), error.column());
        let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
        Failure::message(format!("{name} is not a client in JSON: see line {line}, column {column}"))
    })
}

fn from_flags(arguments: ClientArguments) -> Result<Client, Failure> {
    let ClientArguments { links, logout, .. } = arguments;
    let scope = Scope::parse(&arguments.scope.join(" "))
        .map_err(|error| Failure::message(format!("--scope is malformed: {error}")))?;
    Ok(Client {
        client_id: ClientId::new(arguments.id.unwrap_or_default()),
        client_name: arguments.name.unwrap_or_default(),
        client_secret: arguments.secret.read()?.map(|secret| secret.expose().clone()),
        redirect_uris: arguments.redirect_uri,
        grant_types: arguments.grant_type,
        response_types: arguments.response_type,
        scope,
        audience: arguments.audience,
        token_endpoint_auth_method: arguments.token_endpoint_auth_method,
        jwks_uri: arguments.jwks_uri.unwrap_or_default(),
        subject_type: arguments.subject_type,
        access_token_strategy: arguments.access_token_strategy.unwrap_or_default(),
        skip_consent: arguments.skip_consent,
        skip_logout_consent: Some(arguments.skip_logout_consent),
        owner: arguments.owner.unwrap_or_default(),
        contacts: arguments.contact,
        metadata: Some(arguments.metadata),
        client_uri: links.client_uri.unwrap_or_default(),
        logo_uri: links.logo_uri.unwrap_or_default(),
        policy_uri: links.policy_uri.unwrap_or_default(),
        tos_uri: links.tos_uri.unwrap_or_default(),
        allowed_cors_origins: links.allowed_cors_origin,
        request_uris: links.request_uri,
        request_object_signing_alg: links.request_object_signing_alg.unwrap_or_default(),
        sector_identifier_uri: links.sector_identifier_uri.unwrap_or_default(),
        post_logout_redirect_uris: logout.post_logout_callback,
        backchannel_logout_uri: logout.backchannel_logout_callback.unwrap_or_default(),
        backchannel_logout_session_required: logout.backchannel_logout_session_required,
        frontchannel_logout_uri: logout.frontchannel_logout_callback.unwrap_or_default(),
        frontchannel_logout_session_required: logout.frontchannel_logout_session_required,
        ..Client::default()
    })
}

fn shown(client: &Client) -> Result<CommandResult, Failure> {
    let object = serde_json::to_value(client)
        .map_err(|error| Failure::message(format!("the client cannot be written as JSON: {error}")))?;
    Ok(CommandResult {
        rows: vec![
            ("CLIENT ID", client.client_id.to_string()),
            ("CLIENT SECRET", client.client_secret.clone().unwrap_or_default()),
            ("GRANT TYPES", client.grant_types.join(", ")),
            ("RESPONSE TYPES", client.response_types.join(", ")),
            ("SCOPE", client.scope.to_string()),
            ("AUDIENCE", client.audience.join(", ")),
            ("REDIRECT URIS", client.redirect_uris.join(", ")),
        ],
        object,
        id: client.client_id.to_string(),
    })
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("it is not valid JSON: {error}"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::arguments::{Arguments, Command, CreateCommand};

    fn parse(flags: &[&str]) -> Client {
        let arguments = Arguments::try_parse_from([&["symbolon", "create", "client"], flags].concat()).unwrap();
        let Command::Create { what: CreateCommand::Client(arguments) } = arguments.command else { panic!() };
        from_flags(*arguments).unwrap()
    }

    #[test]
    fn defaults_are_those_of_hydra() {
        let client = parse(&[]);
        assert_eq!(client.grant_types, ["authorization_code"]);
        assert_eq!(client.response_types, ["code"]);
        assert_eq!(client.token_endpoint_auth_method, "client_secret_basic");
        assert_eq!(client.metadata, Some(serde_json::json!({})));
    }

    #[test]
    fn lists_take_commas_and_repetition() {
        let client = parse(&["--scope", "openid,email", "--scope", "offline", "--redirect-uri", "https://a.example/"]);
        assert_eq!(client.scope.to_string(), "openid email offline");
        assert_eq!(client.redirect_uris, ["https://a.example/"]);
    }

    #[test]
    fn malformed_metadata_is_refused() {
        let flags = ["symbolon", "create", "client", "--metadata", "{"];
        assert!(Arguments::try_parse_from(flags).is_err());
    }
}
