//! Where the providers are, what the application is, and the registration of clients that are not the subject of a test.

use serde_json::{Value, json};
use symbolon_client::{AuthorizationRequest, Callback, Client, ClientBuilder, Error, PendingAuthorization, TokenSet};

use crate::browser::{Arrival, Browser};

/// Where the application is; nobody listens there.
pub const APPLICATION: &str = "http://127.0.0.1:9/";
pub const CALLBACK: &str = "http://127.0.0.1:9/callback";
pub const BYE: &str = "http://127.0.0.1:9/bye";

pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: start with `run`"))
}

/// A client registered by a plain request, so that a test may set any member.
pub struct Registered {
    pub issuer: String,
    pub id: String,
    pub secret: String,
}

/// Registers a confidential client for codes and refresh tokens, changed as told.
pub async fn register(issuer: &str, over: Value) -> Registered {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let address = format!("{issuer}/.well-known/openid-configuration");
    let metadata: Value = http.get(address).send().await.expect("an answer").json().await.expect("metadata");
    let mut body = json!({
        "redirect_uris": [CALLBACK], "post_logout_redirect_uris": [BYE],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid offline_access email profile",
    });
    for (name, value) in over.as_object().expect("members") {
        body[name] = value.clone();
    }
    let endpoint = metadata["registration_endpoint"].as_str().expect("registration");
    let answer = http.post(endpoint).json(&body).send().await.expect("an answer");
    let status = answer.status();
    let created: Value = answer.json().await.expect("a client");
    assert_eq!(status, 201, "{created}");
    let text = |name: &str| created[name].as_str().unwrap_or_default().to_owned();
    Registered { issuer: issuer.to_owned(), id: text("client_id"), secret: text("client_secret") }
}

impl Registered {
    pub fn builder(&self) -> ClientBuilder {
        Client::builder(&self.issuer, &self.id).redirect_uri(CALLBACK).without_proxy()
    }

    /// The client with its secret, where it has one.
    pub fn client(&self) -> Client {
        let builder = self.builder();
        let builder = if self.secret.is_empty() { builder } else { builder.client_secret(&self.secret) };
        builder.build().expect("a client")
    }
}

/// A person logs in.
pub async fn log_in(client: &Client, request: &AuthorizationRequest) -> Result<TokenSet, Error> {
    let (pending, arrival) = authorize(client, request, &mut Browser::default()).await;
    client.redeem(&pending, &Callback::parse(&arrival.parameters())).await
}

/// The first half of a log-in.
pub async fn authorize(
    client: &Client,
    request: &AuthorizationRequest,
    browser: &mut Browser,
) -> (PendingAuthorization, Arrival) {
    let (url, pending) = client.authorization_url(request).await.expect("an authorization URL");
    let arrival = browser.visit(url).await.unwrap_or_else(|| panic!("no way back: {}", browser.page));
    (pending, arrival)
}

pub fn openid(scope: &str) -> AuthorizationRequest {
    AuthorizationRequest::new(scope).prompt("consent")
}

/// Pauses are short: nobody waits for five seconds in a test.
pub struct Hurried;

impl symbolon_client::Runtime for Hurried {
    fn spawn(&self, work: symbolon_client::BackgroundFuture) {
        tokio::spawn(work);
    }

    fn sleep(&self, pause: std::time::Duration) -> symbolon_client::SleepFuture {
        Box::pin(tokio::time::sleep(pause.min(std::time::Duration::from_millis(150))))
    }
}

/// Certificates that `../javascript/certificates` made.
pub mod certificate {
    use std::path::Path;

    fn read(name: &str) -> String {
        let path = Path::new(&super::variable("CERTIFICATES")).join(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn authority() -> String {
        read("authority.crt")
    }

    /// A certificate and its key.
    pub fn identity(name: &str) -> String {
        read(&format!("{name}.crt")) + &read(&format!("{name}.key"))
    }
}
