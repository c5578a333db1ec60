//! Key sets of administrators: made, brought, read and deleted; published where the configuration says so.

use serde_json::{Value, json};
use symbolon_jose::{Algorithm, SigningKey};

use crate::fixtures::{RACERS, count, race};
use crate::support::{Answer, Call, Listener, TestServer};

const PRIVATE_MEMBERS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];
const SET: &str = "/admin/keys/tools";

fn private_key(algorithm: Algorithm, kid: &str) -> Value {
    serde_json::to_value(SigningKey::generate(algorithm, kid.to_owned()).unwrap().to_private_jwk()).unwrap()
}

fn public_key(kid: &str) -> Value {
    serde_json::to_value(SigningKey::generate(Algorithm::ES256, kid.to_owned()).unwrap().public_jwk()).unwrap()
}

fn without(mut key: Value, members: &[&str]) -> Value {
    for member in members {
        key.as_object_mut().unwrap().remove(*member);
    }
    key
}

fn kids(answer: &Answer) -> Vec<String> {
    let set = answer.json();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn published(server: &TestServer) -> Vec<Value> {
    let set = server.public(Call::get("/.well-known/jwks.json")).await.expect(200).json();
    set["keys"].as_array().unwrap().clone()
}

async fn create(server: &TestServer, target: &str, body: &Value) -> Answer {
    server.admin(Call::post(target).json(body)).await
}

#[tokio::test]
async fn a_key_is_made_for_each_algorithm_and_read_again() {
    TestServer::each_database(async |server| {
        for algorithm in Algorithm::all() {
            let (alg, kid) = (algorithm.as_str(), format!("key-{algorithm}"));
            let answer = create(server, SET, &json!({ "alg": alg, "kid": kid, "use": "sig" })).await.expect(201);
            assert_eq!(answer.location(), SET);
            let key = answer.json()["keys"][0].clone();
            assert_eq!((&key["alg"], &key["kid"], &key["use"]), (&json!(alg), &json!(kid), &json!("sig")));
            assert!(key["d"].is_string(), "{key}");
            let read = server.admin(Call::get(format!("{SET}/{kid}"))).await.expect(200).json();
            assert_eq!(read, json!({ "keys": [key] }));
        }
        let newest_first: Vec<_> = Algorithm::all().iter().rev().map(|algorithm| format!("key-{algorithm}")).collect();
        assert_eq!(kids(&server.admin(Call::get(SET)).await.expect(200)), newest_first);
        let modulus = |key: &Value| key["keys"][0]["n"].as_str().unwrap().len();
        let key = async |kid: &str| server.admin(Call::get(format!("{SET}/{kid}"))).await.expect(200).json();
        assert_eq!(
            (modulus(&key("key-RS256").await), modulus(&key("key-PS256").await)),
            (683, 342),
            "4096 and 2048 bits"
        );
    })
    .await;
}

#[tokio::test]
async fn a_new_key_is_named_and_signs_unless_told_otherwise() {
    let server = TestServer::new().await;
    for body in [
        json!({ "alg": "ES256" }),
        json!({ "alg": "ES256", "kid": "", "use": "" }),
        json!({ "alg": "ES256", "kid": null }),
    ] {
        let key = create(&server, SET, &body).await.expect(201).json()["keys"][0].clone();
        assert_eq!((key["kid"].as_str().unwrap().len(), &key["use"]), (36, &json!("sig")));
    }
    let key =
        create(&server, SET, &json!({ "alg": "ES256", "use": "enc" })).await.expect(201).json()["keys"][0].clone();
    assert_eq!(key["use"], "enc");
}

#[tokio::test]
async fn keys_that_cannot_be_made_are_refused() {
    let server = TestServer::new().await;
    for alg in
        [json!("HS256"), json!("HS512"), json!("none"), json!(""), json!("es256"), json!("RSA-OAEP"), json!(null)]
    {
        let answer = create(&server, SET, &json!({ "alg": alg, "kid": "k" })).await.expect(400);
        assert_eq!(answer.error().as_deref(), Some("Bad Request"), "{alg}");
        assert!(answer.member("error_description").contains("ES256"), "the answer says what there is");
    }
    for body in
        ["", "{", "[]", "x", "{\"alg\":7}", "{\"alg\":\"ES256\",\"alg\":\"RS256\"}", "{\"alg\":\"ES256\",\"kid\":[]}"]
    {
        let answer = server.admin(Call::post(SET).raw(body)).await.expect(400);
        assert_eq!(
            answer.error().as_deref(),
            Some("The request was malformed or contained invalid parameters"),
            "{body}"
        );
    }
    let long = "x".repeat(300);
    for body in [json!({ "alg": "ES256", "kid": long }), json!({ "alg": "ES256", "use": long })] {
        create(&server, SET, &body).await.expect(400);
    }
    create(&server, &format!("/admin/keys/{long}"), &json!({ "alg": "ES256" })).await.expect(400);
    server.admin(Call::get(SET)).await.expect(404);
}

#[tokio::test]
async fn a_name_is_taken_once() {
    TestServer::each_database(async |server| {
        create(server, SET, &json!({ "alg": "ES256", "kid": "k" })).await.expect(201);
        create(server, SET, &json!({ "alg": "EdDSA", "kid": "k" })).await.expect(409);
        create(server, "/admin/keys/other", &json!({ "alg": "ES256", "kid": "k" })).await.expect(201);
        let calls = vec![Call::post(SET).json(&json!({ "alg": "ES256", "kid": "raced" })); RACERS];
        let answers = race(server, Listener::Admin, calls).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, RACERS - 1));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_is_404_and_deleting_it_is_204() {
    let server = TestServer::new().await;
    create(&server, SET, &json!({ "alg": "ES256", "kid": "a/b é" })).await.expect(201);
    let key = format!("{SET}/a%2Fb%20%C3%A9");
    server.admin(Call::get(&key)).await.expect(200);
    let answer = server.admin(Call::get("/admin/keys/none")).await.expect(404);
    assert_eq!(answer.error().as_deref(), Some("Not Found"));
    let answer = server.admin(Call::get(format!("{SET}/none"))).await.expect(404);
    assert_eq!(answer.error().as_deref(), Some("Unable to locate the resource"));
    for target in [key.as_str(), &key, SET, SET, "/admin/keys/none"] {
        server.admin(Call::delete(target)).await.expect(204);
    }
    server.admin(Call::get(SET)).await.expect(404);
}

#[tokio::test]
async fn a_key_that_is_brought_lacks_nothing_in_the_end() {
    let server = TestServer::new().await;
    let (whole, thin) = (public_key("body"), without(public_key("x"), &["kid", "alg", "use"]));
    let put = async |target: &str, key: &Value| server.admin(Call::put(target).json(key)).await.expect(200).json();
    assert_eq!(put(&format!("{SET}/path"), &whole).await, whole, "the kid of the key counts");
    let completed = put(&format!("{SET}/path"), &thin).await;
    assert_eq!(
        (&completed["kid"], &completed["alg"], &completed["use"]),
        (&json!("path"), &json!("ES256"), &json!("sig"))
    );
    assert_eq!(kids(&server.admin(Call::get(SET)).await.expect(200)), ["path", "body"]);
    // What is put in the place of another key is the newest.
    put(&format!("{SET}/body"), &whole).await;
    assert_eq!(kids(&server.admin(Call::get(SET)).await.expect(200)), ["body", "path"]);

    let set = server.admin(Call::put(SET).json(&json!({ "keys": [whole, thin] }))).await.expect(200);
    let thumbprint = kids(&set)[1].clone();
    assert_eq!(thumbprint.len(), 43, "without a name in the path the thumbprint is its name");
    assert_eq!(kids(&server.admin(Call::get(SET)).await.expect(200)), ["body".to_owned(), thumbprint]);
    server.admin(Call::put(SET).json(&json!({ "keys": [] }))).await.expect(200);
    server.admin(Call::get(SET)).await.expect(404);
}

#[tokio::test]
async fn keys_that_are_none_are_refused() {
    let server = TestServer::new().await;
    let good = private_key(Algorithm::ES256, "k");
    let with = |member: &str, value: Value| {
        let mut key = good.clone();
        key[member] = value;
        key
    };
    let other = private_key(Algorithm::ES256, "k");
    let table = [
        json!({}),
        json!({ "kty": "RSA" }),
        json!({ "kty": "AKP", "kid": "k", "alg": "ML-DSA-44", "use": "sig" }),
        json!({ "kty": "oct", "kid": "k", "alg": "HS256", "use": "sig" }),
        json!({ "kty": "oct", "kid": "k", "alg": "HS256", "use": "sig", "k": "c2hvcnQ" }),
        without(good.clone(), &["x"]),
        with("y", json!("AQAB")),
        with("crv", json!("P-384")),
        with("alg", json!("RS256")),
        with("k", json!("c2hvcnQ")),
        with("d", other["d"].clone()),
        with("kid", json!("x".repeat(300))),
        with("kid", json!("a\u{0}b")),
        with("use", json!("x".repeat(70))),
        with("kty", json!(7)),
        without(with("use", json!("enc")), &["alg"]),
    ];
    for key in &table {
        server.admin(Call::put(format!("{SET}/k")).json(key)).await.expect(400);
        server.admin(Call::put(SET).json(&json!({ "keys": [key] }))).await.expect(400);
    }
    for body in ["", "x", "[]", "{}", "{\"keys\":null}", "{\"keys\":{}}", "{\"keys\":[null]}"] {
        server.admin(Call::put(SET).raw(body)).await.expect(400);
    }
    let twice = json!({ "keys": [good, other] });
    server.admin(Call::put(SET).json(&twice)).await.expect(400);
    server.admin(Call::get(SET)).await.expect(404);
}

#[tokio::test]
async fn a_set_has_an_end() {
    TestServer::each_database(async |server| {
        let keys: Vec<_> = (0..100).map(|number| public_key(&number.to_string())).collect();
        let answer = server.admin(Call::put(SET).json(&json!({ "keys": keys }))).await.expect(200);
        assert_eq!(kids(&answer), kids(&server.admin(Call::get(SET)).await.expect(200)), "the first is the newest");
        create(server, SET, &json!({ "alg": "ES256" })).await.expect(400);
        server.admin(Call::put(format!("{SET}/k")).json(&public_key("new"))).await.expect(400);
        server.admin(Call::put(format!("{SET}/k")).json(&public_key("7"))).await.expect(200);
        let more: Vec<_> = (0..101).map(|number| public_key(&number.to_string())).collect();
        server.admin(Call::put(SET).json(&json!({ "keys": more }))).await.expect(400);
        assert_eq!(kids(&server.admin(Call::get(SET)).await.expect(200)).len(), 100);
    })
    .await;
}

#[tokio::test]
async fn no_private_part_leaves_where_export_is_off() {
    let server = TestServer::with(|config| config.symbolon.keys.export = false).await;
    let secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let symmetric = json!({ "kty": "oct", "kid": "s", "alg": "HS256", "use": "sig", "k": secret });
    let answers = [
        create(&server, SET, &json!({ "alg": "PS256", "kid": "a" })).await.expect(201),
        create(&server, "/admin/keys/hydra.openid.id-token", &json!({ "alg": "ES256" })).await.expect(201),
        server.admin(Call::put(format!("{SET}/b")).json(&private_key(Algorithm::EdDSA, "b"))).await.expect(200),
        server.admin(Call::put(format!("{SET}/s")).json(&symmetric)).await.expect(200),
        server.admin(Call::put("/admin/keys/more").json(&json!({ "keys": [symmetric] }))).await.expect(200),
        server.admin(Call::get(SET)).await.expect(200),
        server.admin(Call::get(format!("{SET}/a"))).await.expect(200),
        server.admin(Call::get("/admin/keys/hydra.openid.id-token")).await.expect(200),
        server.admin(Call::get("/admin/keys/hydra.jwt.access-token")).await.expect(200),
    ];
    for answer in answers {
        let body = answer.json();
        let keys = body["keys"].as_array().cloned().unwrap_or_else(|| vec![body.clone()]);
        for key in keys {
            assert!(PRIVATE_MEMBERS.iter().all(|member| key.get(*member).is_none()), "{key}");
        }
    }
}

#[tokio::test]
async fn named_sets_are_published_without_what_is_secret() {
    TestServer::each_database_with(
        |config| {
            config.webfinger.broadcast_keys = ["tools", "tools", "hydra.openid.id-token"].map(str::to_owned).to_vec();
        },
        async |server| {
            let before = published(server).await.len();
            create(server, SET, &json!({ "alg": "ES256", "kid": "shown" })).await.expect(201);
            create(server, "/admin/keys/hidden", &json!({ "alg": "ES256", "kid": "hidden" })).await.expect(201);
            let secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
            let symmetric = json!({ "kty": "oct", "kid": "symmetric", "alg": "HS256", "use": "sig", "k": secret });
            server.admin(Call::put(format!("{SET}/symmetric")).json(&symmetric)).await.expect(200);
            let keys = published(server).await;
            assert_eq!((keys.len(), &keys[before]["kid"]), (before + 1, &json!("shown")));
            for key in &keys {
                assert!(PRIVATE_MEMBERS.iter().all(|member| key.get(*member).is_none()), "{key}");
            }
            server.admin(Call::delete(SET)).await.expect(204);
            assert_eq!(published(server).await.len(), before);
        },
    )
    .await;
}

#[tokio::test]
async fn a_published_set_signs_nothing_here() {
    let server = TestServer::with(|config| config.webfinger.broadcast_keys = vec!["tools".to_owned()]).await;
    let own = server.admin(Call::get("/admin/keys/hydra.openid.id-token")).await.expect(200);
    create(&server, SET, &json!({ "alg": "RS256", "kid": "mine" })).await.expect(201);
    assert_eq!(kids(&server.admin(Call::get("/admin/keys/hydra.openid.id-token")).await.expect(200)), kids(&own));
    assert!(!kids(&own).contains(&"mine".to_owned()));
}
