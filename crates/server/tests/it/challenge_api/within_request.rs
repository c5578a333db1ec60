//! What a consent page grants is part of what was asked for (RFC 6749 §3.3): one answer for one grant, so that what was
//! issued can be refreshed (§6). Hydra's login applications may grant more; a switch lets them.

use serde_json::{Value, json};
use symbolon_server::config::Config;

use super::{AtPage, at_consent};
use crate::fixtures::{claims, confidential, outcome, register, text};
use crate::support::{Call, TestServer};

fn beyond(config: &mut Config) {
    config.symbolon.compatibility.grant_beyond_request = true;
}

async fn tokens(server: &TestServer, at: &mut AtPage, body: &Value) -> Value {
    let to = at.accept(server, body).await.expect(200).member("redirect_to");
    let code = at.flow.browser.get(&to).await.expect(303).location_parameter("code").unwrap();
    server.public(at.flow.redemption(&code)).await.expect(200).json()
}

#[tokio::test]
async fn a_scope_or_audience_that_was_not_asked_for_is_refused_by_name() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let flow = client.flow(server).scope("openid offline photos.read").parameter("audience", "https://api.example");
        let mut at = AtPage::consent_of(flow).await;
        let scope = |words: Value| json!({ "grant_scope": words });
        let audience = |values: Value| json!({ "grant_scope": ["openid"], "grant_access_token_audience": values });
        let table = [
            (scope(json!(["openid", "zzz"])), "zzz"),
            // Registered, and still not asked for.
            (scope(json!(["openid", "email"])), "email"),
            (scope(json!(["OpenID"])), "OpenID"),
            (scope(json!(["photos"])), "photos"),
            (scope(json!(["photos.*"])), "photos.*"),
            (scope(json!(["*"])), "*"),
            (audience(json!(["https://elsewhere.example"])), "https://elsewhere.example"),
            (audience(json!(["https://api.example", "https://api.example/"])), "https://api.example/"),
            (audience(json!([""])), "''"),
        ];
        for (body, named) in table {
            let refused = at.accept(server, &body).await.expect(400);
            assert_eq!(refused.error().as_deref(), Some("invalid_request"), "{body}");
            assert!(refused.member("error_description").contains(named), "{body}: {}", refused.text());
        }
        // Nothing was answered yet, and a part of what was asked for is no fault.
        let part = json!({ "grant_scope": ["offline"], "grant_access_token_audience": ["https://api.example"] });
        assert_eq!(tokens(server, &mut at, &part).await["scope"], "offline");
    })
    .await;
}

#[tokio::test]
async fn what_was_granted_can_be_refreshed() {
    TestServer::each_database(async |server| {
        let client = confidential(server).await;
        let flow = client.flow(server).scope("openid offline photos.read").parameter("audience", "https://api.example");
        let mut at = AtPage::consent_of(flow).await;
        let body = json!({
            "grant_scope": ["openid", "offline", "photos.read"],
            "grant_access_token_audience": ["https://api.example"],
        });
        let first = tokens(server, &mut at, &body).await;
        let next = server.public(at.flow.refresh(text(&first, "refresh_token"))).await.expect(200).json();
        assert_eq!(next["scope"], first["scope"]);
        let described = server.introspect(text(&next, "access_token")).await;
        assert_eq!(described["aud"], json!(["https://api.example"]));
    })
    .await;
}

#[tokio::test]
async fn the_order_of_the_answer_is_kept_and_repetitions_are_none() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut at = at_consent(&server, &client).await;
    let issued = tokens(&server, &mut at, &json!({ "grant_scope": ["offline", "openid", "offline"] })).await;
    assert_eq!(issued["scope"], "offline openid");
}

#[tokio::test]
async fn where_the_operator_allows_it_a_page_grants_more_as_in_hydra() {
    TestServer::each_database_with(beyond, async |server| {
        let client = confidential(server).await;
        let mut at = at_consent(server, &client).await;
        let body = json!({
            "grant_scope": ["openid", "offline", "email"],
            "grant_access_token_audience": ["https://api.example"],
        });
        let issued = tokens(server, &mut at, &body).await;
        assert_eq!(issued["scope"], "openid offline email");
        let described = server.introspect(text(&issued, "access_token")).await;
        assert_eq!(described["aud"], json!(["https://api.example"]));
        // What the client is registered for goes on.
        let next = server.public(at.flow.refresh(text(&issued, "refresh_token"))).await.expect(200).json();
        assert_eq!(next["scope"], "openid offline email");
        // What it is not registered for ends at the first refresh, and the error does not say that it ever was.
        let mut at = at_consent(server, &client).await;
        let issued = tokens(server, &mut at, &json!({ "grant_scope": ["openid", "offline", "zzz"] })).await;
        assert_eq!(issued["scope"], "openid offline zzz");
        let refused = server.public(at.flow.refresh(text(&issued, "refresh_token"))).await.expect(400);
        assert_eq!(refused.error().as_deref(), Some("invalid_scope"));
        assert!(refused.member("error_description").contains("not registered for the scope 'zzz'"));
    })
    .await;
}

