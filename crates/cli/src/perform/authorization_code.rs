//! `symbolon perform authorization-code`: the authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636) against any
//! provider, with a page on this machine as the redirect URI.

use std::sync::Arc;

use clap::Args;
use serde_json::json;
use symbolon_client::{AuthorizationRequest, Client, ClientBuilder, Error, ProviderMetadata, Secret, TokenSet, Url};
use symbolon_types::timestamp;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use super::browser;
use super::callback::{Arrival, CallbackPages, StartPage};
use crate::connection::{Connection, Transport};
use crate::failure::Failure;
use crate::local_http;
use crate::output::CommandResult;
use crate::secret::{ClientSecret, SecretFlags};

/// Flags of `perform authorization-code`, named as in Ory Hydra.
#[derive(Debug, Args)]
pub(crate) struct AuthorizationCodeArguments {
    #[arg(short, long, value_name = "URL", env = "ORY_SDK_URL", hide_env_values = true)]
    #[arg(help = "The URL of the provider: the issuer, such as http://127.0.0.1:4444")]
    endpoint: Option<String>,
    /// The registered client
    #[arg(long, env = "OAUTH2_CLIENT_ID", hide_env_values = true)]
    client_id: String,
    #[command(flatten)]
    client_secret: SecretFlags<ClientSecret>,
    /// The port of the page on this machine
    #[arg(short, long, default_value_t = 4446)]
    port: u16,
    #[arg(long, value_name = "URI")]
    #[arg(help = "The redirect URI that is registered for the client [default: http://127.0.0.1:PORT/callback]")]
    redirect: Option<String>,
    /// What to ask for
    #[arg(long, value_delimiter = ',', default_value = "offline,openid")]
    scope: Vec<String>,
    /// Which APIs the access token is for
    #[arg(long, value_delimiter = ',')]
    audience: Vec<String>,
    /// What the provider must do: login, consent, none, …
    #[arg(long, value_delimiter = ',')]
    prompt: Vec<String>,
    /// The longest time since the user's last login in seconds; -1 does not ask
    #[arg(long, default_value_t = -1, allow_negative_numbers = true, value_name = "SECONDS")]
    max_age: i64,
    /// The state parameter instead of a random one
    #[arg(long)]
    state: Option<String>,
    /// How the code comes back
    #[arg(long, value_parser = ["query", "form_post"])]
    response_mode: Option<String>,
    /// The authorization endpoint instead of the one in the discovery document
    #[arg(long, value_name = "URL")]
    auth_url: Option<String>,
    /// The token endpoint instead of the one in the discovery document
    #[arg(long, value_name = "URL")]
    token_url: Option<String>,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
    /// Start without the page that asks first
    #[arg(long)]
    skip: bool,
    /// Go on receiving browsers after the first
    #[arg(long)]
    no_shutdown: bool,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: AuthorizationCodeArguments) -> Result<(), Failure> {
    let redirect =
        arguments.redirect.clone().unwrap_or_else(|| format!("http://127.0.0.1:{}/callback", arguments.port));
    let callback_path = Url::parse(&redirect).map(|url| url.path().to_owned());
    let callback_path = callback_path.map_err(|error| Failure::message(format!("--redirect is no URL: {error}")))?;
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(|error| {
        Failure::message(format!("port {} cannot be opened ({error}); choose another with --port", arguments.port))
    })?;
    let client = Access::read(&arguments, &redirect)?.client(&arguments).await?;
    let (url, pending) = client.authorization_url(&request(&arguments)).await?;

    let (sender, mut arrivals) = mpsc::channel(8);
    let pages = CallbackPages {
        authorization_url: url.to_string(),
        callback_path,
        client_id: arguments.client_id.clone(),
        start: if arguments.skip { StartPage::Skipped } else { StartPage::Shown },
        arrivals: sender,
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(local_http::serve(listener, Arc::new(pages), async move {
        let _ = stopped.await;
    }));

    announce(&arguments);
    let mut outcome = Ok(());
    while let Some(Arrival { callback, outcome: told, .. }) = arrivals.recv().await {
        let result = client.redeem(&pending, &callback).await;
        // The browser may be gone already; the terminal is told all the same.
        let _ = told.send(result.as_ref().map(|_| ()).map_err(ToString::to_string));
        // A stray request must not end the command: somebody else's callback has another state or issuer, or none.
        if matches!(result, Err(Error::StateMismatch | Error::IssuerMismatch { .. })) {
            continue;
        }
        outcome = match result {
            Ok(tokens) => shown(&tokens).print(arguments.connection.format, arguments.connection.verbosity()),
            Err(error) => Err(error.into()),
        };
        if !arguments.no_shutdown {
            break;
        }
        if let Err(failure) = &outcome {
            failure.report();
        }
    }
    let _ = stop.send(());
    let _ = server.await;
    outcome
}

/// What a client of the provider is made of, read from the flags once.
struct Access<'a> {
    client_id: &'a str,
    secret: Option<Secret<String>>,
    redirect: &'a str,
    transport: Transport,
}

