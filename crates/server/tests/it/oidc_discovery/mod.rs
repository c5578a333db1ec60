//! OpenID Connect Discovery §3: what the document says. It has exactly the members that it must have in each mode, and
//! what it advertises works, and what it does not advertise does not.

mod advertised;
mod algorithms;
mod members;

use serde_json::Value;

use crate::support::{Call, TestServer};

/// The document.
pub(crate) async fn document(server: &TestServer) -> Value {
    server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json()
}

/// A member that is a list of texts; empty when it is absent.
pub(crate) fn list(document: &Value, member: &str) -> Vec<String> {
    let values = document.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
    values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}
