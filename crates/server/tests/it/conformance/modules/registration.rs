//! What clients register (OpenID Connect Registration §2), and how they prove who they are.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::codes::{offline, with_refresh};
use crate::client_side::Reply;
use crate::conformance::relying_party::{
    Beside, CLIENT, ISSUER, RelyingParty, Run, client_key, contains, discovery, page_error, provider, provider_with,
};
use crate::credentials::Holder;
use crate::fixtures::{borrowed, set, text, unset, with};
use crate::support::Call;

/// The error that a registration of a client with these members is refused with.
async fn refused(server: &crate::support::TestServer, run: Run, changes: &Value) -> String {
    let metadata = with(RelyingParty::metadata(run), changes);
    let answer = server.public(Call::post("/oauth2/register").json(&metadata)).await.expect(400);
    assert_eq!(answer.content_type(), Some("application/json"));
    answer.member("error")
}

pub(crate) async fn idtoken_rs256(run: Run) {
    let mut party = RelyingParty::register(run, json!({ "id_token_signed_response_alg": "RS256" })).await;
    party.log_in_with(&[]).await;
    party.unregister().await;
}

/// The one module that is skipped: nobody gets an ID token without a signature.
pub(crate) async fn idtoken_unsigned(run: Run) {
    let server = provider().await;
    assert!(!contains(&discovery(&server).await["id_token_signing_alg_values_supported"], "none"));
    let none = json!({ "id_token_signed_response_alg": "none" });
    assert_eq!(refused(&server, run, &none).await, "invalid_client_metadata");
}

pub(crate) async fn ensure_redirect_uri_in_authorization_request(run: Run) {
    let two = json!({ "redirect_uris": [format!("{CLIENT}/callback"), format!("{CLIENT}/callback2")] });
    let mut party = RelyingParty::register(run, two).await;
    let request = unset(&party.request(), "redirect_uri");
    assert_eq!(page_error(&party.visit(&request).await.answer), "invalid_request");
    party.unregister().await;
}

pub(crate) async fn redirect_uri_query_ok(run: Run) {
    let uri = json!({ "redirect_uris": [format!("{CLIENT}/callback?bar=foo")] });
    let mut party = RelyingParty::register(run, uri).await;
    party.log_in_with(&[]).await;
    party.unregister().await;
}

/// A request for another address than the registered one ends at a page.
async fn other_address(run: Run, registered: &str, asked: &str) {
    let uri = json!({ "redirect_uris": [format!("{CLIENT}/callback{registered}")] });
    let mut party = RelyingParty::register(run, uri).await;
    let request = set(&party.request(), "redirect_uri", &format!("{CLIENT}/callback{asked}"));
    assert_eq!(page_error(&party.visit(&request).await.answer), "invalid_request");
    party.unregister().await;
}

pub(crate) async fn redirect_uri_query_mismatch(run: Run) {
    other_address(run, "?bar=foo", "?bar=BAR").await;
}

pub(crate) async fn redirect_uri_query_added(run: Run) {
    other_address(run, "", "?foo=bar").await;
}

pub(crate) async fn redirect_uri_regfrag(run: Run) {
    let uri = json!({ "redirect_uris": [format!("{CLIENT}/callback#foobar")] });
    assert_eq!(refused(&provider().await, run, &uri).await, "invalid_redirect_uri");
}

/// The login page of a client that registered this shows it.
async fn on_login_page(run: Run, member: &str, around: (&str, &str)) {
    let server = provider_with(crate::ui::built_in).await;
    let uri = format!("{CLIENT}/{member}");
    let mut party = RelyingParty::at(&server, run, json!({ member: uri })).await;
    let target = Call::get("/oauth2/auth").query(&borrowed(&party.request())).target;
    let page = party.person.browser.follow(&target).await.expect(200).text();
    assert!(page.contains("id=\"login-form\""), "{page}");
    assert!(page.contains(&format!("{}{uri}{}", around.0, around.1)), "{page}");
    party.unregister().await;
}

pub(crate) async fn registration_logo_uri(run: Run) {
    on_login_page(run, "logo_uri", ("src=\"", "\"")).await;
}

pub(crate) async fn registration_policy_uri(run: Run) {
    on_login_page(run, "policy_uri", ("href=\"", "\"")).await;
}

