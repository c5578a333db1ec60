//! RFC 9396, rich authorization requests: what a client asks for in detail, what a person sees of it, and what is granted.

mod consent;
mod requests;
mod tokens;
mod types;

use serde_json::{Value, json};
use symbolon_server::config::{Config, DetailsTypes, Resources};

use crate::fixtures::{Registered, register, with};
use crate::support::{CodeFlow, TestServer};

/// The resource where accounts are read.
const BANK: &str = "https://bank.example/";

fn types() -> Value {
    json!({
        "payment": {
            "title": "Pay {amount.value} {amount.currency} to {to}",
            "schema": {
                "type": "object", "required": ["amount", "to"],
                "properties": {
                    "to": { "type": "string", "maxLength": 40 },
                    "amount": {
                        "type": "object", "required": ["value", "currency"],
                        "properties": { "value": { "type": "string", "maxLength": 12 }, "currency": { "enum": ["EUR", "CHF"] } },
                    },
                },
            },
        },
        "accounts": {
            "title": "Read your accounts ({actions})",
            "resource": "https://bank.example",
            "schema": {
                "type": "object", "required": ["actions"],
                "properties": { "actions": { "type": "array", "items": { "enum": ["list", "balance"] }, "minItems": 1 } },
            },
        },
    })
}

pub(crate) fn configure(config: &mut Config) {
    config.symbolon.resources =
        Resources::read(&json!([{ "identifier": BANK, "self_service": true }, { "identifier": "https://shop.example/", "self_service": true }])).unwrap();
    config.symbolon.authorization_details.types = DetailsTypes::read(&types()).unwrap();
}

async fn server() -> TestServer {
    TestServer::with(configure).await
}

/// Metadata of a client that may use both types.
fn changes() -> Value {
    json!({ "authorization_details_types": ["payment", "accounts"] })
}

async fn client(server: &TestServer) -> Registered {
    register(server, "detailed", &changes()).await
}

fn payment(value: &str) -> Value {
    json!({ "type": "payment", "amount": { "value": value, "currency": "EUR" }, "to": "Ada" })
}

fn accounts() -> Value {
    json!({ "type": "accounts", "actions": ["list", "balance"] })
}

/// A flow that asks for this in detail, whose consent page grants all of it.
fn flow(server: &TestServer, client: &Registered, details: &Value) -> CodeFlow {
    let flow = client.flow(server).parameter("authorization_details", &details.to_string());
    flow.consent("grant_authorization_details", details.clone())
}

/// An element with changed members.
fn changed(element: Value, changes: &Value) -> Value {
    with(element, changes)
}