#[tokio::test]
async fn where_nothing_has_to_be_asked_nothing_more_is_granted_either() {
    TestServer::each_database(async |server| {
        let remembering = confidential(server).await;
        let trusted = register(server, "trusted", &json!({ "skip_consent": true })).await;
        // More was agreed to before than is asked for now.
        let all = remembering.flow(server).scope("openid offline email photos.read");
        all.parameter("audience", "https://api.example").consent("remember", json!(true)).tokens().await;
        for (client, remembered) in [(&remembering, true), (&trusted, false)] {
            let mut at = AtPage::consent_of(client.flow(server).scope("openid offline")).await;
            assert_eq!(at.get(server).await.expect(200).json()["skip"], remembered);
            for beyond in [
                json!({ "grant_scope": ["openid", "offline", "email"] }),
                json!({ "grant_scope": ["openid"], "grant_access_token_audience": ["https://api.example"] }),
            ] {
                let refused = at.accept(server, &beyond).await.expect(400);
                assert_eq!(refused.error().as_deref(), Some("invalid_request"), "{beyond}");
            }
            let issued = tokens(server, &mut at, &json!({ "grant_scope": ["openid", "offline"] })).await;
            assert_eq!(issued["scope"], "openid offline");
            let described = server.introspect(text(&issued, "access_token")).await;
            assert_eq!((&described["scope"], described.get("aud")), (&json!("openid offline"), Some(&json!([]))));
        }
    })
    .await;
}

#[tokio::test]
async fn a_second_answer_grants_no_more_than_the_first_could() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut at = AtPage::consent_of(client.flow(&server).scope("openid offline")).await;
    let good = json!({ "grant_scope": ["openid"] });
    let to = at.accept(&server, &good).await.expect(200).member("redirect_to");
    at.accept(&server, &json!({ "grant_scope": ["openid", "email"] })).await.expect(400);
    let code = at.flow.browser.get(&to).await.expect(303).location_parameter("code").unwrap();
    let issued = server.public(at.flow.redemption(&code)).await.expect(200).json();
    assert_eq!(issued["scope"], "openid");
}

#[tokio::test]
async fn claims_of_a_page_grant_nothing() {
    TestServer::each_database_with(
        |config| {
            let names = ["scope", "scp", "aud", "client_id", "sub", "tier"];
            config.oauth2.allowed_top_level_claims = names.map(str::to_owned).to_vec();
        },
        async |server| {
            let client = register(server, "app", &json!({ "access_token_strategy": "jwt" })).await;
            let forged = json!({
                "scope": "photos.read", "scp": ["photos.read"], "aud": ["https://api.example"], "client_id": "other",
                "sub": "mallory", "tier": "gold",
            });
            let session = json!({ "access_token": forged, "id_token": forged, "userinfo": forged });
            let issued = client.flow(server).scope("openid offline").consent("session", session).tokens().await;
            assert_eq!(issued["scope"], "openid offline");
            let access_token = text(&issued, "access_token");
            let claims = claims(access_token);
            assert_eq!(claims["scp"], json!(["openid", "offline"]));
            assert_eq!(
                (&claims["sub"], &claims["aud"], &claims["tier"]),
                (&json!("alice"), &json!([]), &json!("gold"))
            );
            assert_eq!((&claims["client_id"], claims.get("scope")), (&json!("app"), None));
            let described = server.introspect(access_token).await;
            assert_eq!((&described["scope"], &described["sub"]), (&json!("openid offline"), &json!("alice")));
            assert_eq!((&described["aud"], &described["client_id"]), (&json!([]), &json!("app")));
            let about = server.public(Call::get("/userinfo").bearer(access_token)).await.expect(200).json();
            assert_eq!((&about["sub"], &about["aud"]), (&json!("alice"), &json!(["app"])));
        },
    )
    .await;
}

#[tokio::test]
async fn a_device_gets_no_more_than_it_asked_for_either() {
    use crate::rfc8628::{DeviceFlow, device_client};
    let server = TestServer::new().await;
    let mut flow = DeviceFlow::new(&server, &device_client(&server).await);
    let codes = flow.ask().await;
    let page = flow.to_consent(&codes).await;
    let challenge = crate::fixtures::parameter(&page, "consent_challenge");
    let call = crate::support::Call::put("/admin/oauth2/auth/requests/consent/accept");
    let call = call.query(&[("consent_challenge", &challenge)]);
    for beyond in [
        json!({ "grant_scope": ["openid", "email"] }),
        json!({ "grant_scope": ["openid"], "grant_access_token_audience": ["https://api.example"] }),
    ] {
        let refused = server.admin(call.clone().json(&beyond)).await.expect(400);
        assert_eq!(refused.error().as_deref(), Some("invalid_request"));
    }
    let next = flow.application.accept_consent(&page).await;
    flow.browser.get(&next).await.expect(302);
    assert_eq!(flow.poll(&codes).await.expect(200).member("scope"), "openid offline");
}

#[tokio::test]
async fn a_narrower_pattern_of_a_registered_wildcard_was_not_asked_for() {
    let server = TestServer::new().await;
    let client = register(&server, "wild", &json!({ "scope": "openid offline photos.*" })).await;
    let mut at = AtPage::consent_of(client.flow(&server).scope("openid photos.read")).await;
    for foreign in ["photos.write", "photos.*", "photos.read.all"] {
        at.accept(&server, &json!({ "grant_scope": ["openid", foreign] })).await.expect(400);
    }
    let to = at.accept(&server, &json!({ "grant_scope": ["photos.read"] })).await.expect(200).member("redirect_to");
    assert_eq!(outcome(&at.flow.browser.get(&to).await), "code");
}
