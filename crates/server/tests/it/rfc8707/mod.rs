//! RFC 8707, resource indicators: tokens for the resources that a client names, and for no other.

mod authorization;
mod clients;
mod defaults;
mod tokens;
mod unknown;
mod ways;

use serde_json::{Value, json};
use symbolon_server::config::{Config, Resources};

use crate::fixtures::{Registered, register};
use crate::support::{CodeFlow, TestServer};

/// A resource that clients must be allowed to ask for.
const CALENDAR: &str = "https://cal.example/v1";
/// A resource that every client may ask for.
const CONTACTS: &str = "https://contacts.example";
/// One that asks at introspection what its tokens say.
const NOTES: &str = "https://notes.example";
/// One that takes bound tokens only.
const VAULT: &str = "https://vault.example";

fn records() -> Value {
    json!([
        {
            "identifier": CALENDAR, "aliases": ["https://calendar.example"], "scopes": ["events.read", "shared.read"],
            "access_token_lifespan": "5m", "advertise": true,
        },
        { "identifier": CONTACTS, "scopes": ["people.read", "shared.read"], "self_service": true },
        { "identifier": NOTES, "access_token_format": "opaque", "scopes": ["notes.read"], "self_service": true },
        { "identifier": VAULT, "sender_constrained": true, "self_service": true },
    ])
}

fn configure(config: &mut Config) {
    config.symbolon.resources = Resources::read(&records()).unwrap();
}

async fn server() -> TestServer {
    TestServer::with(configure).await
}

const SCOPE: &str = "openid offline photos.read events.read people.read shared.read notes.read";

/// Metadata of a client that may ask for all resources.
fn changes() -> Value {
    json!({ "scope": SCOPE, "allowed_resources": [CALENDAR, CONTACTS, NOTES, VAULT] })
}

async fn client(server: &TestServer) -> Registered {
    register(server, "resourceful", &changes()).await
}

/// A flow that asks for these resources.
fn flow(server: &TestServer, client: &Registered, scope: &str, resources: &[&str]) -> CodeFlow {
    let flow = client.flow(server).scope(scope);
    resources.iter().fold(flow, |flow, resource| flow.another("resource", resource))
}

/// Pairs of a form with one more.
fn and<'p>(form: &[(&'p str, &'p str)], more: &[(&'p str, &'p str)]) -> Vec<(&'p str, &'p str)> {
    [form, more].concat()
}
