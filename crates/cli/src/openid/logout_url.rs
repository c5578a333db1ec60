//! `symbolon logout-url`: where to send a browser to be logged out (OpenID Connect RP-Initiated Logout 1.0).

use clap::Args;
use serde_json::json;
use symbolon_client::LogoutRequest;

use super::{PublicEndpoint, client};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::output::CommandResult;
use crate::secret::{IdToken, SecretFlags};

/// Flags of `logout-url`.
#[derive(Debug, Args)]
pub(crate) struct LogoutUrlArguments {
    #[command(flatten)]
    id_token_hint: SecretFlags<IdToken>,
    /// The application that the user leaves
    #[arg(long, env = "OAUTH2_CLIENT_ID", hide_env_values = true)]
    client_id: Option<String>,
    /// Where the browser goes afterwards; it must be registered for the application
    #[arg(long, value_name = "URI")]
    post_logout_redirect_uri: Option<String>,
    /// Comes back with the browser, unchanged
    #[arg(long)]
    state: Option<String>,
    /// Who leaves, in a form that the provider knows
    #[arg(long)]
    logout_hint: Option<String>,
    /// The languages of the provider's pages
    #[arg(long, value_delimiter = ',')]
    ui_locales: Vec<String>,
    #[command(flatten)]
    endpoint: PublicEndpoint,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) async fn run(arguments: LogoutUrlArguments) -> Result<(), Failure> {
    let connection = &arguments.connection;
    let request = request(&arguments)?;
    let client = client(connection, &arguments.endpoint, arguments.client_id.as_deref()).await?;
    let url = client.end_session_url(&request).await?.to_string();
    let shown = CommandResult { rows: vec![("URL", url.clone())], object: json!({ "url": url }), id: url };
    connection.print(&shown)
}

fn request(arguments: &LogoutUrlArguments) -> Result<LogoutRequest, Failure> {
    let mut request = LogoutRequest::new();
    if let Some(token) = arguments.id_token_hint.read()? {
        request = request.id_token_hint(token.expose());
    }
    if let Some(uri) = &arguments.post_logout_redirect_uri {
        request = request.post_logout_redirect_uri(uri);
    }
    if let Some(state) = &arguments.state {
        request = request.state(state);
    }
    if let Some(hint) = &arguments.logout_hint {
        request = request.logout_hint(hint);
    }
    if !arguments.ui_locales.is_empty() {
        request = request.ui_locales(arguments.ui_locales.join(" "));
    }
    Ok(request)
}
