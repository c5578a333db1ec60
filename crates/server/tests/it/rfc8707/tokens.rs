//! Token requests (RFC 8707 §2.2): a part of what was granted, and never more.

use serde_json::{Value, json};

use super::{CALENDAR, CONTACTS, NOTES, VAULT, and, client, configure, flow, server};
use crate::fixtures::{claims, text};
use crate::rfc9449::Prover;
use crate::support::TestServer;

const BOTH: [&str; 2] = [CALENDAR, CONTACTS];

#[tokio::test]
async fn a_token_is_narrowed_and_the_grant_is_not() {
    TestServer::each_database_with(configure, async |server| {
        let client = client(server).await;
        let mut flow = flow(server, &client, "openid offline photos.read events.read people.read", &BOTH);
        let code = flow.code().await;
        let first = server.public(flow.redemption_with(&code, &[("resource", "https://calendar.example")])).await;
        let first = first.expect(200).json();
        assert_eq!(first["scope"], "openid offline photos.read events.read", "what is of use there");
        assert_eq!(claims(text(&first, "access_token"))["aud"], json!([CALENDAR]));
        assert_eq!(claims(text(&first, "access_token"))["scope"], "openid offline photos.read events.read");
        let shown = server.introspect(text(&first, "access_token")).await;
        assert_eq!((&shown["aud"], &shown["scope"]), (&json!([CALENDAR]), &first["scope"]));
        assert!(first["id_token"].is_string(), "the login has nothing to do with it");
        let mut refresh_token = text(&first, "refresh_token").to_owned();
        for (resource, scope) in [
            (Some(CONTACTS), "openid offline photos.read people.read"),
            (None, "openid offline photos.read events.read people.read"),
            (Some(CALENDAR), "openid offline photos.read events.read"),
        ] {
            let more: Vec<(&str, &str)> = resource.map(|resource| ("resource", resource)).into_iter().collect();
            let next = server.public(flow.refresh_with(&refresh_token, &more)).await.expect(200).json();
            assert_eq!(next["scope"], scope);
            let expected = resource.map_or_else(|| json!(BOTH), |resource| json!([resource]));
            assert_eq!(claims(text(&next, "access_token"))["aud"], expected);
            next["refresh_token"].as_str().unwrap().clone_into(&mut refresh_token);
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_that_was_not_granted_can_be_named() {
    let server = server().await;
    let client = client(&server).await;
    let mut flow = flow(&server, &client, "openid offline events.read", &[CALENDAR]);
    let code = flow.code().await;
    for more in [&[("resource", CONTACTS)][..], &[("resource", CALENDAR), ("resource", CONTACTS)], &[("resource", "")]]
    {
        let refused = server.public(flow.redemption_with(&code, more)).await.expect(400).json();
        assert_eq!(refused["error"], "invalid_target", "{more:?}");
    }
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    let refresh_token = text(&tokens, "refresh_token");
    for (more, error) in [
        (&[("resource", CONTACTS)][..], "invalid_target"),
        (&[("resource", CALENDAR), ("resource", NOTES)], "invalid_target"),
        (&[("resource", CALENDAR), ("scope", "people.read")], "invalid_scope"),
    ] {
        let refused = server.public(flow.refresh_with(refresh_token, more)).await.expect(400).json();
        assert_eq!(refused["error"], error, "{more:?}");
    }
    server.public(flow.refresh_with(refresh_token, &[("resource", CALENDAR)])).await.expect(200);
}

/// Who names a resource and a scope of another one at a refresh would get a token that is good for neither.
#[tokio::test]
async fn a_scope_by_name_must_be_of_use_at_the_resource() {
    let server = server().await;
    let client = client(&server).await;
    let mut flow = flow(&server, &client, "openid offline events.read people.read", &BOTH);
    let tokens = flow.tokens().await;
    let both = [("resource", CALENDAR), ("scope", "people.read")];
    let refused = server.public(flow.refresh_with(text(&tokens, "refresh_token"), &both)).await.expect(400).json();
    assert_eq!(refused["error"], "invalid_scope");
    let right = [("resource", CALENDAR), ("scope", "events.read")];
    let next = server.public(flow.refresh_with(text(&tokens, "refresh_token"), &right)).await.expect(200).json();
    assert_eq!(claims(text(&next, "access_token"))["scope"], "events.read");
}

/// RFC 9068 §3: with two audiences nobody could tell where a scope counts that both have.
#[tokio::test]
async fn one_jwt_is_for_two_resources_only_if_they_share_no_scope_of_it() {
    let server = server().await;
    let client = client(&server).await;
    let mut flow = flow(&server, &client, "openid offline shared.read", &BOTH);
    let code = flow.code().await;
    let refused = server.public(flow.redemption(&code)).await.expect(400).json();
    assert_eq!(refused["error"], "invalid_target");
    assert!(text(&refused, "error_description").contains("shared.read"), "{refused}");
    // The code is as good as before.
    let tokens = server.public(flow.redemption_with(&code, &[("resource", CONTACTS)])).await.expect(200).json();
    assert_eq!(claims(text(&tokens, "access_token"))["scope"], "openid offline shared.read");
    for (scope, resources, expected) in [
        ("shared.read", &BOTH[..], Err("invalid_target")),
        ("events.read people.read", &BOTH, Ok(json!(BOTH))),
        ("events.read notes.read", &[CALENDAR, NOTES], Err("invalid_target")),
        ("notes.read", &[NOTES], Ok(json!([NOTES]))),
    ] {
        let more: Vec<(&str, &str)> = resources.iter().map(|resource| ("resource", *resource)).collect();
        let form = and(&[("grant_type", "client_credentials"), ("scope", scope)], &more);
        let answer = server.public(client.token_request(&form)).await;
        match expected {
            Ok(audience) => {
                let token = answer.expect(200).member("access_token");
                assert_eq!(server.introspect(&token).await["aud"], audience, "{scope}");
            }
            Err(error) => assert_eq!(answer.expect(400).member("error"), error, "{scope}"),
        }
    }
}

#[tokio::test]
async fn a_resource_that_takes_bound_tokens_gets_no_others() {
    let server = server().await;
    let client = client(&server).await;
    let prover = Prover::new(&server);
    let mut flow = flow(&server, &client, "openid offline", &[VAULT]);
    let code = flow.code().await;
    let refused = server.public(flow.redemption(&code)).await.expect(400).json();
    assert_eq!(refused["error"], "invalid_dpop_proof");
    let tokens = server.public(prover.prove(flow.redemption(&code))).await.expect(200).json();
    assert_eq!(claims(text(&tokens, "access_token"))["cnf"], json!({ "jkt": prover.thumbprint() }));
    let refresh_token = text(&tokens, "refresh_token");
    let refused = server.public(flow.refresh(refresh_token)).await.expect(400).json();
    assert_eq!(refused["error"], "invalid_dpop_proof");
    server.public(prover.prove(flow.refresh(refresh_token))).await.expect(200);
    let own = client.token_request(&[("grant_type", "client_credentials"), ("resource", VAULT)]);
    assert_eq!(server.public(own.clone()).await.expect(400).member("error"), "invalid_dpop_proof");
    server.public(prover.prove(own)).await.expect(200);
}

/// `client_credentials` has no grant to narrow: what is named is what it gets, and its scopes go with it.
#[tokio::test]
async fn a_client_gets_for_itself_what_it_names() {
    let server = TestServer::with(|config| {
        configure(config);
        config.oauth2.client_credentials_default_grant_allowed_scope = true;
    })
    .await;
    let client = client(&server).await;
    let ask = async |more: &[(&str, &str)]| -> Value {
        server.public(client.token_request(&and(&[("grant_type", "client_credentials")], more))).await.json()
    };
    let all = ask(&[]).await;
    assert_eq!(all["scope"], "openid offline photos.read", "nothing of a resource that was not named");
    let calendar = ask(&[("resource", CALENDAR)]).await;
    assert_eq!(calendar["scope"], "openid offline photos.read events.read shared.read");
    assert_eq!(claims(text(&calendar, "access_token"))["aud"], json!([CALENDAR]));
    assert_eq!(ask(&[("scope", "events.read")]).await["error"], "invalid_scope");
    assert_eq!(ask(&[("scope", "events.read"), ("resource", CONTACTS)]).await["error"], "invalid_scope");
}
