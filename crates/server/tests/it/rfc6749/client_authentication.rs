//! RFC 6749 §2.3: how a client proves who it is. The registered method is the only one, and one at a time.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use serde_json::json;
use symbolon_jose::Algorithm;

use crate::fixtures::{Registered, confidential, public, register, signing_key};
use crate::rfc7523::Signer;
use crate::support::{Answer, Call, TestServer};

const TARGETS: [&str; 2] = ["/oauth2/revoke", "/oauth2/token"];

/// What whoever comes with the Authorization header is asked for.
const CHALLENGE: &str = "Basic realm=\"symbolon\"";

/// A form that any client that authenticates may send: 200 from the revocation endpoint, another error from the token
/// endpoint.
fn form() -> Vec<(&'static str, &'static str)> {
    vec![("token", "nothing"), ("grant_type", "refresh_token"), ("refresh_token", "nothing")]
}

fn authenticated(answer: &Answer) -> bool {
    match (answer.status, answer.error().as_deref()) {
        (200, None) | (400, Some("invalid_grant")) => true,
        (401, Some("invalid_client")) => {
            assert!(answer.header("www-authenticate").is_none_or(|challenge| challenge == CHALLENGE));
            false
        }
        other => panic!("{other:?}: {}", answer.text()),
    }
}

async fn by_basic(server: &TestServer, target: &str, id: &str, secret: &str) -> Answer {
    server.public(Call::post(target).form(&form()).basic(id, secret)).await
}

async fn by_post(server: &TestServer, target: &str, id: &str, secret: &str) -> Answer {
    let mut form = form();
    form.extend([("client_id", id), ("client_secret", secret)]);
    server.public(Call::post(target).form(&form)).await
}

async fn by_id(server: &TestServer, target: &str, id: &str) -> Answer {
    let mut form = form();
    form.push(("client_id", id));
    server.public(Call::post(target).form(&form)).await
}

#[tokio::test]
async fn only_the_registered_method_counts() {
    let server = TestServer::new().await;
    let (key, jwk) = signing_key(Algorithm::RS256, "k1");
    let jwks = json!({ "keys": [jwk] });
    let basic = confidential(&server).await;
    let post = register(&server, "post", &json!({ "token_endpoint_auth_method": "client_secret_post" })).await;
    let none = public(&server).await;
    let signing =
        json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks, "client_secret": "chosen-secret" });
    let signing = register(&server, "signing", &signing).await;
    let mut signer = Signer::new(&server, key);
    for target in TARGETS {
        for client in [&basic, &post, &none, &signing] {
            let secret = if client.secret.is_empty() { "chosen-secret" } else { &client.secret };
            let answers = [
                ("client_secret_basic", by_basic(&server, target, &client.id, secret).await),
                ("client_secret_post", by_post(&server, target, &client.id, secret).await),
                ("none", by_id(&server, target, &client.id).await),
                ("private_key_jwt", server.public(signer.call(target, &client.id, &form())).await),
            ];
            let own = match client.id.as_str() {
                "post" => "client_secret_post",
                "public" => "none",
                "signing" => "private_key_jwt",
                _ => "client_secret_basic",
            };
            for (used, answer) in &answers {
                assert_eq!(authenticated(answer), *used == own, "{} by {used} at {target}", client.id);
            }
        }
    }
}

#[tokio::test]
async fn who_came_with_the_header_is_challenged_and_nobody_else() {
    let server = TestServer::new().await;
    let (key, _) = signing_key(Algorithm::RS256, "k1");
    let mut signer = Signer::new(&server, key);
    let basic = confidential(&server).await;
    let endpoints = ["/oauth2/token", "/oauth2/revoke", "/oauth2/par", "/oauth2/device/auth"];
    for target in endpoints {
        // RFC 6749 §5.2 asks for it there; an unknown client is as good as a known one.
        for id in [basic.id.as_str(), "nobody"] {
            let answer = by_basic(&server, target, id, "wrong-secret").await.expect(401);
            assert_eq!(answer.header("www-authenticate"), Some(CHALLENGE), "{target}");
            for answer in [
                by_post(&server, target, id, "wrong-secret").await,
                by_id(&server, target, id).await,
                server.public(signer.call(target, id, &form())).await,
            ] {
                assert_eq!((answer.status, answer.error().as_deref()), (401, Some("invalid_client")), "{target}");
                assert_eq!(answer.header("www-authenticate"), None, "{target}: {id}");
            }
        }
    }
}

