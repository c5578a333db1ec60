//! What any application may ask of a provider's public port: its metadata, a registration, claims about a user, a
//! credential, the address for logging out.
//!
//! Works with every OpenID provider, as far as it has the operation. The requests are made by `symbolon-client`; each
//! command here only turns flags into a call and the result into something to read.

pub(crate) mod credential;
pub(crate) mod discover;
pub(crate) mod logout_url;
pub(crate) mod register;
pub(crate) mod user_info;

use clap::Args;
use symbolon_client::{AccessToken, Client, ClientBuilder, Error};

use crate::connection::{Connection, Transport};
use crate::failure::Failure;
use crate::secret::{self, SecretFlags};

/// Where the provider is.
#[derive(Debug, Args)]
pub(crate) struct PublicEndpoint {
    #[arg(short, long, value_name = "URL", env = "ORY_SDK_URL", hide_env_values = true)]
    #[arg(help = "The URL of the provider: the issuer, such as http://127.0.0.1:4444")]
    endpoint: Option<String>,
}

impl PublicEndpoint {
    /// The URL that a flag, the environment or a profile names, if any does. An empty value is none.
    pub(crate) fn find(&self, connection: &Connection) -> Result<Option<String>, Failure> {
        let named = self.endpoint.as_deref().filter(|url| !url.is_empty());
        let profile = connection.profile.beside(named)?;
        Ok(named.map(str::to_owned).or(profile.public_url))
    }

    /// The URL, which has to be there.
    pub(crate) fn required(&self, connection: &Connection) -> Result<String, Failure> {
        let missing = || Failure::message("the provider is not named: set --endpoint to its URL, or name a profile");
        self.find(connection)?.ok_or_else(missing)
    }
}

/// Whose token it is.
#[derive(Debug, Args)]
pub(crate) struct UserToken {
    #[command(flatten)]
    access_token: SecretFlags<secret::AccessToken>,
}

impl UserToken {
    fn read(&self) -> Result<AccessToken, Failure> {
        let token = self.access_token.read_required("access token")?;
        Ok(AccessToken::from(token.expose().as_str()))
    }
}

/// A client of the provider whose metadata is known. People leave out or add the slash at the end of an issuer; the
/// provider's spelling wins.
async fn client(
    connection: &Connection,
    endpoint: &PublicEndpoint,
    client_id: Option<&str>,
) -> Result<Client, Failure> {
    let issuer = endpoint.required(connection)?;
    let issuer = issuer.as_str();
    let transport = connection.transport()?;
    let client = builder(&transport, issuer, client_id).build()?;
    match client.metadata().await {
        Ok(_) => Ok(client),
        Err(Error::IssuerMismatch { found, .. }) if found.trim_end_matches('/') == issuer.trim_end_matches('/') => {
            Ok(builder(&transport, &found, client_id).build()?)
        }
        Err(Error::IssuerMismatch { expected, found }) => {
            Err(Failure::message(format!("the server at {expected} calls itself {found}: use --endpoint {found}")))
        }
        Err(error) => Err(error.into()),
    }
}

fn builder(transport: &Transport, issuer: &str, client_id: Option<&str>) -> ClientBuilder {
    let builder = match client_id {
        Some(client_id) => Client::builder(issuer, client_id),
        None => Client::unregistered(issuer),
    };
    transport.apply(builder)
}

/// A result as JSON, for `Shown::object`.
fn object(value: &impl serde::Serialize) -> Result<serde_json::Value, Failure> {
    serde_json::to_value(value)
        .map_err(|error| Failure::message(format!("the result cannot be written as JSON: {error}")))
}
