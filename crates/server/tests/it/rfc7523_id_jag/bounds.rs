//! How much is given: what the assertion says, of that what row and client allow, and of that what is asked for.

use serde_json::{Value, json};
use symbolon_server::config::{DetailsTypes, Resources};
use symbolon_types::GoDuration;

use super::{CHAT, Idp, PAYROLL, WIKI, assert_refused, client};
use crate::fixtures::{claims, register, text};
use crate::support::TestServer;

#[tokio::test]
async fn scope_is_what_assertion_row_and_client_have_in_common() {
    let idp = Idp::new();
    let (server, app) = idp.server().await;
    let scope = async |changes: &Value, more: &[(&str, &str)]| {
        idp.show(&server, &app, changes, more).await.expect(200).json()["scope"].clone()
    };
    assert_eq!(scope(&json!({}), &[]).await, "wiki.read wiki.write");
    assert_eq!(scope(&json!({ "scope": "wiki.read" }), &[]).await, "wiki.read");
    // What the row does not give, the client has not registered, or is of no use there, is left out.
    let wide = json!({ "scope": "wiki.read photos.read unheard.of chat.read" });
    assert_eq!(scope(&wide, &[]).await, "wiki.read");
    assert_eq!(scope(&json!({}), &[("scope", "wiki.write")]).await, "wiki.write");
    assert_eq!(scope(&json!({ "scope": null }), &[("scope", "wiki.write")]).await, "wiki.write");
    assert_eq!(scope(&json!({ "scope": null }), &[]).await, "");
    let table = [
        (json!({ "scope": "wiki.read" }), "wiki.write"),
        (json!({ "scope": "wiki.read photos.read" }), "photos.read"),
        (json!({}), "unheard.of"),
        (json!({}), "wiki.read wiki.write chat.read"),
        (json!({ "scope": null }), "photos.read"),
        (json!({}), "wiki.*"),
        (json!({}), "wiki.read\u{e9}"),
    ];
    for (changes, asked) in table {
        let answer = idp.show(&server, &app, &changes, &[("scope", asked)]).await;
        assert_eq!(answer.error().as_deref(), Some("invalid_scope"), "{changes} {asked}: {}", answer.text());
    }
    let narrow = client(&server, "other", &json!({ "scope": "wiki.read" })).await;
    let answer = idp.show(&server, &narrow, &json!({ "client_id": "other" }), &[]).await;
    assert_eq!(answer.expect(200).json()["scope"], "wiki.read");
}

#[tokio::test]
async fn the_token_is_for_the_resources_of_the_assertion_or_fewer() {
    let idp = Idp::new();
    let (server, app) = idp.server().await;
    let both = json!({ "resource": [WIKI, CHAT], "scope": "wiki.read chat.read" });
    // Two forms of tokens: one has to be asked for.
    assert_refused(&idp.show(&server, &app, &both, &[]).await, "invalid_target");
    let wiki = idp.show(&server, &app, &both, &[("resource", WIKI)]).await.expect(200).json();
    assert_eq!((&claims(text(&wiki, "access_token"))["aud"], &wiki["scope"]), (&json!([WIKI]), &json!("wiki.read")));
    let chat = idp.show(&server, &app, &both, &[("resource", "https://CHAT.example/")]).await.expect(200).json();
    let told = server.introspect(text(&chat, "access_token")).await;
    assert_eq!((&told["aud"], &told["scope"]), (&json!([CHAT]), &json!("chat.read")));
    for (changes, more) in [
        (json!({}), [("resource", CHAT)]),
        (json!({}), [("resource", PAYROLL)]),
        (json!({}), [("resource", "https://unheard.example")]),
        (json!({}), [("resource", "")]),
        (json!({}), [("audience", "https://api.example")]),
        (json!({}), [("audience", WIKI)]),
    ] {
        assert_refused(&idp.show(&server, &app, &changes, &more).await, "invalid_target");
    }
    for resource in [json!(PAYROLL), json!([WIKI, PAYROLL]), json!("https://unheard.example"), json!("wiki"), json!("")]
    {
        let answer = idp.show(&server, &app, &json!({ "resource": resource }), &[]).await;
        assert_refused(&answer, "invalid_target");
    }
}

#[tokio::test]
async fn an_assertion_without_resource_is_for_what_row_and_client_allow() {
    let idp = Idp::new();
    let (server, app) = idp.server().await;
    let open = json!({ "resource": null });
    assert_refused(&idp.show(&server, &app, &open, &[]).await, "invalid_target");
    let wiki = idp.show(&server, &app, &open, &[("resource", WIKI)]).await.expect(200).json();
    assert_eq!(claims(text(&wiki, "access_token"))["aud"], json!([WIKI]));
    assert_refused(&idp.show(&server, &app, &open, &[("resource", PAYROLL)]).await, "invalid_target");
    let (server, app) = idp.server_with(&json!({ "resources": null, "scopes": ["photos.read"] })).await;
    let photos = json!({ "resource": null, "scope": "photos.read" });
    let tokens = idp.show(&server, &app, &photos, &[]).await.expect(200).json();
    assert_eq!(server.introspect(text(&tokens, "access_token")).await["aud"], json!([]), "as for other grants");
    let payroll = idp.show(&server, &app, &json!({ "resource": PAYROLL, "scope": null }), &[]).await;
    assert_eq!(claims(&payroll.expect(200).member("access_token"))["aud"], json!([PAYROLL]));
}

