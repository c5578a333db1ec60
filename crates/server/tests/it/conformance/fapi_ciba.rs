//! `fapi-ciba-id1-test-plan` in the modes poll and ping, with clients that authenticate with `private_key_jwt` or with a
//! certificate. Tokens are bound to a certificate in each. What the plan asks of requests, a client's metadata say.

mod asking;

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::relying_party::{contains, discovery};
use crate::client_side::Reply;
use crate::credentials::{Holder, encoded};
use crate::fixtures::{text, verified_claims};
use crate::support::Answer;
use asking::{AskingClient, GRANT_TYPE, Mode, Run, provider};

/// Fails unless it is this error, in the form that every error has.
#[track_caller]
fn assert_error(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, answer.error().as_deref()), (status, Some(error)), "{}", answer.text());
    assert!(answer.content_type().unwrap().starts_with("application/json"));
    let description = answer.member("error_description");
    assert!(description.chars().all(|c| (' '..='~').contains(&c) && c != '"' && c != '\\'), "{description}");
}

#[tokio::test]
async fn discovery_end_point_verification() {
    let (server, _authority) = provider().await;
    let document = discovery(&server).await;
    super::config::assert_registered(&document);
    super::config::assert_https(&document);
    assert!(document["backchannel_authentication_endpoint"].is_string());
    assert_eq!(document["backchannel_user_code_parameter_supported"], false);
    assert_eq!(document["tls_client_certificate_bound_access_tokens"], true);
    for (name, value) in [
        ("backchannel_token_delivery_modes_supported", "poll"),
        ("backchannel_token_delivery_modes_supported", "ping"),
        ("backchannel_authentication_request_signing_alg_values_supported", "PS256"),
        ("backchannel_authentication_request_signing_alg_values_supported", "ES256"),
        ("grant_types_supported", GRANT_TYPE),
        ("token_endpoint_auth_methods_supported", "private_key_jwt"),
        ("token_endpoint_auth_methods_supported", "self_signed_tls_client_auth"),
    ] {
        assert!(contains(&document[name], value), "{name}: {}", document[name]);
    }
}

/// The module without a name of its own: the whole way.
#[tokio::test]
async fn fapi_ciba_id1() {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        let two = AskingClient::beside(&one).await;
        for client in [&one, &two] {
            client.complete(&json!({})).await;
        }
    }
}

#[tokio::test]
async fn user_rejects_authentication() {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        let asked = one.ask(&json!({})).await;
        one.answer("reject", &asked).await;
        one.expect_ping(&asked).await;
        assert_error(&one.poll(&asked).await, 400, "access_denied");
    }
}

#[tokio::test]
async fn multiple_call_to_token_endpoint() {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        let asked = one.ask(&json!({})).await;
        let mut errors = Vec::new();
        for _ in 0..3 {
            errors.push(one.poll(&asked).await.expect(400).error().unwrap());
        }
        assert_eq!(errors, ["authorization_pending", "slow_down", "slow_down"]);
    }
}

#[tokio::test]
async fn auth_req_id_expired() {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        let asked = one.ask(&json!({ "requested_expiry": 10 })).await;
        assert_eq!(asked["expires_in"], 10);
        assert_error(&one.poll(&asked).await, 400, "authorization_pending");
        one.server.clock.advance(11);
        assert_error(&one.poll(&asked).await, 400, "expired_token");
    }
}

#[tokio::test]
async fn ensure_authorization_request_with_binding_message_succeeds() {
    for run in Run::ALL {
        AskingClient::new(run).await.complete(&json!({ "binding_message": "1234" })).await;
    }
}

#[tokio::test]
async fn ensure_authorization_request_with_potentially_bad_binding_message() {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        let message = "1234 \u{1F44D}\u{1F3FF} \u{1F44D}\u{1F3FF} ".repeat(20);
        let answer = one.ask_with(&json!({ "binding_message": message })).await;
        assert_error(&answer, 400, "invalid_binding_message");
    }
}

#[tokio::test]
async fn ensure_other_scope_order_succeeds() {
    for run in Run::ALL {
        AskingClient::new(run).await.complete(&json!({ "scope": "offline_access email openid" })).await;
    }
}

