//! Web hooks of the token endpoint (`oauth2.token_hook`, `oauth2.refresh_token_hook`): servers of the operator's that are
//! asked before tokens are issued, as Hydra asks them.

mod answers;
mod claims;
mod failures;
mod told;
mod used_up;

use std::time::Duration;

use serde_json::{Value, json};
use symbolon_server::config::{Config, Hook};

use crate::client_side::{ClientServer, Reply};
use crate::fixtures::{Registered, confidential};
use crate::support::{Call, TestServer};

/// Longer than any hook may take in these tests.
const FOR_EVER: Duration = Duration::from_secs(600);

/// A hook at this path of a server.
fn at(server: &ClientServer, path: &str) -> Hook {
    Hook { url: format!("{}{path}", server.url), key: None }
}

fn token_hook(hook: &ClientServer) -> impl Fn(&mut Config) {
    let hook = at(hook, "/token");
    move |config| config.oauth2.token_hook = Some(hook.clone())
}

/// Both hooks, at `/token` and `/refresh`.
fn both_hooks(hook: &ClientServer) -> impl Fn(&mut Config) {
    let (token, refresh) = (at(hook, "/token"), at(hook, "/refresh"));
    move |config| {
        config.oauth2.token_hook = Some(token.clone());
        config.oauth2.refresh_token_hook = Some(refresh.clone());
    }
}

/// A server with a token hook that changes nothing until it is told to, and a client.
async fn hooked() -> (ClientServer, TestServer, Registered) {
    let hook = ClientServer::listen(Reply::Status(204)).await;
    let server = TestServer::with(token_hook(&hook)).await;
    let client = confidential(&server).await;
    (hook, server, client)
}

/// An answer with these session claims.
fn session(access_token: &Value, id_token: &Value) -> Reply {
    Reply::Json(json!({ "session": { "access_token": access_token, "id_token": id_token } }))
}

/// A request of the client for itself.
fn client_credentials(client: &Registered) -> Call {
    client.token_request(&[("grant_type", "client_credentials"), ("scope", "photos.read")])
}
