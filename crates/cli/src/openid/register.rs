//! `symbolon register`: an application registers itself (OpenID Connect Dynamic Client Registration 1.0), without the
//! admin port.

use std::path::{Path, PathBuf};

use clap::Args;
use symbolon_client::{ClientMetadata, Registered, RegistrationCredentials, Scope};

use super::{PublicEndpoint, client, object};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::output::CommandResult;
use crate::secret::{InitialAccessToken, SecretFlags};

/// Flags of `register`. Lists are separated by commas or given by repetition.
#[derive(Debug, Args)]
pub(crate) struct RegisterArguments {
    /// Read the whole metadata as JSON from this file, or from standard input with '-'; other flags are ignored then
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The name that users see
    #[arg(long)]
    name: Option<String>,
    /// Where browsers may be sent back to
    #[arg(long, value_name = "URI", value_delimiter = ',')]
    redirect_uri: Vec<String>,
    /// Where browsers may be sent back to after logout
    #[arg(long, value_name = "URI", value_delimiter = ',')]
    post_logout_callback: Vec<String>,
    /// How the application may obtain tokens
    #[arg(long, value_delimiter = ',', default_value = "authorization_code")]
    grant_type: Vec<String>,
    /// What the authorization endpoint may answer with
    #[arg(long, value_delimiter = ',', default_value = "code")]
    response_type: Vec<String>,
    /// What the application may ask for; the server's choice otherwise
    #[arg(long, value_delimiter = ',')]
    scope: Vec<String>,
    /// How the application authenticates
    #[arg(long, value_name = "METHOD", default_value = "client_secret_basic")]
    #[arg(value_parser = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"])]
    token_endpoint_auth_method: String,
    /// Where the application publishes its keys, if it authenticates with one
    #[arg(long, value_name = "URI")]
    jwks_uri: Option<String>,
    #[command(flatten)]
    initial_access_token: SecretFlags<InitialAccessToken>,
    #[command(flatten)]
    endpoint: PublicEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: RegisterArguments) -> Result<(), Failure> {
    let metadata = match &arguments.file {
        Some(file) => crate::oauth2_client::json_from_file(Path::new(file))?,
        None => from_flags(&arguments)?,
    };
    let token = arguments.initial_access_token.read()?;
    let client = client(&arguments.connection, &arguments.endpoint, None).await?;
    let registered = match &token {
        Some(token) => client.register_with_token(&metadata, token).await?,
        None => client.register(&metadata).await?,
    };
    arguments.connection.print(&shown(&registered)?)
}

fn from_flags(arguments: &RegisterArguments) -> Result<ClientMetadata, Failure> {
    let scope = Scope::parse(&arguments.scope.join(" "))
        .map_err(|error| Failure::message(format!("--scope is malformed: {error}")))?;
    let mut metadata = ClientMetadata::default();
    metadata.client_name.clone_from(&arguments.name);
    metadata.redirect_uris.clone_from(&arguments.redirect_uri);
    metadata.post_logout_redirect_uris.clone_from(&arguments.post_logout_callback);
    metadata.grant_types.clone_from(&arguments.grant_type);
    metadata.response_types.clone_from(&arguments.response_type);
    metadata.scope = (!scope.is_empty()).then(|| scope.to_string());
    metadata.token_endpoint_auth_method = Some(arguments.token_endpoint_auth_method.clone());
    metadata.jwks_uri.clone_from(&arguments.jwks_uri);
    Ok(metadata)
}

/// With the secrets put back in: this is the only time that they can be seen.
fn shown(registered: &Registered) -> Result<CommandResult, Failure> {
    let mut metadata = registered.metadata.clone();
    let (mut uri, mut token) = (String::new(), String::new());
    if let Some(registration) = &registered.registration {
        registration.uri().as_str().clone_into(&mut uri);
        if let RegistrationCredentials::Token(current) = registration.credentials() {
            token.clone_from(current.expose());
        }
    }
    let secret = registered.secret.as_ref().map(|secret| secret.expose().clone()).unwrap_or_default();
    for (name, value) in [("client_secret", &secret), ("registration_access_token", &token)] {
        if !value.is_empty() {
            metadata.extra.insert(name.to_owned(), value.clone().into());
        }
    }
    Ok(CommandResult {
        rows: vec![
            ("CLIENT ID", registered.client_id.clone()),
            ("CLIENT SECRET", secret),
            ("REGISTRATION URI", uri),
            ("REGISTRATION TOKEN", token),
            ("GRANT TYPES", metadata.grant_types.join(", ")),
            ("SCOPE", metadata.scope.clone().unwrap_or_default()),
            ("REDIRECT URIS", metadata.redirect_uris.join(", ")),
        ],
        object: object(&metadata)?,
        id: registered.client_id.clone(),
    })
}
