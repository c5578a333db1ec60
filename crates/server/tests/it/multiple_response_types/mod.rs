//! OAuth 2.0 Multiple Response Types, with the implicit and the hybrid flow of OpenID Connect Core §3.2 and §3.3: what the
//! authorization endpoint answers besides a code, who may ask for it, and what becomes of it.

mod answers;
mod claims;
mod hybrid;
mod races;
mod refusals;
mod tokens;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::fixtures::{Registered, register};
use crate::support::{Answer, CodeFlow, TestServer};

/// Every response type, and where its answer goes by default.
const ALL: [(&str, Place); 8] = [
    ("code", Place::Query),
    ("none", Place::Query),
    ("id_token", Place::Fragment),
    ("token", Place::Fragment),
    ("code id_token", Place::Fragment),
    ("code token", Place::Fragment),
    ("id_token token", Place::Fragment),
    ("code id_token token", Place::Fragment),
];

/// A part of the redirect URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Query,
    Fragment,
}

/// A client that registered every response type, with changed members.
async fn client_with(server: &TestServer, changes: &Value) -> Registered {
    let everything = json!({
        "grant_types": ["authorization_code", "implicit", "refresh_token"],
        "response_types": ALL.map(|(kind, _)| kind),
    });
    register(server, "spa", &crate::fixtures::with(everything, changes)).await
}

/// See [`client_with`].
async fn client(server: &TestServer) -> Registered {
    client_with(server, &json!({})).await
}

/// A flow of a client for a response type.
fn flow(server: &TestServer, client: &Registered, response_type: &str) -> CodeFlow {
    client.flow(server).parameter("response_type", response_type)
}

/// The parameters of an answer, which must all stand in one place.
#[track_caller]
fn parameters(answer: &Answer, place: Place) -> BTreeMap<String, String> {
    let (query, fragment) = (answer.location_query(), answer.location_fragment());
    let (own, other) = if place == Place::Query { (query, fragment) } else { (fragment, query) };
    assert!(other.is_empty(), "{}", answer.location());
    let count = own.len();
    let own: BTreeMap<_, _> = own.into_iter().collect();
    assert_eq!(own.len(), count, "a parameter comes twice: {}", answer.location());
    own
}

/// The parameters in the fragment of a granted request.
async fn granted(flow: &mut CodeFlow) -> BTreeMap<String, String> {
    let answer = flow.answer().await.expect(303);
    parameters(&answer, Place::Fragment)
}