pub(crate) async fn registration_tos_uri(run: Run) {
    on_login_page(run, "tos_uri", ("href=\"", "\"")).await;
}

/// A client with its keys at an address, which has one key now.
async fn with_keys_at(beside: &Beside, run: Run, key: &Value, mut changes: Value) -> RelyingParty {
    beside.files.set(Reply::Json(json!({ "keys": [key] })));
    changes["jwks"] = Value::Null;
    changes["jwks_uri"] = json!(format!("{}/client1_jwks", beside.files.url));
    RelyingParty::at(&beside.server, run, changes).await
}

fn published(key: &Holder, kid: &str) -> Value {
    with(key.jwk.clone(), &json!({ "kid": kid, "use": "sig", "alg": "RS256" }))
}

pub(crate) async fn registration_jwks_uri(run: Run) {
    let beside = Beside::new().await;
    let mut party = with_keys_at(&beside, run, &published(client_key(), "one"), json!({})).await;
    party.log_in_with(&[]).await;
    assert_eq!(beside.files.count(), 1);
    party.unregister().await;
}

pub(crate) async fn refresh_token_rp_key_rotation(run: Run) {
    let beside = Beside::new().await;
    let mut party = with_keys_at(&beside, run, &published(client_key(), "one"), with_refresh(run)).await;
    let login = offline(&mut party).await;
    let next = Holder::new(Algorithm::RS256);
    beside.files.set(Reply::Json(json!({ "keys": [published(&next, "two")] })));
    beside.server.clock.advance(12);
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&login.tokens, "refresh_token"))];
    let audience = format!("{ISSUER}/oauth2/token");
    let assertion = next.sign_parts(&json!({ "alg": "RS256", "kid": "two" }), &party.assertion(&audience));
    beside.server.public(party.asserted(&form, &assertion)).await.expect(200);
    party.unregister().await;
}

/// A pairwise client whose sector is a document with this address.
async fn sector(beside: &Beside, listed: &str) -> Value {
    beside.files.set(Reply::Json(json!([listed])));
    assert!(contains(&discovery(&beside.server).await["subject_types_supported"], "pairwise"));
    json!({ "subject_type": "pairwise", "sector_identifier_uri": format!("{}/sector", beside.files.url) })
}

pub(crate) async fn registration_sector_uri(run: Run) {
    let beside = Beside::new().await;
    let pairwise = sector(&beside, &format!("{CLIENT}/callback")).await;
    let mut party = RelyingParty::at(&beside.server, run, pairwise).await;
    let login = party.log_in_with(&[]).await;
    assert_ne!(login.id_token["sub"], "alice");
    party.unregister().await;
}

pub(crate) async fn registration_sector_bad(run: Run) {
    let beside = Beside::new().await;
    let pairwise = sector(&beside, &format!("{CLIENT}/another")).await;
    assert_eq!(refused(&beside.server, run, &pairwise).await, "invalid_client_metadata");
}

/// The RSA keys that are published, as their ids and moduli.
async fn published_keys(server: &crate::support::TestServer) -> Vec<(String, String)> {
    let set = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    let rsa = set["keys"].as_array().unwrap().iter().filter(|key| key["alg"] == "RS256");
    rsa.map(|key| (text(key, "kid").to_owned(), text(key, "n").to_owned())).collect()
}

pub(crate) async fn server_rotate_keys(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    let before = published_keys(&party.server).await;
    let rotate = Call::post("/admin/signing-keys/rotate").json(&json!({ "alg": "RS256", "immediately": true }));
    party.server.admin(rotate).await.expect(200);
    let after = published_keys(&party.server).await;
    assert!(before.iter().all(|key| after.contains(key)), "the old keys are still published");
    let fresh: Vec<_> = after.iter().filter(|key| !before.contains(key)).collect();
    assert!(!fresh.is_empty());
    assert!(fresh.iter().all(|(kid, n)| before.iter().all(|(old_kid, old_n)| kid != old_kid && n != old_n)));
    party.log_in_with(&[]).await;
    party.unregister().await;
}

pub(crate) async fn ensure_client_assertion_with_iss_aud_succeeds(run: Run) {
    let mut party = RelyingParty::register(run, json!({})).await;
    party.audience = Some(ISSUER.to_owned());
    party.log_in_with(&[]).await;
    party.unregister().await;
}
