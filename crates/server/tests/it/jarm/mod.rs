//! JWT Secured Authorization Response Mode: an answer of the authorization endpoint as one signed JWT.

mod answers;
mod errors;
mod metadata;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::fixtures::{Registered, part, register, verified_claims, with};
use crate::support::{Answer, Pairs, TestServer};

/// Every mode with a JWT, by its full name, and where it puts the answer.
const MODES: [(&str, Place); 3] =
    [("query.jwt", Place::Query), ("fragment.jwt", Place::Fragment), ("form_post.jwt", Place::Form)];

/// What carries an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Query,
    Fragment,
    Form,
}

/// A client that registered every response type, with changed members.
async fn client_with(server: &TestServer, changes: &Value) -> Registered {
    let everything = json!({
        "grant_types": ["authorization_code", "implicit", "refresh_token"],
        "response_types": ["code", "none", "id_token", "token", "code id_token", "code token", "code id_token token"],
    });
    register(server, "jarm", &with(everything, changes)).await
}

/// The inputs of a form that a page posts.
fn form_inputs(answer: &Answer) -> Pairs {
    let text = answer.text();
    let inputs = text.split("<input type=\"hidden\" name=\"").skip(1);
    let pair = |input: &str| {
        let (name, rest) = input.split_once("\" value=\"").unwrap();
        (name.to_owned(), rest.split('"').next().unwrap().to_owned())
    };
    inputs.map(pair).collect()
}

/// The one parameter of an answer, which must stand in this place and nowhere else.
#[track_caller]
fn response(answer: &Answer, place: Place) -> String {
    let everywhere = [
        (Place::Query, answer.header("location").map(|_| answer.location_query()).unwrap_or_default()),
        (Place::Fragment, answer.header("location").map(|_| answer.location_fragment()).unwrap_or_default()),
        (Place::Form, form_inputs(answer)),
    ];
    let found: BTreeMap<_, _> = everywhere
        .into_iter()
        .flat_map(|(place, pairs)| pairs.into_iter().map(move |(name, value)| (format!("{place:?} {name}"), value)))
        .collect();
    let expected = format!("{place:?} response");
    assert_eq!(found.keys().collect::<Vec<_>>(), [&expected], "{} {}", answer.status, answer.text());
    found[&expected].clone()
}

/// The parameters in an answer, after its signature and the claims of the JWT were checked.
async fn verified(server: &TestServer, client: &Registered, jwt: &str) -> Map<String, Value> {
    assert_eq!(part(jwt, 0)["typ"], "JWT");
    let mut claims = verified_claims(server, jwt).await;
    assert_eq!(claims.remove("iss"), Some(json!(server.public_url())));
    assert_eq!(claims.remove("aud"), Some(json!(client.id)));
    assert_eq!(claims.remove("exp"), Some(json!(server.clock.now() + 300)));
    claims
}
