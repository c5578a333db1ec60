//! `client_secret` in a replacement: who proves the current secret may replace it, the registration access token alone
//! may only repeat it.

use serde_json::{Value, json};

use super::{Managed, assert_error, minimal, register};
use crate::fixtures::with;
use crate::support::{Answer, Call, TestServer};

const CHOSEN: &str = "a secret of 30 characters, new";
const FORBIDDEN: &str = "access_denied";

fn body(secret: &str) -> Value {
    with(minimal(), &json!({ "client_secret": secret, "grant_types": ["client_credentials"], "scope": "a" }))
}

async fn put_with_own(server: &TestServer, client: &Managed, secret: &str, body: &Value) -> Answer {
    server.public(Call::put(client.path()).json(body).basic(&client.id, secret)).await
}

/// Whether the client gets tokens with a secret.
async fn works(server: &TestServer, client: &Managed, secret: &str) -> bool {
    let form = [("grant_type", "client_credentials"), ("scope", "a")];
    let answer = server.public(Call::post("/oauth2/token").form(&form).basic(&client.id, secret)).await;
    assert!([200, 401].contains(&answer.status), "{}", answer.text());
    answer.status == 200
}

#[tokio::test]
async fn who_proves_the_current_secret_may_replace_it() {
    let server = TestServer::new().await;
    let client = register(&server, &with(body(""), &json!({ "client_secret": null }))).await;
    assert!(works(&server, &client, &client.secret).await);
    let answer = put_with_own(&server, &client, &client.secret, &body(CHOSEN)).await.expect(200);
    assert_eq!(answer.member("client_secret"), CHOSEN, "the new secret is echoed");
    assert!(works(&server, &client, CHOSEN).await);
    assert!(!works(&server, &client, &client.secret).await, "the old secret has ended");
    put_with_own(&server, &client, &client.secret, &body(CHOSEN)).await.expect(401);
    let read = server.public(Call::get(client.path()).basic(&client.id, CHOSEN)).await.expect(200).json();
    assert!(read.get("client_secret").is_none());
}

#[tokio::test]
async fn a_new_secret_must_be_long_and_varied() {
    let server = TestServer::new().await;
    let client = register(&server, &with(body(""), &json!({ "client_secret": null }))).await;
    let long = "x1y2z3w4".repeat(100);
    for weak in
        ["a", "short", "fifteen-chars-1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "0101010101010101010101", long.as_str()]
    {
        let answer = put_with_own(&server, &client, &client.secret, &body(weak)).await;
        assert_error(&answer, 400, "invalid_client_metadata");
        assert!(answer.member("error_description").contains("client_secret"), "{}", answer.text());
        assert!(!answer.text().contains(weak) || weak == "a", "a secret does not come back in an error");
    }
    assert!(works(&server, &client, &client.secret).await);
    server.public(client.read()).await.expect(200);
}

#[tokio::test]
async fn the_current_secret_may_be_repeated_with_either_proof() {
    let server = TestServer::new().await;
    let client = register(&server, &with(body(""), &json!({ "client_secret": null }))).await;
    let answer = put_with_own(&server, &client, &client.secret, &body(&client.secret)).await.expect(200);
    assert_eq!(answer.member("client_secret"), client.secret);
    let client = Managed { token: answer.member("registration_access_token"), ..client };
    let answer = server.public(client.replace(&body(&client.secret))).await.expect(200);
    assert_eq!(answer.member("client_secret"), client.secret);
    assert!(works(&server, &client, &client.secret).await);
}

#[tokio::test]
async fn a_short_secret_that_an_administrator_chose_may_be_repeated() {
    let server = TestServer::new().await;
    let created = server.create_client(&with(body("s3cret"), &json!({ "client_id": "c" }))).await;
    let client = Managed::new(created);
    put_with_own(&server, &client, "s3cret", &body("s3cret")).await.expect(200);
    assert!(works(&server, &client, "s3cret").await);
}

#[tokio::test]
async fn the_registration_token_alone_chooses_no_secret() {
    let server = TestServer::new().await;
    let client = register(&server, &with(body(""), &json!({ "client_secret": null }))).await;
    for secret in [CHOSEN, "x", &client.secret[1..], &format!("{}x", client.secret)] {
        let answer = server.public(client.replace(&body(secret))).await;
        assert_error(&answer, 403, FORBIDDEN);
    }
    // Nothing was changed, and the token still counts.
    assert!(works(&server, &client, &client.secret).await);
    server.public(client.read()).await.expect(200);
    // 403 comes before the metadata is looked at, as in Hydra.
    let bad = with(body(CHOSEN), &json!({ "redirect_uris": ["nowhere"] }));
    assert_error(&server.public(client.replace(&bad)).await, 403, FORBIDDEN);
    // An empty one is none.
    server.public(client.replace(&body(""))).await.expect(200);
}

#[tokio::test]
async fn a_secret_in_the_query_is_proof_of_the_current_secret() {
    let server = TestServer::new().await;
    let post = json!({ "token_endpoint_auth_method": "client_secret_post" });
    let client = register(&server, &with(minimal(), &post)).await;
    let change = with(with(minimal(), &post), &json!({ "client_secret": CHOSEN }));
    let call = Call::put(client.path()).query(&[("client_secret", &client.secret)]).json(&change);
    assert_eq!(server.public(call).await.expect(200).member("client_secret"), CHOSEN);
    server.public(Call::get(client.path()).query(&[("client_secret", &client.secret)])).await.expect(401);
    server.public(Call::get(client.path()).query(&[("client_secret", CHOSEN)])).await.expect(200);
}

#[tokio::test]
async fn a_client_that_turns_confidential_gets_a_secret() {
    let server = TestServer::new().await;
    let public =
        register(&server, &with(body(""), &json!({ "client_secret": null, "token_endpoint_auth_method": "none" })))
            .await;
    let answer = server.public(public.replace(&with(body(""), &json!({ "client_secret": null })))).await.expect(200);
    let secret = answer.member("client_secret");
    assert_eq!(secret.len(), 26);
    assert!(works(&server, &public, &secret).await);
}

#[tokio::test]
async fn no_later_answer_shows_a_secret() {
    let server = TestServer::new().await;
    let client = register(&server, &with(body(""), &json!({ "client_secret": null }))).await;
    let admin = format!("/admin/clients/{}", client.id);
    let mut answers = vec![
        server.public(client.read()).await.expect(200),
        server.admin(Call::get(&admin)).await.expect(200),
        server.admin(Call::get("/admin/clients")).await.expect(200),
        server.public(client.replace(&with(body(""), &json!({ "client_secret": null })))).await.expect(200),
    ];
    answers.push(server.admin(Call::put(&admin).json(&minimal())).await.expect(200));
    for answer in answers {
        let text = answer.text();
        assert!(!text.contains(&client.secret) && !text.contains("client_secret\""), "{text}");
        assert!(!text.contains("hmac") && !text.contains("argon2"), "{text}");
    }
}
