//! How a request comes: by GET and POST, with an address that is not registered, and in a request object (OpenID Connect
//! Core §6).

use serde_json::{Map, Value, json};

use crate::client_side::Reply;
use crate::conformance::relying_party::{
    Beside, CLIENT, RelyingParty, Run, client_key, contains, discovery, page_error, shown,
};
use crate::credentials::encoded;
use crate::fixtures::{set, with};
use crate::support::{Pairs, pair};

pub(crate) async fn ensure_registered_redirect_uri(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let request = set(&party.request(), "redirect_uri", &format!("{CLIENT}/callback/Mb0oXqP0Ur"));
    assert_eq!(page_error(&party.visit(&request).await.answer), "invalid_request");
    party.unregister().await;
}

pub(crate) async fn ensure_post_request_succeeds(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let request = party.request();
    let answer = party.person.browser.post("/oauth2/auth", &request).await;
    let visit = party.person.walk(answer).await;
    let shown = shown(&party, &request, &visit.answer);
    party.finish(&request, &visit, shown).await;
    party.unregister().await;
}

/// The parameters of a request as members of an object.
fn members(request: &Pairs) -> Value {
    json!(request.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<Map<_, _>>())
}

fn unsigned(claims: &Value) -> String {
    format!("{}.{}.", encoded(&json!({ "alg": "none" })), encoded(claims))
}

/// What stands around an object: what OAuth and OpenID Connect want there, and the object.
fn around(request: &Pairs, (name, object): (&str, &str)) -> Pairs {
    let outside = ["client_id", "redirect_uri", "response_type", "scope"];
    let kept = request.iter().filter(|(name, _)| outside.contains(&name.as_str())).cloned().collect();
    set(&kept, name, object)
}

/// A login with a request whose state, nonce and mode are in an object.
async fn log_in_with_object(party: &mut RelyingParty, request: &Pairs, outside: &Pairs) {
    let visit = party.visit(outside).await;
    let shown = shown(party, request, &visit.answer);
    assert_eq!(shown.get("state").map(String::as_str), pair(request, "state"));
    party.finish(request, &visit, shown).await;
    party.unregister().await;
}

/// A login with an object behind an address, which the client registered with a fragment that says nothing.
async fn log_in_by_reference(run: Run, changes: Value, object: impl FnOnce(&RelyingParty, &Pairs) -> String) {
    let beside = Beside::new().await;
    assert_eq!(discovery(&beside.server).await["request_uri_parameter_supported"], true);
    let uri = format!("{}/requesturi/0123456789#uY6lgGPT2yG4J7n1kCvC8fBq0eXzQm9wJr3sTtUuVvW", beside.files.url);
    let changes = with(changes, &json!({ "request_uris": [uri] }));
    let mut party = RelyingParty::at(&beside.server, run, changes).await;
    let request = party.request();
    beside.files.set(Reply::Text(object(&party, &request)));
    let outside = around(&request, ("request_uri", &uri));
    log_in_with_object(&mut party, &request, &outside).await;
    assert_eq!(beside.files.count(), 1);
}

pub(crate) async fn request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(run: Run) {
    request_uri_unsigned(run).await;
}

pub(crate) async fn request_uri_unsigned(run: Run) {
    let none = json!({ "request_object_signing_alg": "none" });
    log_in_by_reference(run, none, |_, request| unsigned(&members(request))).await;
}

pub(crate) async fn request_uri_signed_rs256(run: Run) {
    let rs256 = json!({ "request_object_signing_alg": "RS256" });
    log_in_by_reference(run, rs256, |party, request| {
        let claims = with(members(request), &json!({ "iss": party.id(), "aud": party.server.public_url() }));
        client_key().sign_parts(&json!({ "alg": "RS256" }), &claims)
    })
    .await;
}

pub(crate) async fn unsigned_request_object_supported_correctly_or_rejected_as_unsupported(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let advertised = discovery(&party.server).await;
    assert_eq!(advertised["request_parameter_supported"], true);
    assert!(contains(&advertised["request_object_signing_alg_values_supported"], "none"));
    let request = party.request();
    let outside = around(&request, ("request", &unsigned(&members(&request))));
    log_in_with_object(&mut party, &request, &outside).await;
}

pub(crate) async fn ensure_request_object_with_redirect_uri(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let request = party.request();
    let outside = around(&request, ("request", &unsigned(&members(&request))));
    let outside = set(&outside, "redirect_uri", &format!("{CLIENT}/callback/INVALID"));
    log_in_with_object(&mut party, &request, &outside).await;
}
