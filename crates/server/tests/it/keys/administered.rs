//! Our own two sets of keys, as an administrator changes them by hand.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};

use super::{client_of, id_token, kid, published};
use crate::fixtures::{self, RACERS, count, race, verified_claims};
use crate::support::{Call, Listener, TestServer};

const ID_TOKEN: &str = "/admin/keys/hydra.openid.id-token";
const ACCESS_TOKEN: &str = "/admin/keys/hydra.jwt.access-token";

fn private_key(algorithm: Algorithm, kid: &str) -> Value {
    serde_json::to_value(SigningKey::generate(algorithm, kid.to_owned()).unwrap().to_private_jwk()).unwrap()
}

#[tokio::test]
async fn a_new_key_signs_at_once_and_the_old_one_stays_published() {
    TestServer::each_database(async |server| {
        let client = client_of(server, "ES256").await;
        let before = id_token(server, &client).await;
        let answer =
            server.admin(Call::post(ID_TOKEN).json(&json!({ "alg": "ES256", "kid": "mine" }))).await.expect(201);
        assert_eq!(answer.json()["keys"][0]["kid"], "mine");
        assert!(answer.json()["keys"][0]["d"].is_string());
        assert_eq!(kid(&id_token(server, &client).await), "mine");
        verified_claims(server, &before).await;
        for target in [ID_TOKEN, ACCESS_TOKEN] {
            server.admin(Call::post(target).json(&json!({ "alg": "RS256", "kid": "mine" }))).await.expect(409);
        }
    })
    .await;
}

#[tokio::test]
async fn keys_that_would_not_sign_are_refused() {
    let server = TestServer::new().await;
    let before = published(&server).await;
    for body in [
        json!({ "alg": "ES384" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "ES256", "use": "enc" }),
        json!({ "alg": "ES256", "kid": "x".repeat(300) }),
    ] {
        server.admin(Call::post(ID_TOKEN).json(&body)).await.expect(400);
    }
    server.admin(Call::post(ACCESS_TOKEN).json(&json!({ "alg": "ES256" }))).await.expect(400);
    let public =
        serde_json::to_value(SigningKey::generate(Algorithm::ES256, "p".to_owned()).unwrap().public_jwk()).unwrap();
    let secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let mut encrypts = private_key(Algorithm::ES256, "e");
    encrypts["use"] = json!("enc");
    for key in [
        public,
        json!({ "kty": "oct", "kid": "s", "alg": "HS256", "use": "sig", "k": secret }),
        private_key(Algorithm::ES384, "k"),
        encrypts,
    ] {
        server.admin(Call::put(format!("{ID_TOKEN}/k")).json(&key)).await.expect(400);
        server.admin(Call::put(ID_TOKEN).json(&json!({ "keys": [key] }))).await.expect(400);
    }
    assert_eq!(published(&server).await, before);
}

#[tokio::test]
async fn a_key_that_is_brought_signs_and_its_old_tokens_stay_valid() {
    TestServer::each_database(async |server| {
        let (client, key) = (client_of(server, "ES256").await, private_key(Algorithm::ES256, "from-elsewhere"));
        let before = id_token(server, &client).await;
        server.admin(Call::put(format!("{ID_TOKEN}/from-elsewhere")).json(&key)).await.expect(200);
        assert_eq!(kid(&id_token(server, &client).await), "from-elsewhere");
        verified_claims(server, &before).await;

        // An ID token that was signed before the move is a hint here.
        let elsewhere: symbolon_jose::Jwk = serde_json::from_value(key.clone()).unwrap();
        let claims =
            json!({ "iss": "http://127.0.0.1:4444/", "sub": "somebody", "aud": [client.id], "exp": 1, "iat": 1 });
        let signer = SigningKey::from_jwk(&elsewhere).unwrap();
        let mut claims = claims;
        claims["iss"] =
            server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json()["issuer"].clone();
        let hint = signer.sign(Some("JWT"), &claims).unwrap();
        let mut flow = client.flow(server).parameter("id_token_hint", &hint);
        assert!(flow.authorize().await.expect(302).location().contains("login_challenge="));

        // The same key again changes nothing, another one of its name is refused.
        server.admin(Call::put(format!("{ID_TOKEN}/from-elsewhere")).json(&key)).await.expect(200);
        let forged = private_key(Algorithm::ES256, "from-elsewhere");
        server.admin(Call::put(format!("{ID_TOKEN}/from-elsewhere")).json(&forged)).await.expect(409);
        assert_eq!(kid(&id_token(server, &client).await), "from-elsewhere");
    })
    .await;
}

