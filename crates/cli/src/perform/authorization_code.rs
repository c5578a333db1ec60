//! `symbolon perform authorization-code`: the authorization code flow with PKCE (RFC 6749 §4.1, RFC 7636) against any
//! provider, with a page on this machine as the redirect URI.

use std::sync::Arc;

use clap::Args;
use symbolon_client::{AuthorizationRequest, Client, Error, Url};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use super::access::{Access, ClientFlags, NamedEndpoints};
use super::browser;
use super::callback::{Arrival, CallbackPages, StartPage};
use super::shown::shown;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::local_http;
use crate::openid::PublicEndpoint;

/// Flags of `perform authorization-code`, named as in Ory Hydra.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct AuthorizationCodeArguments {
    #[command(flatten)]
    endpoint: PublicEndpoint,
    #[command(flatten)]
    client: ClientFlags,
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
    /// The authorization endpoint instead of the one in the discovery document; with --token-url
    #[arg(long, value_name = "URL", requires = "token_url")]
    auth_url: Option<String>,
    /// The token endpoint instead of the one in the discovery document; with --auth-url
    #[arg(long, value_name = "URL", requires = "auth_url")]
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
    /// Ory Hydra makes a certificate for its page that no browser trusts.
    #[arg(long, hide = true)]
    https: bool,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: AuthorizationCodeArguments) -> Result<(), Failure> {
    if arguments.https {
        return Err(Failure::message("--https is not supported: the page is on this machine, where http is safe"));
    }
    let redirect =
        arguments.redirect.clone().unwrap_or_else(|| format!("http://127.0.0.1:{}/callback", arguments.port));
    let callback_path = Url::parse(&redirect).map(|url| url.path().to_owned());
    let callback_path = callback_path.map_err(|error| Failure::message(format!("--redirect is no URL: {error}")))?;
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(|error| {
        Failure::message(format!("port {} cannot be opened ({error}); choose another with --port", arguments.port))
    })?;
    let client = client(&arguments, &redirect).await?;
    let (url, pending) = client.authorization_url(&request(&arguments)).await?;

    let (sender, mut arrivals) = mpsc::channel(8);
    let pages = CallbackPages {
        authorization_url: url.to_string(),
        callback_path,
        client_id: arguments.client.client_id.clone(),
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
            Ok(tokens) => arguments.connection.print(&shown(&tokens)),
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

/// The client, its endpoints from flags where both are given, else from the discovery document.
async fn client(arguments: &AuthorizationCodeArguments, redirect: &str) -> Result<Client, Failure> {
    let access = Access::read(&arguments.client, arguments.connection.transport()?)?.redirected_to(redirect);
    match (&arguments.auth_url, &arguments.token_url) {
        (Some(authorization), Some(token)) => {
            let endpoints = NamedEndpoints {
                authorization: Some(authorization.clone()),
                token: token.clone(),
                ..NamedEndpoints::default()
            };
            let issuer = arguments.endpoint.find(&arguments.connection)?;
            access.at(endpoints, issuer.as_deref(), &arguments.scope).await
        }
        _ => access.discovered(&arguments.endpoint.required(&arguments.connection)?).await,
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
