//! RFC 8693, token exchange: a client hands in a token and gets one that may do less, as far as a row of the configuration
//! says. With `requested_token_type` of an ID-JAG it gets an assertion for another authorization server.

mod actors;
mod advisories;
mod audited;
mod endings;
mod hooks;
mod id_jag;
mod id_jag_logins;
mod kinds;
mod may_act;
mod narrowing;
mod property;
mod requests;
mod resources;
mod sender_constrained;
mod switch;
mod trusted_issuers;
mod worked_example;

use serde_json::{Value, json};
use symbolon_server::config::{AssertionPolicies, Config, ExchangePolicies};

use crate::fixtures::{Registered, register, text, with};
use crate::support::{Answer, Call, CodeFlow, TestServer};

pub(crate) const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";

/// Where the gateway receives tokens.
const GATEWAY: &str = "https://gateway.example";
/// Where it needs tokens.
const ORDERS: &str = "https://orders.example";
const BILLING: &str = "https://billing.example";

/// The scope of a person's token.
const SCOPE: &str = "openid offline orders.read orders.write profile";

/// The gateway may act for people at the orders, and read and write there.
fn delegation() -> Value {
    json!({
        "client": "gateway", "subject_token_types": ["access_token"], "subject_clients": ["shop"],
        "audience": [ORDERS], "scopes": ["orders.read", "orders.write"], "delegation": true,
    })
}

/// The same as the person.
fn impersonation() -> Value {
    with(delegation(), &json!({ "delegation": false, "impersonation": true }))
}

/// Sets the rows.
fn policies(rows: &Value) -> impl Fn(&mut Config) + use<> {
    let rows = ExchangePolicies::read(rows).unwrap_or_else(|fault| panic!("{fault}: {rows}"));
    move |config| config.symbolon.token_exchange.policies = rows.clone()
}

/// Sets the rows about assertions.
fn assertions(rows: &Value) -> impl Fn(&mut Config) + use<> {
    let rows = AssertionPolicies::read(rows).unwrap_or_else(|fault| panic!("{fault}: {rows}"));
    move |config| config.symbolon.token_exchange.assertions = rows.clone()
}

/// A shop where people log in, and a gateway that exchanges their tokens.
#[derive(Clone)]
struct World {
    server: TestServer,
    shop: Registered,
    gateway: Registered,
}

impl World {
    async fn new(rows: &Value) -> Self {
        Self::on(&TestServer::with(policies(rows)).await).await
    }

    async fn on(server: &TestServer) -> Self {
        let shop = register(server, "shop", &json!({ "scope": SCOPE, "audience": [GATEWAY] })).await;
        let gateway = self::gateway(server, "gateway", &json!({})).await;
        Self { server: server.clone(), shop, gateway }
    }

    /// A login of a person at the shop.
    fn login(&self, subject: &str) -> CodeFlow {
        self.shop.flow(&self.server).scope(SCOPE).parameter("audience", GATEWAY).subject(subject)
    }

    /// An access token of alice.
    async fn alice(&self) -> String {
        text(&self.login("alice").tokens().await, "access_token").to_owned()
    }

    /// The gateway's own token.
    async fn own(&self) -> String {
        own_token(&self.server, &self.gateway).await
    }

    /// An exchange of the gateway; later pairs replace earlier ones, and an empty value leaves a parameter out.
    fn call(&self, subject_token: &str, more: &[(&str, &str)]) -> Call {
        exchange(&self.gateway, subject_token, more)
    }

    async fn exchange(&self, subject_token: &str, more: &[(&str, &str)]) -> Answer {
        self.server.public(self.call(subject_token, more)).await
    }

    /// What the gateway gets for this token, acting as itself.
    async fn delegated(&self, subject_token: &str, more: &[(&str, &str)]) -> Answer {
        let own = self.own().await;
        self.exchange(
            subject_token,
            &[&[("actor_token", own.as_str()), ("actor_token_type", ACCESS_TOKEN)], more].concat(),
        )
        .await
    }

    async fn is_active(&self, token: &str) -> bool {
        self.server.introspect(token).await["active"] == true
    }
}

/// A client that exchanges tokens and gets its own.
async fn gateway(server: &TestServer, id: &str, changes: &Value) -> Registered {
    let settings = json!({
        "grant_types": [GRANT_TYPE, "client_credentials"], "response_types": [], "redirect_uris": [],
        "scope": "orders.read", "audience": [],
    });
    register(server, id, &with(settings, changes)).await
}

async fn own_token(server: &TestServer, client: &Registered) -> String {
    let call = client.token_request(&[("grant_type", "client_credentials")]);
    server.public(call).await.expect(200).member("access_token")
}

/// An exchange of an access token; later pairs replace earlier ones, and an empty value leaves a parameter out.
fn exchange(client: &Registered, subject_token: &str, more: &[(&str, &str)]) -> Call {
    let mut form =
        vec![("grant_type", GRANT_TYPE), ("subject_token", subject_token), ("subject_token_type", ACCESS_TOKEN)];
    for (name, value) in more {
        if !matches!(*name, "audience" | "resource") {
            form.retain(|(own, _)| own != name);
        }
        if !value.is_empty() {
            form.push((name, value));
        }
    }
    client.token_request(&form)
}

#[track_caller]
fn is_refused(answer: &Answer, error: &str) {
    assert_eq!((answer.status, answer.error().as_deref()), (400, Some(error)), "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

/// The scope of an answer, sorted.
#[track_caller]
fn scope_of(answer: &Value) -> Vec<String> {
    let mut scope: Vec<String> = text(answer, "scope").split_whitespace().map(str::to_owned).collect();
    scope.sort();
    scope
}
