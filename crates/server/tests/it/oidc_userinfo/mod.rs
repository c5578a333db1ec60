//! OpenID Connect Core §5.3: the UserInfo endpoint. Which claims it answers, signed or not, and how it refuses; where a
//! bearer token may stand is tested in `rfc6750`.

mod claims;
mod refusals;
mod signed;

use serde_json::Value;

use crate::support::{Answer, Call, TestServer};

/// Asks with an access token in the header.
pub(crate) async fn ask(server: &TestServer, access_token: &str) -> Answer {
    server.public(Call::get("/userinfo").bearer(access_token)).await
}

/// Asks with the access token of a token response; the claims.
pub(crate) async fn claims_of(server: &TestServer, tokens: &Value) -> Value {
    ask(server, tokens["access_token"].as_str().unwrap()).await.expect(200).json()
}

/// The names of an object's members, sorted.
pub(crate) fn names(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
