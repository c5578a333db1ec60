//! RFC 9126: authorization requests that a client pushes before a browser is involved.

mod endpoint;
mod once;
mod refusals;
mod strangers;
mod visits;

use serde_json::Value;

use crate::fixtures::{Registered, authorize, request};
use crate::support::{Answer, Call, CodeFlow, Pairs, TestServer};

/// What is pushed: an ordinary request with PKCE.
fn pushed(client: &Registered) -> Pairs {
    request(&client.id)
}

/// The call that pushes these parameters, by the client as it is registered.
fn push(client: &Registered, pairs: &Pairs) -> Call {
    let form: Vec<(&str, &str)> = pairs
        .iter()
        .filter(|(name, _)| name != "client_id")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    client.form("/oauth2/par", &form)
}

/// The `request_uri` of a request that is pushed.
async fn uri(server: &TestServer, client: &Registered, pairs: &Pairs) -> String {
    let answer: Value = server.public(push(client, pairs)).await.expect(201).json();
    answer["request_uri"].as_str().unwrap().to_owned()
}

/// What the browser brings.
fn brought(client_id: &str, uri: &str) -> Pairs {
    vec![("client_id".to_owned(), client_id.to_owned()), ("request_uri".to_owned(), uri.to_owned())]
}

/// A browser's visit with a `request_uri`.
async fn visit(server: &TestServer, client_id: &str, uri: &str) -> Answer {
    authorize(server, &brought(client_id, uri)).await
}

/// A flow whose authorization request is that of the `request_uri`.
fn flow(server: &TestServer, client: &Registered, uri: &str) -> CodeFlow {
    let mut flow = client.flow(server).request_uri(uri);
    flow.application.login["subject"] = "alice".into();
    flow
}