#[tokio::test]
async fn two_methods_at_once_are_refused_even_if_both_are_right() {
    let server = TestServer::new().await;
    let (key, jwk) = signing_key(Algorithm::RS256, "k1");
    let basic = confidential(&server).await;
    let signing = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [jwk] } });
    let signing = register(&server, "signing", &signing).await;
    let mut signer = Signer::new(&server, key);
    let secret = [("client_id", basic.id.as_str()), ("client_secret", basic.secret.as_str())];
    for target in TARGETS {
        let calls = [
            Call::post(target).form(&[form(), secret.to_vec()].concat()).basic(&basic.id, &basic.secret),
            signer.call(target, &signing.id, &form()).basic(&basic.id, &basic.secret),
            signer.call(target, &signing.id, &[form(), vec![secret[1]]].concat()),
        ];
        for call in calls {
            let answer = server.public(call).await.expect(400);
            assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn the_client_id_in_the_body_must_be_the_one_of_the_header() {
    let server = TestServer::new().await;
    let (client, none) = (confidential(&server).await, public(&server).await);
    for target in TARGETS {
        let with_id = |id: &'static str| [form(), vec![("client_id", id)]].concat();
        let same = Call::post(target).form(&with_id("confidential")).basic(&client.id, &client.secret);
        assert!(authenticated(&server.public(same).await));
        let other = Call::post(target).form(&with_id("public")).basic(&client.id, &client.secret);
        assert_eq!(server.public(other).await.expect(400).error().as_deref(), Some("invalid_request"));
        let other = Call::post(target).form(&with_id("confidential")).basic(&none.id, "");
        assert_eq!(server.public(other).await.expect(400).error().as_deref(), Some("invalid_request"));
    }
}

#[tokio::test]
async fn an_unknown_client_another_method_and_a_wrong_secret_look_the_same() {
    TestServer::each_database(async |server| {
        let basic = confidential(server).await;
        public(server).await;
        register(server, "post", &json!({ "token_endpoint_auth_method": "client_secret_post" })).await;
        register(server, "chosen", &json!({ "client_secret": "chosen-by-a-person" })).await;
        for target in TARGETS {
            let reference = by_basic(server, target, "nobody", "secret").await.expect(401);
            let answers = [
                by_basic(server, target, "confidential", "wrong-secret").await,
                by_basic(server, target, "chosen", "wrong-secret").await,
                by_basic(server, target, "chosen", "chosen-by-a-person ").await,
                by_basic(server, target, "confidential\0", "secret").await,
                by_post(server, target, "nobody", "secret").await,
                by_post(server, target, "post", "wrong-secret").await,
                by_id(server, target, "nobody").await,
                by_post(server, target, "confidential", &basic.secret).await,
                by_post(server, target, "confidential", "wrong-secret").await,
                by_post(server, target, "chosen", "chosen-by-a-person").await,
                by_post(server, target, "chosen", "wrong-secret").await,
                by_basic(server, target, "post", "wrong-secret").await,
                by_basic(server, target, "public", "secret").await,
                by_post(server, target, "public", "secret").await,
                by_id(server, target, "confidential").await,
                by_id(server, target, "post").await,
            ];
            for answer in answers {
                assert!(!authenticated(&answer));
                assert_eq!(answer.json(), reference.json());
            }
        }
        assert!(authenticated(&by_basic(server, TARGETS[0], "chosen", "chosen-by-a-person").await));
    })
    .await;
}

#[tokio::test]
async fn an_assertion_that_shows_no_key_of_the_client_tells_nothing_about_it() {
    let server = TestServer::new().await;
    let (key, jwk) = signing_key(Algorithm::RS256, "k1");
    let (own, _) = signing_key(Algorithm::RS256, "k1");
    let (unknown, _) = signing_key(Algorithm::RS256, "k2");
    let (other, _) = signing_key(Algorithm::ES256, "k1");
    let jwt = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [jwk] } });
    register(&server, "signing", &jwt).await;
    register(&server, "chosen", &json!({ "client_secret": "chosen-by-a-person" })).await;
    let (basic, none) = (confidential(&server).await, public(&server).await);
    let mut genuine = Signer::new(&server, key);
    let mut signers = [own, unknown, other].map(|key| Signer::new(&server, key));
    for target in TARGETS {
        let reference = by_basic(&server, target, "nobody", "secret").await.expect(401);
        let mut calls = Vec::new();
        for id in ["nobody", "chosen", &basic.id, &none.id] {
            calls.push(genuine.call(target, id, &form()));
        }
        for signer in &mut signers {
            calls.extend(["signing", "nobody"].map(|id| signer.call(target, id, &form())));
        }
        for call in calls {
            let answer = server.public(call).await;
            assert!(!authenticated(&answer));
            assert_eq!(answer.json(), reference.json());
        }
        for answer in [by_basic(&server, target, "signing", "secret").await, by_id(&server, target, "signing").await] {
            assert_eq!(answer.expect(401).json(), reference.json());
        }
        assert!(authenticated(&server.public(genuine.call(target, "signing", &form())).await));
    }
}