#[tokio::test]
async fn ensure_requested_expiry_as_string_succeeds() {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        let asked = one.ask(&json!({ "requested_expiry": "30" })).await;
        assert_eq!(asked["expires_in"], 30);
        one.finish(&asked).await;
    }
}

/// A request of these claims is refused, and nobody is asked.
async fn refused(changes: impl Fn(i64) -> Value) {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        assert_error(&one.ask_with(&changes(one.server.clock.now())).await, 400, "invalid_request");
        one.expect_nobody_asked().await;
    }
}

#[tokio::test]
async fn ensure_request_object_missing_aud_fails() {
    refused(|_| json!({ "aud": null })).await;
}

#[tokio::test]
async fn ensure_request_object_bad_aud_fails() {
    refused(|_| json!({ "aud": "https://www.other1.example.com/" })).await;
}

#[tokio::test]
async fn ensure_request_object_missing_iss_fails() {
    refused(|_| json!({ "iss": null })).await;
}

#[tokio::test]
async fn ensure_request_object_bad_iss_fails() {
    refused(|_| json!({ "iss": "one-INVALID" })).await;
}

#[tokio::test]
async fn ensure_request_object_missing_exp_fails() {
    refused(|_| json!({ "exp": null })).await;
}

#[tokio::test]
async fn ensure_request_object_expired_exp_fails() {
    refused(|now| json!({ "exp": now - 300 })).await;
}

#[tokio::test]
async fn ensure_request_object_exp_is_70_minutes_in_future_fails() {
    refused(|now| json!({ "exp": now + 70 * 60 })).await;
}

#[tokio::test]
async fn ensure_request_object_missing_iat_fails() {
    refused(|_| json!({ "iat": null })).await;
}

#[tokio::test]
async fn ensure_request_object_missing_nbf_fails() {
    refused(|_| json!({ "nbf": null })).await;
}

#[tokio::test]
async fn ensure_request_object_nbf_is_10_minutes_in_future_fails() {
    refused(|now| json!({ "nbf": now + 600, "exp": now + 900 })).await;
}

#[tokio::test]
async fn ensure_request_object_nbf_is_70_minutes_in_past_fails() {
    refused(|now| json!({ "nbf": now - 70 * 60 })).await;
}

#[tokio::test]
async fn ensure_request_object_missing_jti_fails() {
    refused(|_| json!({ "jti": null })).await;
}

#[tokio::test]
async fn ensure_authorization_request_with_multiple_hints_fails() {
    refused(|_| json!({ "id_token_hint": "eyJhbGciOiJub25lIn0.e30." })).await;
}

/// A request object of the right claims that is signed so is refused.
async fn signed_badly(sign: impl Fn(&AskingClient, &Value) -> String) {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        let object = sign(&one, &one.claims(&json!({})));
        assert_error(&one.send(&[("request", &object)]).await, 400, "invalid_request");
        one.expect_nobody_asked().await;
    }
}

#[tokio::test]
async fn ensure_request_object_signature_algorithm_is_none_fails() {
    signed_badly(|_, claims| format!("{}.{}.", encoded(&json!({ "alg": "none" })), encoded(claims))).await;
}

#[tokio::test]
async fn ensure_request_object_signature_algorithm_is_bad_fails() {
    signed_badly(|one, claims| {
        let object = one.key.sign(None, claims).unwrap();
        let (signed, signature) = object.rsplit_once('.').unwrap();
        format!("{signed}.{}", signature.chars().rev().collect::<String>())
    })
    .await;
}

#[tokio::test]
async fn ensure_request_object_signature_algorithm_is_rs256_fails() {
    let rsa = Holder::new(Algorithm::RS256);
    signed_badly(|one, claims| rsa.sign_parts(&json!({ "alg": "RS256", "kid": one.id }), claims)).await;
}

#[tokio::test]
async fn ensure_request_object_signed_by_other_client_fails() {
    let (other, _) = crate::fixtures::signing_key(Algorithm::ES256, "two");
    signed_badly(|_, claims| other.sign(None, claims).unwrap()).await;
}

