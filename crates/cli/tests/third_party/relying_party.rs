//! What all these tests begin with: a server, a client registered at it, and `openidconnect` on the client's side.

use openidconnect::core::{CoreClient, CoreProviderMetadata};
use openidconnect::{
    ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl,
    RedirectUrl,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::login_application::server::{Settings, register};
use crate::login_application::{LoginApplication, http};
use crate::process::Running;

pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:2/callback";

/// A client that discovery has told where to go.
pub(crate) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// A server of the test's own.
pub(crate) struct Server {
    pub(crate) settings: Settings,
    _process: Running,
    _directory: TempDir,
}

impl Server {
    /// Starts it, with more configuration as YAML.
    pub(crate) fn start(more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let settings = Settings::write(directory.path(), more);
        let process = settings.start();
        Self { settings, _process: process, _directory: directory }
    }

    /// Somebody who logs in without being asked, with these session claims.
    pub(crate) fn login_application(&self, session: Value) -> LoginApplication {
        LoginApplication::new(&self.settings.admin, "alice", session)
    }

    pub(crate) async fn discover(&self) -> CoreProviderMetadata {
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).unwrap();
        CoreProviderMetadata::discover_async(issuer, &send).await.unwrap()
    }

    /// Registers a client with the members of `more` over the usual ones, and discovers the server as it would.
    pub(crate) async fn client(&self, id: &str, more: Value) -> Client {
        let mut client = json!({
            "client_id": id,
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
            "response_types": ["code"],
            "scope": "openid offline_access profile email read",
            "client_secret": "a-secret-with-+-and-%25-and:",
        });
        client.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let registered = register(&self.settings.admin, client).await;
        let secret = registered["client_secret"].as_str().map(|secret| ClientSecret::new(secret.to_owned()));
        CoreClient::from_provider_metadata(self.discover().await, ClientId::new(id.to_owned()), secret)
            .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap())
    }
}

/// How the libraries reach the server. Some of their requests insist on `https`, so what is asked at `https` goes to the
/// same place at `http`, as it would behind a proxy that ends TLS.
pub(crate) async fn send(request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let (mut parts, body) = request.into_parts();
    parts.uri = parts.uri.to_string().replacen("https://127.0.0.1", "http://127.0.0.1", 1).parse().unwrap();
    let request = reqwest::Request::try_from(http::Request::from_parts(parts, body))?;
    let mut answer = http().execute(request).await?;
    let mut response = HttpResponse::new(Vec::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    *response.body_mut() = answer.bytes().await?.to_vec();
    Ok(response)
}
