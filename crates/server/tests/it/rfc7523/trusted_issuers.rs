//! Whom the administrator trusts to make assertions: created, read, listed and deleted over the admin port.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::grants::{ISSUER, distrust, trust, trusted};
use crate::fixtures::{RACERS, count, race, signing_key, with};
use crate::support::{Call, Listener, TestServer};

const ISSUERS: &str = "/admin/trust/grants/jwt-bearer/issuers";

fn key(kid: &str) -> Value {
    signing_key(Algorithm::ES256, kid).1
}

async fn ids(server: &TestServer, query: &[(&str, &str)]) -> Vec<String> {
    let list = server.admin(Call::get(ISSUERS).query(query)).await.expect(200).json();
    list.as_array().unwrap().iter().map(|trusted| trusted["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_was_created_is_read_and_listed_and_deleted() {
    TestServer::each_database(async |server| {
        let until = json!({ "expires_at": "2030-01-01T01:30:00.75+01:30" });
        let answer = server.admin(Call::post(ISSUERS).json(&trusted(&key("k"), &until))).await.expect(201);
        let made = answer.json();
        let id = made["id"].as_str().unwrap();
        assert_eq!(answer.header("location"), Some(format!("{ISSUERS}/{id}").as_str()));
        let expected = json!({
            "id": id,
            "issuer": ISSUER,
            "subject": "bob",
            "allow_any_subject": false,
            "scope": ["openid", "offline", "photos.read", "beyond.the.client"],
            "public_key": { "set": ISSUER, "kid": "k" },
            "created_at": made["created_at"],
            "expires_at": "2030-01-01T00:00:00Z",
        });
        assert_eq!(made, expected);
        let path = format!("{ISSUERS}/{id}");
        assert_eq!(server.admin(Call::get(&path)).await.expect(200).json(), expected);
        assert_eq!(server.admin(Call::get(ISSUERS)).await.expect(200).json(), json!([expected]));
        server.admin(Call::delete(&path)).await.expect(204);
        server.admin(Call::delete(&path)).await.expect(404);
        server.admin(Call::get(&path)).await.expect(404);
        assert_eq!(ids(server, &[]).await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_or_bad_is_refused() {
    let server = TestServer::new().await;
    let (private, _) = signing_key(Algorithm::ES256, "private");
    let private = serde_json::to_value(private.to_private_jwk()).unwrap();
    let weak = json!({ "kty": "RSA", "kid": "weak", "n": "AQAB", "e": "AQAB" });
    let symmetric = json!({ "kty": "oct", "kid": "s", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0" });
    let table = [
        json!({ "issuer": null }),
        json!({ "issuer": "" }),
        json!({ "issuer": 7 }),
        json!({ "issuer": "i".repeat(3_000) }),
        json!({ "issuer": "https://issuer.example\0" }),
        json!({ "subject": null }),
        json!({ "subject": "" }),
        json!({ "subject": ["bob"] }),
        json!({ "subject": "b".repeat(3_000) }),
        json!({ "allow_any_subject": true }),
        json!({ "allow_any_subject": "yes" }),
        json!({ "scope": "photos.read" }),
        json!({ "scope": ["two words"] }),
        json!({ "scope": [""] }),
        json!({ "scope": ["a\"b"] }),
        json!({ "scope": ["s".repeat(600)] }),
        json!({ "scope": (0..1_001).map(|number| format!("s{number}")).collect::<Vec<_>>() }),
        json!({ "jwk": null }),
        json!({ "jwk": {} }),
        json!({ "jwk": "key" }),
        json!({ "jwk": [key("k")] }),
        json!({ "jwk": { "keys": [key("k")] } }),
        json!({ "jwk": with(key("k"), &json!({ "kid": null })) }),
        json!({ "jwk": with(key("k"), &json!({ "kid": "" })) }),
        json!({ "jwk": with(key("k"), &json!({ "kid": "k".repeat(3_000) })) }),
        json!({ "jwk": with(key("k"), &json!({ "use": "enc" })) }),
        json!({ "jwk": with(key("k"), &json!({ "alg": "HS256" })) }),
        json!({ "jwk": with(key("k"), &json!({ "alg": "none" })) }),
        json!({ "jwk": with(key("k"), &json!({ "x": "AAAA" })) }),
        json!({ "jwk": private }),
        json!({ "jwk": symmetric }),
        json!({ "jwk": weak }),
        json!({ "expires_at": null }),
        json!({ "expires_at": "" }),
        json!({ "expires_at": "soon" }),
        json!({ "expires_at": 1_900_000_000 }),
    ];
    for changes in table {
        let answer = server.admin(Call::post(ISSUERS).json(&trusted(&key("k"), &changes))).await;
        assert_eq!(answer.status, 400, "{changes}: {}", answer.text());
        for secret in ["c2VjcmV0LXNlY3JldC", private["d"].as_str().unwrap()] {
            assert!(!answer.text().contains(secret), "{}", answer.text());
        }
    }
    for body in ["", "{", "[]", "7"] {
        server.admin(Call::post(ISSUERS).raw(body)).await.expect(400);
    }
    assert_eq!(ids(&server, &[]).await, [""; 0]);
}

#[tokio::test]
async fn the_longest_names_fit_together() {
    TestServer::each_database(async |server| {
        let random = symbolon_jose::Rng::seeded(7).token(3 * 768);
        let [issuer, subject, kid] = [0, 768, 1_536].map(|begin| &random[begin..begin + 768]);
        let body = |more: &str| {
            let longer = |name: &str, text: &str| if name == more { format!("{text}x") } else { text.to_owned() };
            let changes = json!({ "issuer": longer("issuer", issuer), "subject": longer("subject", subject) });
            trusted(&key(&longer("kid", kid)), &changes)
        };
        server.admin(Call::post(ISSUERS).json(&body(""))).await.expect(201);
        for member in ["issuer", "subject", "kid"] {
            let refused = server.admin(Call::post(ISSUERS).json(&body(member))).await.expect(400);
            assert!(refused.member("error_description").contains(member), "{}", refused.text());
        }
    })
    .await;
}

#[tokio::test]
async fn an_issuer_has_one_trust_for_a_subject_and_a_key() {
    TestServer::each_database(async |server| {
        let any = json!({ "subject": null, "allow_any_subject": true });
        for changes in [json!({}), json!({ "subject": "carol" }), json!({ "issuer": "https://other.example" }), any] {
            trust(server, &trusted(&key("k"), &changes)).await;
            // Another key of the same name is no other trust.
            server.admin(Call::post(ISSUERS).json(&trusted(&key("k"), &changes))).await.expect(409);
            trust(server, &trusted(&key("k2"), &changes)).await;
        }
        let first = &ids(server, &[("issuer", "https://other.example")]).await[0];
        distrust(server, first).await;
        assert_eq!(ids(server, &[]).await.len(), 7);
    })
    .await;
}

#[tokio::test]
async fn lists_come_in_pages_and_by_issuer() {
    TestServer::each_database(async |server| {
        for number in 0..5 {
            let issuer = format!("https://issuer-{}.example", number % 2);
            trust(server, &trusted(&key(&format!("k{number}")), &json!({ "issuer": issuer }))).await;
        }
        let all = ids(server, &[]).await;
        assert_eq!(all.len(), 5);
        assert_eq!(ids(server, &[("issuer", "https://issuer-0.example")]).await.len(), 3);
        assert_eq!(ids(server, &[("issuer", "https://issuer-2.example")]).await, [""; 0]);
        let (mut seen, mut target) = (Vec::new(), format!("{ISSUERS}?page_size=2"));
        for size in [2, 2, 1] {
            let answer = server.admin(Call::get(&target)).await.expect(200);
            let page = answer.json();
            assert_eq!(page.as_array().unwrap().len(), size);
            seen.extend(page.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()));
            let link = answer.header("link").unwrap().to_owned();
            assert_eq!(link.contains("rel=\"next\""), size == 2, "{link}");
            target = link.rsplit('<').next().unwrap().split('>').next().unwrap().to_owned();
        }
        assert_eq!(seen, all);
        server.admin(Call::get(ISSUERS).query(&[("page_token", "x")])).await.expect(400);
        server.admin(Call::get(ISSUERS).query(&[("page_size", "x")])).await.expect(400);
    })
    .await;
}

#[tokio::test]
async fn ids_are_uuids() {
    let server = TestServer::new().await;
    for (id, status) in [
        ("00000000-0000-4000-8000-000000000000", 404),
        ("nope", 400),
        ("00000000-0000-4000-8000-00000000000g", 400),
        ("00000000000040008000000000000000", 400),
        ("%00", 400),
    ] {
        for call in [Call::get(format!("{ISSUERS}/{id}")), Call::delete(format!("{ISSUERS}/{id}"))] {
            server.admin(call).await.expect(status);
        }
    }
    server.public(Call::get(ISSUERS)).await.expect(404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_creations_and_deletions_at_once_exactly_one_succeeds() {
    TestServer::each_database(async |server| {
        let body = trusted(&key("k"), &json!({}));
        let calls = vec![Call::post(ISSUERS).json(&body); RACERS];
        let answers = race(server, Listener::Admin, calls).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, RACERS - 1));
        let id = &ids(server, &[]).await[0];
        let answers = race(server, Listener::Admin, vec![Call::delete(format!("{ISSUERS}/{id}")); RACERS]).await;
        assert_eq!((count(&answers, 204), count(&answers, 404)), (1, RACERS - 1));
    })
    .await;
}
