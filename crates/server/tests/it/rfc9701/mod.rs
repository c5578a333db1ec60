//! RFC 9701, and RFC 7662 on the public listener: what a resource server learns of a token that is meant for it.

mod answers;
mod callers;
mod metadata;

use serde_json::{Value, json};
use symbolon_server::config::Config;

use crate::fixtures::{Registered, confidential, register, text, with};
use crate::support::{Answer, Call, TestServer};

const PATH: &str = "/oauth2/introspect";
/// The media type of signed answers.
const JWT: &str = "application/token-introspection+jwt";
/// For which tokens are meant here.
const API: &str = "https://api.example";

fn on(config: &mut Config) {
    config.symbolon.introspection.public = true;
}

/// A server with a resource server and an application.
struct Api {
    server: TestServer,
    asker: Registered,
    app: Registered,
}

impl Api {
    async fn new() -> Self {
        Self::with(json!({})).await
    }

    async fn with(changes: Value) -> Self {
        Self::at(TestServer::with(on).await, changes).await
    }

    async fn at(server: TestServer, changes: Value) -> Self {
        let own = json!({ "resource_server": true, "audience": [API] });
        let asker = register(&server, "api", &with(own, &changes)).await;
        let app = confidential(&server).await;
        Self { server, asker, app }
    }

    /// Tokens of the application for an audience.
    async fn tokens(&self, audience: &str) -> Value {
        let flow = self.app.flow(&self.server).scope("openid offline photos.read").parameter("audience", audience);
        let granted: Vec<&str> = Some(audience).into_iter().filter(|audience| !audience.is_empty()).collect();
        flow.consent("grant_access_token_audience", json!(granted)).tokens().await
    }

    async fn token(&self) -> String {
        text(&self.tokens(API).await, "access_token").to_owned()
    }

    /// What a client is told of a token.
    async fn told(&self, client: &Registered, token: &str) -> Value {
        self.server.public(client.form(PATH, &[("token", token)])).await.expect(200).json()
    }

    /// The answer to the resource server where it asks for a JWT.
    async fn signed(&self, token: &str) -> Answer {
        let call = self.asker.form(PATH, &[("token", token)]).header(http::header::ACCEPT, JWT);
        self.server.public(call).await.expect(200)
    }
}

fn inactive() -> Value {
    json!({ "active": false })
}

/// The call without any credentials.
fn bare(token: &str) -> Call {
    Call::post(PATH).form(&[("token", token)])
}