#[tokio::test]
async fn a_whole_set_is_taken_along() {
    TestServer::each_database(async |server| {
        let client = client_of(server, "ES256").await;
        let old = kid(&id_token(server, &client).await);
        let keys = [private_key(Algorithm::ES256, "newest"), private_key(Algorithm::ES256, "older")];
        server.admin(Call::put(ID_TOKEN).json(&json!({ "keys": keys }))).await.expect(200);
        assert_eq!(kid(&id_token(server, &client).await), "newest", "the first one signs");
        let after = published(server).await;
        assert!(after.contains(&"older".to_owned()) && !after.contains(&old));
        // The algorithms that the set lacks have new keys.
        id_token(server, &client_of(server, "EdDSA").await).await;
        let set = server.admin(Call::get(ID_TOKEN)).await.expect(200).json();
        assert_eq!(set["keys"].as_array().unwrap().len(), 5);
        assert_eq!(set["keys"][0]["alg"], "RS256", "the default algorithm comes first");
    })
    .await;
}

#[tokio::test]
async fn there_is_always_a_key_that_signs() {
    TestServer::each_database(async |server| {
        let client = fixtures::confidential(server).await;
        let token = id_token(server, &client).await;
        let key = format!("{ID_TOKEN}/{}", kid(&token));
        server.admin(Call::get(&key)).await.expect(200);
        server.admin(Call::delete(&key)).await.expect(204);
        server.admin(Call::get(&key)).await.expect(404);
        assert_ne!(kid(&id_token(server, &client).await), kid(&token));
        assert!(!published(server).await.contains(&kid(&token)));
        let mut flow = client.flow(server).parameter("id_token_hint", &token);
        assert!(!flow.authorize().await.location().contains("login_challenge="), "what it signed counts no more");

        for target in [ID_TOKEN, ACCESS_TOKEN] {
            let before = published(server).await.len();
            server.admin(Call::delete(target)).await.expect(204);
            assert_eq!(published(server).await.len(), before);
        }
        server.admin(Call::put(ID_TOKEN).json(&json!({ "keys": [] }))).await.expect(200);
        assert_ne!(kid(&id_token(server, &client).await), kid(&token));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_keys_that_are_brought_at_once_one_signs_and_all_are_published() {
    TestServer::each_database(async |server| {
        let client = client_of(server, "ES256").await;
        let keys: Vec<_> = (0..RACERS).map(|number| private_key(Algorithm::ES256, &format!("k{number}"))).collect();
        let calls = keys.iter().map(|key| Call::put(format!("{ID_TOKEN}/k")).json(key)).collect();
        assert_eq!(count(&race(server, Listener::Admin, calls).await, 200), RACERS);
        let signer = kid(&id_token(server, &client).await);
        let known = published(server).await;
        assert!((0..RACERS).all(|number| known.contains(&format!("k{number}"))));
        let next = server.admin(Call::post("/admin/signing-keys/rotate").json(&json!({ "alg": "ES256" }))).await;
        let replaces = next.expect(200).json()["keys"][0]["replaces"].clone();
        assert_eq!((replaces.as_array().unwrap().len(), &replaces[0]["kid"]), (1, &json!(signer)), "one was active");
    })
    .await;
}

#[tokio::test]
async fn another_node_learns_of_a_key_that_was_brought() {
    TestServer::two_nodes(async |one, other| {
        let client = client_of(one, "ES256").await;
        let key = private_key(Algorithm::ES256, "brought");
        one.admin(Call::put(format!("{ID_TOKEN}/brought")).json(&key)).await.expect(200);
        other.server.keep_house().await;
        assert_eq!(kid(&id_token(other, &client).await), "brought");
    })
    .await;
}

#[tokio::test]
async fn the_published_keys_have_an_end() {
    let server = TestServer::new().await;
    let body = json!({ "alg": "ES256" });
    let mut made = 0;
    while server.admin(Call::post(ID_TOKEN).json(&body)).await.status == 201 {
        made += 1;
        assert!(made <= 100);
    }
    let full = server.admin(Call::post(ID_TOKEN).json(&body)).await.expect(400);
    assert!(full.member("error_description").contains("100"), "{}", full.text());
    server.admin(Call::put(format!("{ID_TOKEN}/k")).json(&private_key(Algorithm::ES256, "k"))).await.expect(400);
}
