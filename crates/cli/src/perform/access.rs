//! Who a command acts as, and how it finds the provider.

use clap::Args;
use symbolon_client::{Client, ClientBuilder, Error, ProviderMetadata, Secret, Url};

use crate::connection::Transport;
use crate::failure::Failure;
use crate::secret::{ClientSecret, SecretFlags};

/// The client that a command acts as.
#[derive(Debug, Args)]
pub(crate) struct ClientFlags {
    /// The registered client
    #[arg(long, env = "OAUTH2_CLIENT_ID", hide_env_values = true)]
    pub(super) client_id: String,
    #[command(flatten)]
    client_secret: SecretFlags<ClientSecret>,
}

/// What a client of the provider is made of, read from the flags once.
pub(crate) struct Access<'a> {
    client_id: &'a str,
    secret: Option<Secret<String>>,
    redirect: Option<&'a str>,
    transport: Transport,
}

/// Endpoints that were named instead of looked for in the discovery document.
#[derive(Debug, Default)]
pub(super) struct NamedEndpoints {
    pub(super) authorization: Option<String>,
    pub(super) device_authorization: Option<String>,
    /// It is what the others need beside them.
    pub(super) token: String,
}

impl<'a> Access<'a> {
    /// Reads the secret, where there is one.
    pub(crate) fn read(flags: &'a ClientFlags, transport: Transport) -> Result<Self, Failure> {
        Ok(Self { client_id: &flags.client_id, secret: flags.client_secret.read()?, redirect: None, transport })
    }

    /// The same with a redirect URI.
    pub(super) fn redirected_to(self, redirect: &'a str) -> Self {
        Self { redirect: Some(redirect), ..self }
    }

    /// The client of a provider whose endpoints were named. `issuer` is who signs its ID tokens, without which none can be
    /// checked.
    pub(super) async fn at(
        &self,
        endpoints: NamedEndpoints,
        issuer: Option<&str>,
        scope: &[String],
    ) -> Result<Client, Failure> {
        let mut metadata = match issuer {
            Some(issuer) => (*self.discovered(issuer).await?.metadata().await?).clone(),
            None if scope.iter().any(|scope| scope == "openid") => {
                return Err(Failure::message(
                    "the ID token cannot be checked without the provider's keys: add --endpoint, or leave 'openid' out \
                     of --scope",
                ));
            }
            None => ProviderMetadata::new(origin(&endpoints.token)),
        };
        metadata.authorization_endpoint = endpoints.authorization.or(metadata.authorization_endpoint);
        metadata.device_authorization_endpoint =
            endpoints.device_authorization.or(metadata.device_authorization_endpoint);
        metadata.token_endpoint = Some(endpoints.token);
        let issuer = metadata.issuer.clone();
        Ok(self.builder(&issuer).metadata(metadata).build()?)
    }

    /// The client of the provider at `endpoint`. People leave out or add the slash at the end; the provider's spelling
    /// wins.
    pub(crate) async fn discovered(&self, endpoint: &str) -> Result<Client, Failure> {
        let client = self.builder(endpoint).build()?;
        match client.metadata().await {
            Ok(_) => Ok(client),
            Err(Error::IssuerMismatch { found, .. })
                if found.trim_end_matches('/') == endpoint.trim_end_matches('/') =>
            {
                Ok(self.builder(&found).build()?)
            }
            Err(Error::IssuerMismatch { expected, found }) => {
                Err(Failure::message(format!("the server at {expected} calls itself {found}: use --endpoint {found}")))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn builder(&self, issuer: &str) -> ClientBuilder {
        let builder = Client::builder(issuer, self.client_id);
        let builder = self.redirect.into_iter().fold(builder, ClientBuilder::redirect_uri);
        let secret = self.secret.iter();
        self.transport.apply(secret.fold(builder, |builder, secret| builder.client_secret(secret.expose())))
    }
}

fn origin(url: &str) -> String {
    Url::parse(url).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}
