//! What ends a token that rests on an ID-JAG: the client, the subject, the client's own revocation, and the operator who
//! takes the issuer or the client out of its row.

use serde_json::json;

use super::{Idp, call, client};
use crate::support::{Call, TestServer};

/// Whether a token counts.
async fn active(server: &TestServer, token: &str) -> bool {
    server.introspect(token).await["active"] == true
}

#[tokio::test]
async fn clients_and_subjects_end_what_rests_on_them() {
    let idp = Idp::new();
    let row = json!({ "subject": "aud_sub" });
    TestServer::each_database_with(
        |config| idp.on_with(config, &row),
        async |server| {
            let app = client(server, "app", &json!({})).await;
            let token = async |subject: &str| {
                idp.show(server, &app, &json!({ "aud_sub": subject }), &[]).await.expect(200).member("access_token")
            };
            let (first, of_bob) = (token("alice").await, token("bob").await);
            server.admin(Call::post("/admin/subjects/alice/sign-out")).await.expect(204);
            assert!(!active(server, &first).await && active(server, &of_bob).await);
            let second = token("alice").await;
            assert!(active(server, &second).await, "what is issued afterwards counts");
            server.public(app.form("/oauth2/revoke", &[("token", &second)])).await.expect(200);
            assert!(!active(server, &second).await);
            let revoke = Call::delete("/admin/oauth2/tokens").query(&[("client_id", "app")]);
            server.admin(revoke).await.expect(204);
            assert!(!active(server, &of_bob).await);
            let third = token("bob").await;
            server.admin(Call::delete("/admin/clients/app")).await.expect(204);
            assert!(!active(server, &third).await);
            let assertion = idp.assertion(server, &json!({ "aud_sub": "bob" }));
            let answer = server.public(call(&app, &assertion, &[])).await;
            assert_eq!(answer.expect(401).error().as_deref(), Some("invalid_client"));
        },
    )
    .await;
}

/// The operator edits the configuration and starts the server again.
#[tokio::test]
async fn an_issuer_that_is_taken_out_ends_what_it_vouched_for() {
    let idp = Idp::new();
    let (server, app) = idp.server().await;
    let token = idp.show(&server, &app, &json!({}), &[]).await.expect(200).member("access_token");
    let same = server.beside(2, |config| idp.on(config)).await;
    assert!(active(&same, &token).await);
    let without_client = server.beside(3, |config| idp.on_with(config, &json!({ "clients": ["other"] }))).await;
    assert!(!active(&without_client, &token).await);
    let renamed = server.beside(4, |config| idp.on_with(config, &json!({ "issuer": "https://new.example" }))).await;
    assert!(!active(&renamed, &token).await);
    let without = server.beside(5, |_| {}).await;
    assert!(!active(&without, &token).await);
    assert!(active(&server, &token).await);
}
