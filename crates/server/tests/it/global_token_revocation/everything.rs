//! What one call ends: everything of the person, however it was obtained and however far it has come; and nothing of anybody
//! else.

use serde_json::json;

use super::{Idp, opaque};
use crate::ciba;
use crate::endings::consents;
use crate::every_grant::{Asked, Way, access_token};
use crate::fixtures::{confidential, text};
use crate::rfc8628::{DeviceFlow, device_client};
use crate::rfc9700::epochs::{STAGES, everything, interrupted};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn access_tokens_of_every_grant_end() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let mut tokens = Vec::new();
            for way in Way::ALL {
                tokens.push((way, access_token(server, way, &Asked::default()).await.1));
            }
            for (way, token) in &tokens {
                assert_eq!(server.introspect(token).await["active"], true, "{way:?}");
            }
            idp.revoke(server, &opaque("alice")).await.expect(204);
            for (way, token) in &tokens {
                let active = server.introspect(token).await["active"] == true;
                assert_eq!(active, *way == Way::ClientCredentials, "{way:?}: a client is no person");
            }
        },
    )
    .await;
}

#[tokio::test]
async fn sessions_codes_refresh_tokens_and_consents_end_and_of_nobody_else() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let client = confidential(server).await;
            let bystander = everything(server, client.clone(), "bob").await;
            let ended = everything(server, client.clone(), "alice").await;
            assert!(!consents(server, "alice").await.is_empty());
            idp.revoke(server, &opaque("alice")).await.expect(204);
            ended.assert_user_is_out(server).await;
            assert_eq!(ended.silent_visit().await, "client login_required");
            assert!(consents(server, "alice").await.is_empty());
            assert!(!ended.consent_after_login(server).await, "what was agreed to is asked again");
            assert!(ended.is_machine_in(server).await);
            bystander.assert_user_is_in(server).await;
            assert_eq!(bystander.silent_visit().await, "login");
            assert!(bystander.consent_after_login(server).await);
            // Whoever logs in afterwards, within the same second, is in.
            let again = everything(server, client, "alice").await;
            again.assert_user_is_in(server).await;
            ended.assert_user_is_out(server).await;
        },
    )
    .await;
}

#[tokio::test]
async fn flows_in_progress_end_at_every_stage() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let client = confidential(server).await;
            for stage in STAGES {
                // Of somebody who was never here before, too: nothing is known of them, and nothing goes on.
                for (subject, status) in [("alice", 204), ("new", 404)] {
                    let mut flow = client.flow(server).subject(subject);
                    if status == 204 {
                        client.flow(server).subject(subject).tokens().await;
                    }
                    let end = async || drop(idp.revoke(server, &opaque(subject)).await.expect(status));
                    assert_eq!(
                        interrupted(&mut flow, stage, end).await,
                        "client login_required",
                        "{subject} at {stage:?}"
                    );
                }
            }
        },
    )
    .await;
}

#[tokio::test]
async fn what_devices_wait_for_ends() {
    let idp = Idp::new();
    TestServer::each_database_with(
        |config| idp.on(config),
        async |server| {
            let client = device_client(server).await;
            let mut answered = DeviceFlow::new(server, &client);
            let answered_codes = answered.ask().await;
            answered.connect(&answered_codes).await.expect(302);
            let mut at_consent = DeviceFlow::new(server, &client);
            let at_consent_codes = at_consent.ask().await;
            let verifier = at_consent.to_verifier(&at_consent_codes).await;
            let mut of_bob = DeviceFlow::new(server, &client);
            of_bob.application.login = json!({ "subject": "bob" });
            let codes_of_bob = of_bob.ask().await;
            of_bob.connect(&codes_of_bob).await.expect(302);
            idp.revoke(server, &opaque("alice")).await.expect(204);
            assert_eq!(answered.hears(&answered_codes).await, "invalid_grant");
            let back = at_consent.browser.get(&verifier).await.expect(302);
            assert_eq!(back.location_parameter("error").as_deref(), Some("login_required"), "{}", back.location());
            assert!(
                ["access_denied", "authorization_pending"]
                    .contains(&at_consent.hears(&at_consent_codes).await.as_str())
            );
            of_bob.poll(&codes_of_bob).await.expect(200);
        },
    )
    .await;
}

#[tokio::test]
async fn requests_over_the_back_channel_end_answered_or_not() {
    let idp = Idp::new();
    let on = |config: &mut symbolon_server::config::Config| {
        idp.on(config);
        ciba::on(config);
    };
    TestServer::each_database_with(on, async |server| {
        let client = ciba::asking_client(server, "shop", &json!({})).await;
        let waiting = ciba::ask(server, &client).await;
        let accepted = ciba::ask(server, &client).await;
        ciba::accept(server, &accepted).await;
        let fetched = ciba::ask(server, &client).await;
        ciba::accept(server, &fetched).await;
        let tokens = ciba::poll(server, &client, &fetched).await.expect(200).json();
        let form = [("scope", "openid"), ("login_hint", "bob")];
        let of_bob = server.public(client.form("/oauth2/backchannel-authentication", &form)).await.expect(200).json();
        idp.revoke(server, &opaque("alice")).await.expect(204);
        let hears = async |asked| ciba::poll(server, &client, asked).await.expect(400).error().unwrap();
        assert_eq!(hears(&waiting).await, "access_denied");
        assert_eq!(hears(&accepted).await, "invalid_grant");
        assert_eq!(hears(&of_bob).await, "authorization_pending");
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["active"], false);
        let query = [("subject", "alice")];
        let listed = server.admin(Call::get("/admin/oauth2/auth/requests/backchannel").query(&query)).await;
        assert_eq!(listed.expect(200).json(), json!([]), "nobody is asked any more");
        assert_eq!(server.server.send_pings().await, 0, "and nobody is told who did not want to be");
    })
    .await;
}

#[tokio::test]
async fn what_one_node_ends_is_over_on_the_other() {
    let idp = Idp::new();
    TestServer::two_nodes_with(
        |config| idp.on(config),
        async |one, other| {
            let client = confidential(one).await;
            let ended = everything(one, client.clone(), "alice").await;
            ended.assert_user_is_in(other).await;
            idp.revoke(one, &opaque("alice")).await.expect(204);
            ended.assert_user_is_out(other).await;
        },
    )
    .await;
}
