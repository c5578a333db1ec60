//! An access token by each way that leads to one: what holds for access tokens is tried with all of them.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use crate::fixtures::{Registered, register, signing_key, text, with};
use crate::rfc7523::Signer;
use crate::rfc7523::grants::{GRANT_TYPE as JWT_BEARER, ISSUER, trust, trusted};
use crate::rfc8628::{DeviceFlow, GRANT_TYPE as DEVICE_CODE};
use crate::support::{CodeFlow, TestServer};

/// How long a [`Way::Refresh`] waits before it refreshes, in seconds.
pub(crate) const BEFORE_REFRESH: i64 = 100;

/// A way to an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Code,
    Refresh,
    Device,
    Implicit,
    Hybrid,
    JwtBearer,
    ClientCredentials,
}

impl Way {
    pub(crate) const ALL: [Self; 7] = [
        Self::Code,
        Self::Refresh,
        Self::Device,
        Self::Implicit,
        Self::Hybrid,
        Self::JwtBearer,
        Self::ClientCredentials,
    ];

    /// Whether somebody logs in, and a consent page has its say.
    pub(crate) fn has_login(self) -> bool {
        !matches!(self, Self::JwtBearer | Self::ClientCredentials)
    }
}

/// What is asked for, and what the pages say.
pub(crate) struct Asked {
    /// Changes of the client's metadata.
    pub(crate) client: Value,
    pub(crate) scope: &'static str,
    pub(crate) audience: Option<&'static str>,
    /// A protected resource (RFC 8707).
    pub(crate) resource: Option<&'static str>,
    /// Body of the login's accept.
    pub(crate) login: Value,
    /// `session.access_token` of the consent.
    pub(crate) session: Value,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            client: json!({}),
            scope: "openid offline photos.read",
            audience: Some("https://api.example"),
            resource: None,
            login: json!({ "subject": "alice" }),
            session: json!({}),
        }
    }
}

/// An access token by this way, of a new client of which nothing is known before.
pub(crate) async fn access_token(server: &TestServer, way: Way, asked: &Asked) -> (Registered, String) {
    let everything = json!({
        "grant_types": [
            "authorization_code", "implicit", "refresh_token", "client_credentials", DEVICE_CODE, JWT_BEARER,
        ],
        "response_types": ["code", "token", "code token"],
    });
    let client = register(server, &format!("{way:?}"), &with(everything, &asked.client)).await;
    let token = match way {
        Way::Code => text(&flow(server, &client, asked).tokens().await, "access_token").to_owned(),
        Way::Refresh => {
            let mut flow = flow(server, &client, asked);
            let first = flow.tokens().await;
            server.clock.advance(BEFORE_REFRESH);
            server.public(flow.refresh(text(&first, "refresh_token"))).await.expect(200).member("access_token")
        }
        Way::Implicit => from_fragment(flow(server, &client, asked).parameter("response_type", "token")).await,
        Way::Hybrid => from_fragment(flow(server, &client, asked).parameter("response_type", "code token")).await,
        Way::Device => by_device(server, &client, asked).await,
        Way::JwtBearer => by_assertion(server, &client, asked).await,
        Way::ClientCredentials => {
            let form = [("grant_type", "client_credentials")];
            let form = [form.as_slice(), &parameters(asked)].concat();
            server.public(client.token_request(&form)).await.expect(200).member("access_token")
        }
    };
    (client, token)
}

fn parameters(asked: &Asked) -> Vec<(&'static str, &'static str)> {
    let scope = (!asked.scope.is_empty()).then_some(("scope", asked.scope));
    let audience = asked.audience.map(|audience| ("audience", audience));
    scope.into_iter().chain(audience).chain(asked.resource.map(|resource| ("resource", resource))).collect()
}

fn flow(server: &TestServer, client: &Registered, asked: &Asked) -> CodeFlow {
    let mut flow = client.flow(server).scope(asked.scope).consent("session", json!({ "access_token": asked.session }));
    for (name, value) in asked.login.as_object().unwrap() {
        flow = flow.login(name, value.clone());
    }
    for (name, value) in parameters(asked) {
        flow = flow.parameter(name, value);
    }
    flow
}

async fn from_fragment(mut flow: CodeFlow) -> String {
    let answer = flow.answer().await.expect(303);
    let pairs = answer.location_fragment();
    crate::support::pair(&pairs, "access_token").unwrap_or_else(|| panic!("{}", answer.location())).to_owned()
}

async fn by_device(server: &TestServer, client: &Registered, asked: &Asked) -> String {
    let mut flow = DeviceFlow::new(server, client);
    flow.application.login = asked.login.clone();
    flow.application.consent = json!({ "session": { "access_token": asked.session } });
    let codes = flow.ask_with(&parameters(asked)).await.expect(200).json();
    flow.connect(&codes).await.expect(302);
    flow.poll(&codes).await.expect(200).member("access_token")
}

async fn by_assertion(server: &TestServer, client: &Registered, asked: &Asked) -> String {
    let (key, jwk) = signing_key(Algorithm::ES256, "issuer-key");
    let subject = text(&asked.login, "subject");
    trust(server, &trusted(&jwk, &json!({ "subject": subject }))).await;
    let signer = Signer::new(server, key);
    let assertion = signer.sign(&with(signer.claims(subject), &json!({ "iss": ISSUER })));
    let form = [("grant_type", JWT_BEARER), ("assertion", assertion.as_str())];
    let form = [form.as_slice(), &parameters(asked)].concat();
    server.public(client.token_request(&form)).await.expect(200).member("access_token")
}