#[tokio::test]
async fn a_resource_that_the_client_may_not_ask_for_is_not_opened_by_an_assertion() {
    let idp = Idp::new();
    let (server, _) = idp.server().await;
    let narrow = client(&server, "other", &json!({ "allowed_resources": [CHAT] })).await;
    let answer = idp.show(&server, &narrow, &json!({ "client_id": "other" }), &[]).await;
    assert_refused(&answer, "invalid_target");
}

/// What asks for a narrow token is never given a wide one, also where `resource` of requests is passed over.
#[tokio::test]
async fn without_resources_a_resource_is_refused() {
    let idp = Idp::new();
    for ignored in [false, true] {
        let server = TestServer::with(|config| {
            idp.on_with(config, &json!({ "resources": null }));
            config.symbolon.resources = Resources::default();
            config.symbolon.compatibility.resource_ignored = ignored;
        })
        .await;
        let app = client(&server, "app", &json!({})).await;
        assert_refused(&idp.show(&server, &app, &json!({}), &[]).await, "invalid_target");
    }
}

#[tokio::test]
async fn a_token_lasts_an_hour_at_most() {
    let idp = Idp::new();
    let (server, _) = idp.server().await;
    for (id, own, expected) in [("app", "5m", 300), ("other", "48h", 3_600)] {
        if id == "other" {
            client(&server, id, &json!({})).await;
        }
        let path = format!("/admin/clients/{id}/lifespans");
        let lifespans = json!({ "jwt_bearer_grant_access_token_lifespan": GoDuration::parse(own).unwrap() });
        server.admin(crate::support::Call::put(path).json(&lifespans)).await.expect(200);
        let rotate = format!("/admin/clients/{id}/secrets/rotate");
        let secret = server.admin(crate::support::Call::post(rotate)).await.expect(200).member("client_secret");
        let app = crate::fixtures::Registered { id: id.to_owned(), secret };
        let tokens = idp.show(&server, &app, &json!({ "client_id": id }), &[]).await.expect(200).json();
        assert_eq!(tokens["expires_in"], expected, "{id}");
    }
}

fn details(config: &mut symbolon_server::config::Config) {
    let types = json!({
        "page": {
            "title": "Read the page {name}", "resource": WIKI,
            "schema": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } },
        },
    });
    config.symbolon.authorization_details.types = DetailsTypes::read(&types).unwrap();
}

#[tokio::test]
async fn authorization_details_are_those_of_the_assertion_or_fewer() {
    let idp = Idp::new();
    let server = TestServer::with(|config| {
        idp.on(config);
        details(config);
    })
    .await;
    let app = client(&server, "app", &json!({ "authorization_details_types": ["page"] })).await;
    let page = |name: &str| json!({ "type": "page", "name": name });
    let said = json!({ "authorization_details": [page("home"), page("staff")] });
    let all = idp.show(&server, &app, &said, &[]).await.expect(200).json();
    assert_eq!(all["authorization_details"], said["authorization_details"]);
    let one = json!([page("staff")]).to_string();
    let narrow = idp.show(&server, &app, &said, &[("authorization_details", &one)]).await.expect(200).json();
    assert_eq!(narrow["authorization_details"], json!([page("staff")]));
    assert_eq!(server.introspect(text(&narrow, "access_token")).await["authorization_details"], json!([page("staff")]));
    let beyond = json!([page("payroll")]).to_string();
    let refused = [
        (said.clone(), beyond.as_str()),
        (json!({}), one.as_str()),
        (said.clone(), "[]"),
        (said, "{"),
        (json!({ "authorization_details": [page("home"), { "type": "unheard" }] }), ""),
        (json!({ "authorization_details": [{ "type": "page" }] }), ""),
        (json!({ "authorization_details": "page" }), ""),
    ];
    for (changes, asked) in refused {
        let more = [("authorization_details", asked)];
        let more = if asked.is_empty() { &[][..] } else { &more[..] };
        assert_refused(&idp.show(&server, &app, &changes, more).await, "invalid_authorization_details");
    }
    let unregistered =
        register(&server, "other", &json!({ "grant_types": [super::GRANT_TYPE], "scope": super::SCOPE })).await;
    let changes = json!({ "client_id": "other", "authorization_details": [page("home")] });
    assert_refused(&idp.show(&server, &unregistered, &changes, &[]).await, "invalid_authorization_details");
}

#[tokio::test]
async fn authorization_details_without_types_are_refused_and_not_passed_over() {
    let idp = Idp::new();
    let (server, app) = idp.server().await;
    let changes = json!({ "authorization_details": [{ "type": "page", "name": "home" }] });
    assert_refused(&idp.show(&server, &app, &changes, &[]).await, "invalid_authorization_details");
}
