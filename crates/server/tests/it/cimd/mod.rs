//! OAuth Client ID Metadata Document (draft 02): clients whose identifier is the address of a document that says what they
//! are.

mod administration;
mod consent;
mod documents;
mod flow;
mod hosts;
mod identifiers;
mod kept;
mod methods;
mod pages;
mod published;
mod reading;
mod redirects;

use serde_json::{Value, json};
use symbolon_server::config::{CimdMode, Config, HostPattern};

use crate::client_side::{Authority, ClientServer, Reply};
use crate::fixtures::{outcome, with};
use crate::support::{Answer, CODE_CHALLENGE, Call, CodeFlow, STATE, TestServer};

/// Where the client is answered: on this computer, with a port that is registered nowhere.
pub(crate) const LOOPBACK: &str = "http://127.0.0.1:49152/callback";

/// A host with one document, and a server that takes it.
pub(crate) struct Described {
    pub(crate) authority: Authority,
    pub(crate) host: ClientServer,
    pub(crate) server: TestServer,
    /// The identifier of the client.
    pub(crate) id: String,
}

impl Described {
    /// A document with changed members.
    pub(crate) async fn new(changes: &Value) -> Self {
        Self::with(changes, |_| {}).await
    }

    /// The same with a change to the configuration.
    pub(crate) async fn with(changes: &Value, change: impl FnOnce(&mut Config)) -> Self {
        let authority = Authority::new();
        let host = ClientServer::listen_tls(Reply::Status(404), &authority).await;
        let server = TestServer::with(|config| {
            any(config, &authority);
            change(config);
        })
        .await;
        let id = format!("{}/client.json", host.url);
        let described = Self { authority, host, server, id };
        described.publish(changes);
        described
    }

    /// The document with changed members; `null` removes one.
    pub(crate) fn document(&self, changes: &Value) -> Value {
        with(document(&self.id), changes)
    }

    /// Publishes the document with changed members from now on.
    pub(crate) fn publish(&self, changes: &Value) {
        self.host.set(Reply::Json(self.document(changes)));
    }

    /// A flow of the client.
    pub(crate) fn flow(&self) -> CodeFlow {
        flow(&self.server, &self.id)
    }

    /// The answer to an authorization request of the client.
    pub(crate) async fn asks(&self) -> Answer {
        asks(&self.server, &self.id).await
    }
}

/// Takes documents from everywhere.
pub(crate) fn any(config: &mut Config, authority: &Authority) {
    config.symbolon.cimd.mode = CimdMode::Any;
    config.symbolon.outbound.ca_file = Some(authority.file());
}

/// A list of hosts.
pub(crate) fn hosts(patterns: &[&str]) -> Vec<HostPattern> {
    patterns.iter().map(|text| HostPattern::parse(text).unwrap()).collect()
}

/// A document as programs publish it.
pub(crate) fn document(id: &str) -> Value {
    json!({
        "client_id": id,
        "client_name": "Example Agent",
        "client_uri": id,
        "redirect_uris": ["http://127.0.0.1/callback", "http://localhost/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    })
}

/// A flow of a client at a server.
pub(crate) fn flow(server: &TestServer, id: &str) -> CodeFlow {
    CodeFlow::new(server, id).parameter("redirect_uri", LOOPBACK)
}

/// The answer to an authorization request.
pub(crate) async fn asks(server: &TestServer, id: &str) -> Answer {
    asks_at(server, id, LOOPBACK).await
}

/// The answer to an authorization request with this redirect URI.
pub(crate) async fn asks_at(server: &TestServer, id: &str, redirect_uri: &str) -> Answer {
    let parameters = [
        ("client_id", id),
        ("response_type", "code"),
        ("redirect_uri", redirect_uri),
        ("scope", "openid"),
        ("state", STATE),
        ("code_challenge", CODE_CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    server.public(Call::get("/oauth2/auth").query(&parameters)).await
}

/// The client is not let in: the one page for all reasons.
#[track_caller]
pub(crate) fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!(outcome(answer), "page unauthorized_client", "{what}");
}

/// Whether the person is sent to log in.
#[track_caller]
pub(crate) fn is_admitted(answer: &Answer) -> bool {
    match outcome(answer).as_str() {
        "login" => true,
        "page unauthorized_client" | "page invalid_request" => false,
        other => panic!("{other}"),
    }
}

/// How many clients the server keeps.
pub(crate) async fn clients_kept(server: &TestServer) -> usize {
    server.admin(Call::get("/admin/clients")).await.expect(200).json().as_array().unwrap().len()
}