#[tokio::test]
async fn basic_credentials_are_form_encoded_before_base64() {
    let server = TestServer::new().await;
    let id = "a:b c/%+\u{fc}";
    let secret = "p%41 q+r:\u{1f511}";
    register(&server, id, &json!({ "client_secret": secret })).await;
    assert!(authenticated(&by_basic(&server, TARGETS[0], id, secret).await));
    let raw = async |credentials: &str| {
        let header = format!("Basic {}", STANDARD.encode(credentials));
        server.public(Call::post(TARGETS[0]).form(&form()).header(AUTHORIZATION, &header)).await
    };
    register(&server, "plain", &json!({ "client_secret": "100%sure" })).await;
    assert_eq!(raw("plain:100%sure").await.expect(400).error().as_deref(), Some("invalid_request"));
    assert!(authenticated(&raw("plain:100%25sure").await));
    register(&server, "plus", &json!({ "client_secret": "one+two" })).await;
    assert!(!authenticated(&raw("plus:one+two").await));
    assert!(authenticated(&raw("plus:one%2Btwo").await));
}

#[tokio::test]
async fn malformed_headers_are_malformed_requests() {
    let server = TestServer::new().await;
    let client: Registered = confidential(&server).await;
    let no_colon = format!("Basic {}", STANDARD.encode("confidential"));
    let not_utf8 = format!("Basic {}", STANDARD.encode([0xff, b':', 0xfe]));
    for header in ["Basic", "Basic ", "Basic !!!", "Bearer abc", "Digest x=y", &no_colon, &not_utf8, "", "Basic\tYTpi"]
    {
        for target in TARGETS {
            let call = Call::post(target).form(&form()).header(AUTHORIZATION, header);
            let answer = server.public(call).await.expect(400);
            assert_eq!(answer.error().as_deref(), Some("invalid_request"), "{header:?}");
        }
    }
    let lower = format!("basic {}", STANDARD.encode(format!("{}:{}", client.id, client.secret)));
    assert!(authenticated(&server.public(Call::post(TARGETS[0]).form(&form()).header(AUTHORIZATION, &lower)).await));
}

#[tokio::test]
async fn no_credentials_at_all_are_a_malformed_request() {
    let server = TestServer::new().await;
    let answer = server.public(Call::post("/oauth2/token").form(&form())).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_request"));
    let secret_alone = [form(), vec![("client_secret", "x")]].concat();
    let answer = server.public(Call::post("/oauth2/token").form(&secret_alone)).await.expect(400);
    assert_eq!(answer.error().as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn a_public_client_may_send_its_id_with_an_empty_password() {
    let server = TestServer::new().await;
    let (client, none) = (confidential(&server).await, public(&server).await);
    assert!(authenticated(&by_basic(&server, TARGETS[0], &none.id, "").await));
    assert!(!authenticated(&by_basic(&server, TARGETS[0], &client.id, "").await));
    assert!(!authenticated(&by_post(&server, TARGETS[0], &none.id, "anything").await));
}

#[tokio::test]
async fn a_new_secret_ends_the_old_one_and_a_deleted_client_has_none() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let target = format!("/admin/clients/{}", client.id);
    let body =
        crate::fixtures::with(crate::fixtures::metadata(&client.id), &json!({ "client_secret": "a-new-secret" }));
    server.admin(Call::put(&target).json(&body)).await.expect(200);
    assert!(!authenticated(&by_basic(&server, TARGETS[0], &client.id, &client.secret).await));
    assert!(authenticated(&by_basic(&server, TARGETS[0], &client.id, "a-new-secret").await));
    server.admin(Call::delete(&target)).await.expect(204);
    assert!(!authenticated(&by_basic(&server, TARGETS[0], &client.id, "a-new-secret").await));
}
