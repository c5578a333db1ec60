//! Every parameter says the same, however it gets here: in the query, in a form, pushed, in a request object, and in one
//! that was pushed. What is wrong with it is the same fault everywhere.

use serde_json::{Value, json};

use super::{Signing, alone};
use crate::fixtures::{authorize, borrowed, outcome, parameter};
use crate::support::{Answer, Call, Pairs};

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Query,
    Form,
    Pushed,
    Object,
    PushedObject,
}

const WAYS: [Way; 5] = [Way::Query, Way::Form, Way::Pushed, Way::Object, Way::PushedObject];

/// The request as plain parameters.
fn plain(signing: &Signing, changes: &Value) -> Pairs {
    let claims = signing.claims(changes);
    let own = ["iss", "aud", "exp", "nbf"];
    let parameters = claims.as_object().unwrap().iter().filter(|(name, _)| !own.contains(&name.as_str()));
    parameters.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

/// The answer to a request that comes this way; that of the first endpoint which refuses it.
async fn answer(signing: &Signing, way: Way, changes: &Value) -> Answer {
    let server = &signing.server;
    let (pairs, object) = (plain(signing, changes), signing.object(changes));
    let push = async |form: &[(&str, &str)]| server.public(signing.client.form("/oauth2/par", form)).await;
    let pushed = match way {
        Way::Query => return authorize(server, &pairs).await,
        Way::Form => {
            return server.public(Call::post("/oauth2/auth").form(&borrowed(&pairs)).navigating()).await;
        }
        Way::Object => return authorize(server, &alone(&signing.client.id, &object)).await,
        Way::Pushed => push(&borrowed(&pairs)).await,
        Way::PushedObject => push(&[("request", &object)]).await,
    };
    if pushed.status != 201 {
        return pushed;
    }
    let uri = pushed.member("request_uri");
    let visit = [("client_id", signing.client.id.as_str()), ("request_uri", &uri)];
    server.public(Call::get("/oauth2/auth").query(&visit).navigating()).await
}

/// What became of a request: the error, or what the login page is told.
async fn result(signing: &Signing, way: Way, changes: &Value) -> Value {
    let answer = answer(signing, way, changes).await;
    if let Some(error) = answer.error() {
        return json!(error);
    }
    assert_eq!(outcome(&answer), "login", "{way:?} {changes}");
    let challenge = parameter(answer.location(), "login_challenge");
    let call = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &challenge)]);
    let mut told = signing.server.admin(call).await.expect(200).json();
    for own in ["challenge", "request_url", "session_id"] {
        told.as_object_mut().unwrap().remove(own).unwrap();
    }
    told
}

async fn same_everywhere(table: &[Value], is_error: bool) {
    let signing = Signing::with(json!({ "response_types": ["code"], "scope": "openid offline photos.read" })).await;
    for changes in table {
        let expected = result(&signing, Way::Query, changes).await;
        assert_eq!(expected.is_string(), is_error, "{changes}: {expected}");
        for way in WAYS {
            assert_eq!(result(&signing, way, changes).await, expected, "{way:?} {changes}");
        }
    }
}

#[tokio::test]
async fn what_is_asked_for_is_the_same_everywhere() {
    same_everywhere(
        &[
            json!({}),
            json!({ "scope": "openid" }),
            json!({ "scope": "" }),
            json!({ "audience": "https://api.example" }),
            json!({ "prompt": "login" }),
            json!({ "prompt": "consent select_account" }),
            json!({ "max_age": "0" }),
            json!({ "max_age": "86400" }),
            json!({ "acr_values": "urn:a urn:b" }),
            json!({ "login_hint": "a b&c=\u{e9}\"+%" }),
            json!({ "display": "popup", "ui_locales": "de-CH en", "claims_locales": "fr" }),
            json!({ "claims": "{\"id_token\":{\"acr\":null},\"userinfo\":{\"email\":{\"essential\":true}}}" }),
            json!({ "response_mode": "form_post" }),
            json!({ "response_mode": "jwt" }),
            json!({ "nonce": "" }),
            json!({ "dpop_jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }),
            json!({ "unknown": "value" }),
        ],
        false,
    )
    .await;
}

#[tokio::test]
async fn a_fault_is_the_same_fault_everywhere() {
    same_everywhere(
        &[
            json!({ "response_type": "" }),
            json!({ "response_type": "magic" }),
            json!({ "response_type": "token" }),
            json!({ "redirect_uri": "https://evil.example/" }),
            json!({ "redirect_uri": "" }),
            json!({ "scope": "openid admin" }),
            json!({ "audience": "https://other.example" }),
            json!({ "state": "short" }),
            json!({ "state": "" }),
            json!({ "code_challenge": "short" }),
            json!({ "code_challenge_method": "plain" }),
            json!({ "prompt": "none login" }),
            json!({ "prompt": "dance" }),
            json!({ "prompt": "none" }),
            json!({ "max_age": "-1" }),
            json!({ "max_age": "soon" }),
            json!({ "claims": "[]" }),
            json!({ "claims": "{" }),
            json!({ "response_mode": "web_message" }),
            json!({ "id_token_hint": "x" }),
            json!({ "dpop_jkt": "x" }),
            json!({ "registration": "{}" }),
        ],
        true,
    )
    .await;
}
