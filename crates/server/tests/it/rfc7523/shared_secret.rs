//! `client_secret_jwt` (OpenID Connect Core §9): assertions with a MAC under the client's secret, and what is no such thing.

use aws_lc_rs::hmac;
use serde_json::{Value, json};
use symbolon_jose::{Algorithm, digest};

use super::{JWT_BEARER, Signer, signing_client, token_request};
use crate::fixtures::{RACERS, count, metadata, race, register, signing_key, text, with};
use crate::support::{Answer, Call, Listener, TestServer};

const METHOD: &str = "client_secret_jwt";
const CHOSEN: &str = "a secret of more than sixty-four characters that an administrator chose";

/// Metadata of a client that authenticates so.
pub(crate) fn changes(algorithm: &str) -> Value {
    json!({ "token_endpoint_auth_method": METHOD, "token_endpoint_auth_signing_alg": algorithm })
}

fn claims(server: &TestServer, more: &Value) -> Value {
    let now = server.clock.now();
    let jti = digest::base64url(&digest::sha256(format!("{more}{now}").as_bytes()));
    let claims =
        json!({ "iss": "app", "sub": "app", "aud": server.public_url(), "jti": jti, "iat": now, "exp": now + 60 });
    with(claims, more)
}

/// An assertion with a MAC.
pub(crate) fn mac(algorithm: &str, secret: &[u8], claims: &Value) -> String {
    let header = json!({ "alg": algorithm });
    let input = [&header, claims].map(|part| digest::base64url(part.to_string().as_bytes())).join(".");
    let hmac_algorithm = match algorithm {
        "HS384" => hmac::HMAC_SHA384,
        "HS512" => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    let tag = hmac::sign(&hmac::Key::new(hmac_algorithm, secret), input.as_bytes());
    format!("{input}.{}", digest::base64url(tag.as_ref()))
}

pub(crate) async fn show(server: &TestServer, algorithm: &str, secret: &str, more: &Value) -> Answer {
    server.public(token_request(&mac(algorithm, secret.as_bytes(), &claims(server, more)))).await
}

fn outcome(answer: &Answer) -> (u16, String) {
    (answer.status, answer.error().unwrap_or_default())
}

fn refused() -> (u16, String) {
    (401, "invalid_client".to_owned())
}

async fn put(server: &TestServer, changes: &Value) -> Answer {
    server.admin(Call::put("/admin/clients/app").json(&with(metadata("app"), changes))).await
}

#[tokio::test]
async fn a_client_authenticates_with_the_algorithm_that_it_registered_and_no_other() {
    TestServer::each_database(async |server| {
        for registered in ["", "HS256", "HS384", "HS512"] {
            let secret = register(server, "app", &changes(registered)).await.secret;
            assert_eq!(secret.len(), 64);
            let expected = if registered.is_empty() { "HS256" } else { registered };
            for used in ["HS256", "HS384", "HS512"] {
                let answer = show(server, used, &secret, &json!({ "jti": format!("{registered}{used}") })).await;
                let wanted = if used == expected { (200, String::new()) } else { refused() };
                assert_eq!(outcome(&answer), wanted, "{registered} {used}");
            }
            server.admin(Call::delete("/admin/clients/app")).await.expect(204);
        }
    })
    .await;
}

#[tokio::test]
async fn the_claims_are_checked_like_those_of_signed_assertions() {
    let server = TestServer::new().await;
    let secret = register(&server, "app", &changes("HS256")).await.secret;
    let now = server.clock.now();
    for more in [
        json!({ "iss": "another" }),
        json!({ "iss": null }),
        json!({ "sub": "another" }),
        json!({ "sub": null }),
        json!({ "aud": null }),
        json!({ "aud": [server.public_url(), "https://elsewhere.example"] }),
        json!({ "jti": null }),
        json!({ "jti": "" }),
        json!({ "exp": null }),
        json!({ "exp": now }),
        json!({ "exp": now + 3601 }),
        json!({ "nbf": now + 16 }),
        json!({ "iat": "now" }),
    ] {
        assert_eq!(outcome(&show(&server, "HS256", &secret, &more).await), refused(), "{more}");
    }
    let once = json!({ "jti": "once" });
    show(&server, "HS256", &secret, &once).await.expect(200);
    assert_eq!(outcome(&show(&server, "HS256", &secret, &once).await), refused());
}

#[tokio::test]
async fn a_public_key_is_no_secret_and_a_secret_no_key() {
    let server = TestServer::new().await;
    let (key, jwk) = signing_key(Algorithm::RS256, "k1");
    signing_client(&server, "app", &jwk, json!({})).await;
    let good = claims(&server, &json!({}));
    let modulus = digest::base64url_decode(jwk["n"].as_str().unwrap()).unwrap();
    let members = jwk.to_string();
    for secret in [modulus.as_slice(), members.as_bytes(), jwk["n"].as_str().unwrap().as_bytes(), &[0; 64]] {
        for algorithm in ["HS256", "HS384", "HS512"] {
            let answer = server.public(token_request(&mac(algorithm, secret, &good))).await;
            assert_eq!(outcome(&answer), refused());
        }
    }
    server.admin(Call::delete("/admin/clients/app")).await.expect(204);
    let secret = register(&server, "app", &with(changes("HS256"), &json!({ "jwks": { "keys": [jwk] } }))).await.secret;
    // Its own key signs nothing for a client that registered a secret.
    let signer = Signer::new(&server, key);
    assert_eq!(outcome(&server.public(token_request(&signer.sign(&signer.claims("app")))).await), refused());
    let input = [json!({ "alg": "none" }), good].map(|part| digest::base64url(part.to_string().as_bytes())).join(".");
    assert_eq!(outcome(&server.public(token_request(&format!("{input}."))).await), refused());
    for short in ["", "HS256", &secret[..63], "app"] {
        assert_eq!(outcome(&show(&server, "HS256", short, &json!({})).await), refused(), "{short}");
    }
    show(&server, "HS256", &secret, &json!({})).await.expect(200);
}

#[tokio::test]
async fn the_secret_itself_is_not_taken_and_other_clients_cannot_make_macs() {
    let server = TestServer::new().await;
    let client = register(&server, "app", &changes("HS256")).await;
    let form = [("grant_type", "client_credentials")];
    let basic = Call::post("/oauth2/token").form(&form).basic("app", &client.secret);
    let mut in_body = form.to_vec();
    in_body.extend([("client_id", "app"), ("client_secret", &client.secret)]);
    for call in [basic, Call::post("/oauth2/token").form(&in_body)] {
        assert_eq!(outcome(&server.public(call).await), refused());
    }
    let hashed = json!({ "client_id": "hashed", "client_secret": CHOSEN });
    server.create_client(&with(metadata("hashed"), &hashed)).await;
    for id in ["hashed", "nobody"] {
        let answer = show(&server, "HS256", CHOSEN, &json!({ "iss": id, "sub": id })).await;
        assert_eq!(outcome(&answer), refused(), "{id}");
    }
}

#[tokio::test]
async fn rotated_secrets_are_accepted_until_they_are_dropped() {
    let server = TestServer::new().await;
    let old = register(&server, "app", &changes("HS512")).await.secret;
    let rotate = "/admin/clients/app/secrets/rotate";
    let new = server.admin(Call::post(rotate)).await.expect(200).member("client_secret");
    assert_eq!(new.len(), 64);
    for (number, secret) in [&old, &new].into_iter().enumerate() {
        show(&server, "HS512", secret, &json!({ "jti": format!("both {number}") })).await.expect(200);
    }
    server.admin(Call::delete(rotate)).await.expect(200);
    assert_eq!(outcome(&show(&server, "HS512", &old, &json!({ "jti": "old" })).await), refused());
    show(&server, "HS512", &new, &json!({ "jti": "new" })).await.expect(200);
}

#[tokio::test]
async fn a_secret_is_long_enough_for_the_algorithm() {
    let server = TestServer::new().await;
    for (algorithm, least) in [("", 32), ("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        for (length, status) in [(least - 1, 400), (least, 201)] {
            let own = json!({ "client_secret": &CHOSEN[..length], "client_id": format!("{algorithm}{length}") });
            let body = with(with(metadata("app"), &changes(algorithm)), &own);
            server.admin(Call::post("/admin/clients").json(&body)).await.expect(status);
        }
    }
    register(&server, "app", &with(changes("HS256"), &json!({ "client_secret": &CHOSEN[..32] }))).await;
    put(&server, &changes("HS512")).await.expect(400);
    put(&server, &with(changes("HS512"), &json!({ "client_secret": CHOSEN }))).await.expect(200);
    show(&server, "HS512", CHOSEN, &json!({})).await.expect(200);
    for algorithm in ["RS256", "ES256", "none", "hs256"] {
        put(&server, &changes(algorithm)).await.expect(400);
    }
}

#[tokio::test]
async fn a_change_of_the_form_in_which_secrets_are_kept_needs_another_secret() {
    let server = TestServer::new().await;
    let hashed = register(&server, "app", &json!({})).await.secret;
    let sealed = put(&server, &changes("HS256")).await.expect(200).member("client_secret");
    assert_ne!(sealed, hashed);
    show(&server, "HS256", &sealed, &json!({})).await.expect(200);
    // Without such a change the secret stays, and is not shown again.
    assert!(put(&server, &changes("HS256")).await.expect(200).json().get("client_secret").is_none());
    show(&server, "HS256", &sealed, &json!({ "jti": "kept" })).await.expect(200);
    let again = put(&server, &json!({})).await.expect(200).member("client_secret");
    let form = [("grant_type", "client_credentials")];
    for (secret, status) in [(&hashed, 401), (&sealed, 401), (&again, 200)] {
        server.public(Call::post("/oauth2/token").form(&form).basic("app", secret)).await.expect(status);
    }
}

#[tokio::test]
async fn a_client_registers_itself_so_and_manages_itself_by_its_token() {
    let server = TestServer::new().await;
    let body = json!({ "token_endpoint_auth_method": METHOD });
    let made = server.public(Call::post("/oauth2/register").json(&body)).await.expect(201).json();
    assert_eq!(made["token_endpoint_auth_signing_alg"], "HS256");
    let (id, secret, token) =
        (text(&made, "client_id"), text(&made, "client_secret"), text(&made, "registration_access_token"));
    let path = format!("/oauth2/register/{id}");
    server.public(Call::get(&path).basic(id, secret)).await.expect(401);
    let read = server.public(Call::get(&path).bearer(token)).await.expect(200).json();
    assert!(read.get("client_secret").is_none(), "{read}");
    let repeated = json!({ "client_id": id, "token_endpoint_auth_method": METHOD, "client_secret": secret });
    let other = with(repeated.clone(), &json!({ "client_secret": CHOSEN }));
    server.public(Call::put(&path).json(&other).bearer(token)).await.expect(403);
    server.public(Call::put(&path).json(&repeated).bearer(token)).await.expect(200);
    let assertion = mac("HS256", secret.as_bytes(), &claims(&server, &json!({ "iss": id, "sub": id })));
    let form = [("token", "x"), ("client_assertion_type", JWT_BEARER), ("client_assertion", &assertion)];
    server.public(Call::post("/oauth2/revoke").form(&form)).await.expect(200);
}

#[tokio::test]
async fn wrong_macs_are_counted_like_wrong_secrets_and_right_ones_are_not_held_up() {
    let server = TestServer::with(|config| config.symbolon.limits.client_secret_attempts_per_minute = 3).await;
    let secret = register(&server, "app", &changes("HS256")).await.secret;
    for id in ["app", "nobody"] {
        for (number, status) in [401, 401, 401, 429, 429].into_iter().enumerate() {
            let more = json!({ "iss": id, "sub": id, "jti": number });
            show(&server, "HS256", CHOSEN, &more).await.expect(status);
        }
    }
    show(&server, "HS256", &secret, &json!({})).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_uses_of_a_jti_at_once_exactly_one_succeeds() {
    TestServer::each_database(async |server| {
        let secret = register(server, "app", &changes("HS256")).await.secret;
        let assertion = mac("HS256", secret.as_bytes(), &claims(server, &json!({})));
        let answers = race(server, Listener::Public, vec![token_request(&assertion); RACERS]).await;
        assert_eq!(count(&answers, 200), 1);
        let known = answers.iter().filter(|answer| answer.status == 401 && answer.text().contains("used before"));
        assert_eq!(known.count(), RACERS - 1);
    })
    .await;
}