impl<'a> Access<'a> {
    fn read(arguments: &'a AuthorizationCodeArguments, redirect: &'a str) -> Result<Self, Failure> {
        let secret = arguments.client_secret.read()?;
        let transport = arguments.connection.transport()?;
        Ok(Self { client_id: &arguments.client_id, secret, redirect, transport })
    }

    /// The client, its endpoints from flags where both are given, else from the discovery document.
    async fn client(&self, arguments: &AuthorizationCodeArguments) -> Result<Client, Failure> {
        let endpoint = arguments.endpoint.as_deref();
        if let (Some(authorization), Some(token)) = (&arguments.auth_url, &arguments.token_url) {
            let mut metadata = match endpoint {
                Some(issuer) => (*self.discovered(issuer).await?.metadata().await?).clone(),
                None if arguments.scope.iter().any(|scope| scope == "openid") => {
                    return Err(Failure::message(
                        "the ID token cannot be checked without the provider's keys: add --endpoint, or leave 'openid' \
                         out of --scope",
                    ));
                }
                None => ProviderMetadata::new(origin(token)),
            };
            metadata.authorization_endpoint = Some(authorization.clone());
            metadata.token_endpoint = Some(token.clone());
            let issuer = metadata.issuer.clone();
            return Ok(self.builder(&issuer).metadata(metadata).build()?);
        }
        let issuer =
            endpoint.ok_or_else(|| Failure::message("the provider is not named: set --endpoint to its URL"))?;
        self.discovered(issuer).await
    }

    /// The client of the provider at `endpoint`. People leave out or add the slash at the end; the provider's spelling
    /// wins.
    async fn discovered(&self, endpoint: &str) -> Result<Client, Failure> {
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
        let builder = Client::builder(issuer, self.client_id).redirect_uri(self.redirect);
        let secret = self.secret.iter();
        self.transport.apply(secret.fold(builder, |builder, secret| builder.client_secret(secret.expose())))
    }
}

fn request(arguments: &AuthorizationCodeArguments) -> AuthorizationRequest {
    let mut request = AuthorizationRequest::new(arguments.scope.join(" "));
    if arguments.max_age >= 0 {
        request = request.max_age_seconds(arguments.max_age);
    }
    if !arguments.audience.is_empty() {
        request = request.audience(arguments.audience.join(" "));
    }
    if !arguments.prompt.is_empty() {
        request = request.prompt(arguments.prompt.join(" "));
    }
    if let Some(state) = &arguments.state {
        request = request.state(state);
    }
    if let Some(mode) = &arguments.response_mode {
        request = request.parameter("response_mode", mode);
    }
    request
}

/// Tells where to go. On standard error, so that standard output has the tokens alone.
#[expect(clippy::print_stderr, reason = "this is what the person at the terminal waits for")]
fn announce(arguments: &AuthorizationCodeArguments) {
    let url = format!("http://127.0.0.1:{}/", arguments.port);
    eprintln!("Open this page in a browser to log in: {url}");
    if !arguments.no_open {
        browser::open(&url);
    }
}

fn shown(tokens: &TokenSet) -> CommandResult {
    let refresh_token = tokens.refresh_token.as_ref().map(|token| token.as_str().to_owned());
    let id_token = tokens.id_token.as_ref().map(|token| token.raw.expose().clone());
    let expiry = tokens.expires_at.map(timestamp::format_seconds);
    let access_token = tokens.access_token.as_str().to_owned();
    CommandResult {
        rows: vec![
            ("ACCESS TOKEN", access_token.clone()),
            ("REFRESH TOKEN", refresh_token.clone().unwrap_or_default()),
            ("ID TOKEN", id_token.clone().unwrap_or_default()),
            ("EXPIRY", expiry.clone().unwrap_or_default()),
        ],
        object: json!({
            "access_token": access_token,
            "token_type": "bearer",
            "refresh_token": refresh_token,
            "id_token": id_token,
            "expiry": expiry,
            "scope": tokens.scope,
        }),
        id: access_token,
    }
}

fn origin(url: &str) -> String {
    Url::parse(url).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}
