//! Back-Channel Logout: the clients of the ended sessions are told, each once, and nobody else's.

use serde_json::{Value, json};

use super::{Idp, opaque};
use crate::ciba;
use crate::client_side::{Authority, ClientServer, Reply};
use crate::fixtures::{Registered, claims, register, text, verified_claims};
use crate::support::{Call, TestServer};

async fn told(server: &TestServer, id: &str, receiver: &ClientServer) -> Registered {
    let settings = json!({ "backchannel_logout_uri": format!("{}/{id}", receiver.url) });
    register(server, id, &settings).await
}

async fn sid(server: &TestServer, client: &Registered, subject: &str) -> Value {
    let tokens = client.flow(server).subject(subject).login("remember", json!(true)).tokens().await;
    claims(text(&tokens, "id_token"))["sid"].clone()
}

#[tokio::test]
async fn every_session_is_told_to_its_clients_once() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let receiver = ClientServer::listen(Reply::Status(200)).await;
            let (one, two) = (told(server, "one", &receiver).await, told(server, "two", &receiver).await);
            let mut expected = vec![
                ("/one".to_owned(), sid(server, &one, "alice").await),
                ("/one".to_owned(), sid(server, &one, "alice").await),
                ("/two".to_owned(), sid(server, &two, "alice").await),
            ];
            let of_bob = sid(server, &one, "bob").await;
            idp.revoke(server, &opaque("alice")).await.expect(204);
            assert_eq!(server.server.deliver_logout_tokens().await, 3);
            let mut heard = Vec::new();
            for call in receiver.take() {
                let told = verified_claims(server, &call.form("logout_token").unwrap()).await;
                assert_ne!(told["sid"], of_bob);
                heard.push((call.target.clone(), told["sid"].clone()));
            }
            let by_text = |pair: &(String, Value)| format!("{} {}", pair.0, pair.1);
            expected.sort_by_key(by_text);
            heard.sort_by_key(by_text);
            assert_eq!(heard, expected);
            // A second call has nobody to tell.
            idp.revoke(server, &opaque("alice")).await.expect(204);
            assert_eq!(server.server.deliver_logout_tokens().await, 0);
        },
    )
    .await;
}

#[tokio::test]
async fn sessions_that_the_administrator_ended_silently_before_are_told_then() {
    let idp = Idp::new();
    let server = idp.server().await;
    let receiver = ClientServer::listen(Reply::Status(200)).await;
    let client = told(&server, "one", &receiver).await;
    sid(&server, &client, "alice").await;
    let end = Call::delete("/admin/oauth2/auth/sessions/login").query(&[("subject", "alice")]);
    server.admin(end).await.expect(204);
    assert_eq!(server.server.deliver_logout_tokens().await, 0, "as in Hydra");
    idp.revoke(&server, &opaque("alice")).await.expect(204);
    assert_eq!(server.server.deliver_logout_tokens().await, 1);
}

#[tokio::test]
async fn clients_that_wait_over_the_back_channel_are_told_to_fetch_the_refusal() {
    let idp = Idp::new();
    let authority = Authority::new();
    let receiver = ClientServer::listen_tls(Reply::Status(204), &authority).await;
    let server = TestServer::with(|config| {
        idp.on(config);
        ciba::on(config);
        config.symbolon.outbound.ca_file = Some(authority.file());
    })
    .await;
    let changes = json!({
        "backchannel_token_delivery_mode": "ping",
        "backchannel_client_notification_endpoint": format!("{}/ping", receiver.url),
    });
    let client = ciba::asking_client(&server, "shop", &changes).await;
    let form =
        [("scope", "openid"), ("login_hint", "alice"), ("client_notification_token", "notification-token-0123456789")];
    let asked = server.public(client.form("/oauth2/backchannel-authentication", &form)).await.expect(200).json();
    idp.revoke(&server, &opaque("alice")).await.expect(204);
    assert_eq!(server.server.send_pings().await, 1);
    assert_eq!(receiver.take().len(), 1);
    assert_eq!(ciba::poll(&server, &client, &asked).await.expect(400).error().as_deref(), Some("access_denied"));
}