#[tokio::test]
async fn ensure_unsigned_backchannel_authorization_request_fails() {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        let plain = [("scope", "openid"), ("login_hint", "alice"), ("binding_message", "1234")];
        let token = [("client_notification_token", "a-token-for-the-ping-0123456789")];
        let form = if run.mode == Mode::Ping { [&plain[..], &token].concat() } else { plain.to_vec() };
        assert_error(&one.send(&form).await, 400, "invalid_request");
    }
}

#[tokio::test]
async fn ensure_wrong_auth_req_id_in_token_endpoint_request() {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        let two = AskingClient::beside(&one).await;
        let asked = one.ask(&json!({})).await;
        assert_error(&two.poll(&asked).await, 400, "invalid_grant");
        one.finish(&asked).await;
    }
}

#[tokio::test]
async fn ensure_different_client_id_and_issuer_in_backchannel_authorization_request() {
    for run in Run::BY_CERTIFICATE {
        let one = AskingClient::new(run).await;
        let two = AskingClient::beside(&one).await;
        let object = one.key.sign(None, &one.claims(&json!({}))).unwrap();
        // The object and the certificate of the one, the name of the other.
        let form = [("client_id", two.id), ("request", &object)];
        assert_error(&one.server.public(one.shown(asking::ENDPOINT, &form)).await, 401, "invalid_client");
    }
}

#[tokio::test]
async fn ensure_wrong_client_id_in_token_endpoint_request() {
    for run in Run::BY_CERTIFICATE {
        let one = AskingClient::new(run).await;
        let two = AskingClient::beside(&one).await;
        let asked = one.ask(&json!({})).await;
        let form = [("grant_type", GRANT_TYPE), ("auth_req_id", text(&asked, "auth_req_id")), ("client_id", two.id)];
        assert_error(&one.server.public(one.shown("/oauth2/token", &form)).await, 401, "invalid_client");
    }
}

#[tokio::test]
async fn ensure_wrong_client_id_in_backchannel_authorization_request() {
    for run in Run::BY_CERTIFICATE {
        let one = AskingClient::new(run).await;
        let two = AskingClient::beside(&one).await;
        let object = two.key.sign(None, &two.claims(&json!({}))).unwrap();
        let form = [("client_id", two.id), ("request", &object)];
        assert_error(&one.server.public(one.shown(asking::ENDPOINT, &form)).await, 401, "invalid_client");
    }
}

#[tokio::test]
async fn ensure_without_client_assertion_in_token_endpoint_request() {
    for run in Run::BY_KEY {
        let one = AskingClient::new(run).await;
        let asked = one.ask(&json!({})).await;
        let form = [("grant_type", GRANT_TYPE), ("auth_req_id", text(&asked, "auth_req_id")), ("client_id", one.id)];
        assert_error(&one.server.public(one.shown("/oauth2/token", &form)).await, 401, "invalid_client");
    }
}

#[tokio::test]
async fn ensure_without_client_assertion_in_backchannel_authorization_request() {
    for run in Run::BY_KEY {
        let one = AskingClient::new(run).await;
        let object = one.key.sign(None, &one.claims(&json!({}))).unwrap();
        let form = [("client_id", one.id), ("request", &object)];
        assert_error(&one.server.public(one.shown(asking::ENDPOINT, &form)).await, 401, "invalid_client");
    }
}

/// An assertion by a key of RSA, with the algorithm that the profile leaves out.
fn by_rsa(one: &AskingClient) -> String {
    let rsa = Holder::new(Algorithm::RS256);
    rsa.sign_parts(&json!({ "alg": "RS256", "kid": one.id }), &one.assertion_claims(&json!({})))
}

#[tokio::test]
async fn ensure_client_assertion_signature_algorithm_in_backchannel_authorization_request_is_rs256_fails() {
    for run in Run::BY_KEY {
        let one = AskingClient::new(run).await;
        let object = one.key.sign(None, &one.claims(&json!({}))).unwrap();
        let answer = one.server.public(one.asserted(asking::ENDPOINT, &[("request", &object)], &by_rsa(&one))).await;
        assert_error(&answer, 401, "invalid_client");
    }
}

