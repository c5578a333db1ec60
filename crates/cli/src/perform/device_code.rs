//! `symbolon perform device-code`: a login on another device, by a code (RFC 8628).

use clap::Args;
use symbolon_client::{Client, DeviceAuthorization, DeviceAuthorizationRequest};

use super::access::{Access, ClientFlags, NamedEndpoints};
use super::shown::shown;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::openid::PublicEndpoint;

/// Flags of `perform device-code`, named as in Ory Hydra.
#[derive(Debug, Args)]
pub(crate) struct DeviceCodeArguments {
    #[command(flatten)]
    client: ClientFlags,
    /// What to ask for
    #[arg(long, value_delimiter = ',', default_value = "offline,openid")]
    scope: Vec<String>,
    /// Which APIs the access token is for
    #[arg(long, value_delimiter = ',')]
    audience: Vec<String>,
    /// The device authorization endpoint instead of the one in the discovery document; with --token-url
    #[arg(long, value_name = "URL", requires = "token_url")]
    device_auth_url: Option<String>,
    /// The token endpoint instead of the one in the discovery document; with --device-auth-url
    #[arg(long, value_name = "URL", requires = "device_auth_url")]
    token_url: Option<String>,
    /// Ory Hydra has it, and nothing listens there in this flow.
    #[arg(short, long, default_value_t = -1, allow_negative_numbers = true, hide = true)]
    port: i32,
    #[command(flatten)]
    endpoint: PublicEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: DeviceCodeArguments) -> Result<(), Failure> {
    if arguments.port != -1 {
        return Err(Failure::message("--port means nothing here: the device flow opens no page on this machine"));
    }
    let client = client(&arguments).await?;
    let request = DeviceAuthorizationRequest::new(arguments.scope.join(" "));
    let audience = (!arguments.audience.is_empty()).then(|| arguments.audience.join(" "));
    let request = audience.into_iter().fold(request, DeviceAuthorizationRequest::audience);
    let mut device = client.authorize_device(&request).await?;
    announce(&device);
    let tokens = client.device_tokens(&mut device).await?;
    arguments.connection.print(&shown(&tokens))
}

async fn client(arguments: &DeviceCodeArguments) -> Result<Client, Failure> {
    let access = Access::read(&arguments.client, arguments.connection.transport()?)?;
    match (&arguments.device_auth_url, &arguments.token_url) {
        (Some(device), Some(token)) => {
            let endpoints = NamedEndpoints {
                device_authorization: Some(device.clone()),
                token: token.clone(),
                ..NamedEndpoints::default()
            };
            let issuer = arguments.endpoint.find(&arguments.connection)?;
            access.at(endpoints, issuer.as_deref(), &arguments.scope).await
        }
        _ => access.discovered(&arguments.endpoint.required(&arguments.connection)?).await,
    }
}

/// Tells where to go. On standard error, so that standard output has the tokens alone.
#[expect(clippy::print_stderr, reason = "this is what the person at the terminal waits for")]
fn announce(device: &DeviceAuthorization) {
    eprintln!("Open this page in a browser: {}", device.verification_uri);
    eprintln!("and enter the code: {}", device.user_code);
    if let Some(complete) = &device.verification_uri_complete {
        eprintln!("or open this one, which has the code in it: {complete}");
    }
}