#[tokio::test]
async fn ensure_client_assertion_signature_algorithm_in_token_endpoint_request_is_rs256_fails() {
    for run in Run::BY_KEY {
        let one = AskingClient::new(run).await;
        let asked = one.ask(&json!({})).await;
        let form = [("grant_type", GRANT_TYPE), ("auth_req_id", text(&asked, "auth_req_id"))];
        let answer = one.server.public(one.asserted("/oauth2/token", &form, &by_rsa(&one))).await;
        assert_error(&answer, 401, "invalid_client");
    }
}

#[tokio::test]
async fn ensure_client_assertion_with_iss_aud_to_token_endpoint_succeeds() {
    for run in Run::BY_KEY {
        let one = AskingClient::new(run).await;
        let asked = one.ask(&json!({})).await;
        let form = [("grant_type", GRANT_TYPE), ("auth_req_id", text(&asked, "auth_req_id"))];
        let claims = one.assertion_claims(&json!({ "aud": one.server.public_url() }));
        let assertion = one.key.sign(None, &claims).unwrap();
        let answer = one.server.public(one.asserted("/oauth2/token", &form, &assertion)).await;
        assert_error(&answer, 400, "authorization_pending");
    }
}

#[tokio::test]
async fn refresh_token() {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        let two = AskingClient::beside(&one).await;
        let tokens = one.complete(&json!({})).await;
        one.server.clock.advance(1);
        let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
        let refreshed = one.server.public(one.authenticated("/oauth2/token", &form)).await.expect(200).json();
        one.expect_bound(text(&refreshed, "access_token")).await;
        let (before, after) = (text(&tokens, "id_token"), text(&refreshed, "id_token"));
        let before = verified_claims(&one.server, before).await;
        let after = verified_claims(&one.server, after).await;
        for name in ["iss", "sub", "aud", "auth_time"] {
            assert_eq!(before.get(name), after.get(name), "{name}");
        }
        assert_ne!(before["iat"], after["iat"]);
        let form = [("grant_type", "refresh_token"), ("refresh_token", text(&refreshed, "refresh_token"))];
        assert_error(&one.server.public(two.authenticated("/oauth2/token", &form)).await, 400, "invalid_grant");
    }
}

#[tokio::test]
async fn ensure_mtls_holder_of_key_required() {
    for run in Run::ALL {
        let one = AskingClient::new(run).await;
        let asked = one.ask(&json!({})).await;
        one.answer("accept", &asked).await;
        let form = [("grant_type", GRANT_TYPE), ("auth_req_id", text(&asked, "auth_req_id"))];
        let mut call = one.authenticated("/oauth2/token", &form);
        assert!(call.headers.remove("client-cert").is_some());
        let (status, error) = if run.by_key { (400, "invalid_request") } else { (401, "invalid_client") };
        assert_error(&one.server.public(call).await, status, error);
        one.poll(&asked).await.expect(200);
    }
}

/// A notification that is answered so is not sent again, and the client fetches its tokens.
async fn answered_with(reply: Reply) {
    for run in Run::ALL.into_iter().filter(|run| run.mode == Mode::Ping) {
        let one = AskingClient::new(run).await;
        one.receiver.set(reply.clone());
        let asked = one.ask(&json!({})).await;
        one.answer("accept", &asked).await;
        for _ in 0..3 {
            one.server.server.send_pings().await;
            one.server.clock.advance(30);
        }
        assert_eq!(one.receiver.count(), 1);
        one.poll(&asked).await.expect(200);
    }
}

#[tokio::test]
async fn ping_backchannel_notification_endpoint_response_has_body() {
    answered_with(Reply::Answer(200, "{\"some\":\"body\"}".to_owned())).await;
}

#[tokio::test]
async fn ping_backchannel_notification_endpoint_response_401() {
    answered_with(Reply::Status(401)).await;
}

#[tokio::test]
async fn ping_backchannel_notification_endpoint_response_403() {
    answered_with(Reply::Status(403)).await;
}

#[tokio::test]
async fn ping_with_mtls_ciba_notification_endpoint_response_401_and_require_server_does_not_retry() {
    answered_with(Reply::Status(401)).await;
}

#[tokio::test]
async fn ping_backchannel_notification_endpoint_return_redirect_request() {
    answered_with(Reply::Redirect("https://client.example/elsewhere".to_owned())).await;
}
