//! Authorization requests (RFC 8707 §2.1): what is named joins the audience that a consent page is shown, so that pages that
//! know nothing of resources go on.

use serde_json::{Map, Value, json};
use symbolon_jose::Algorithm;

use super::{CALENDAR, CONTACTS, NOTES, VAULT, changes, client, flow, server};
use crate::fixtures::{authorize, claims, outcome, parameter, register, request, set, signing_key, text, with};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn the_consent_page_sees_resources_among_the_audience_and_grants_them() {
    TestServer::each_database_with(super::configure, async |server| {
        let client = register(server, "both", &with(changes(), &json!({ "audience": ["https://api.example"] }))).await;
        let mut flow = flow(server, &client, "openid offline events.read", &["https://CAL.example/v1", CONTACTS]);
        flow = flow.parameter("audience", "https://api.example");
        let consent = flow.log_in().await.expect(302).location().to_owned();
        let asked = asked_at(server, "consent", &consent).await;
        let all = json!(["https://api.example", CALENDAR, CONTACTS]);
        assert_eq!(asked["requested_access_token_audience"], all);
        let next = flow.application.accept_consent(&consent).await;
        let code = flow.browser.get(&next).await.expect(303).location_parameter("code").unwrap();
        let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
        assert_eq!(server.introspect(text(&tokens, "access_token")).await["aud"], all);
    })
    .await;
}

#[tokio::test]
async fn what_the_consent_page_leaves_out_is_not_granted() {
    let server = server().await;
    let client = client(&server).await;
    let mut flow = flow(&server, &client, "openid events.read people.read", &[CALENDAR, CONTACTS])
        .consent("grant_access_token_audience", json!([CONTACTS]));
    let code = flow.code().await;
    let refused = server.public(flow.redemption_with(&code, &[("resource", CALENDAR)])).await.expect(400).json();
    assert_eq!(refused["error"], "invalid_target");
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    assert_eq!(claims(text(&tokens, "access_token"))["aud"], json!([CONTACTS]));
}

/// RFC 8707 §2: all that a request object or a pushed request says, it says as in a query.
#[tokio::test]
async fn request_objects_and_pushed_requests_name_resources_too() {
    let server = server().await;
    let (key, jwk) = signing_key(Algorithm::ES256, "k1");
    let client = register(&server, "signing", &with(changes(), &json!({ "jwks": { "keys": [jwk] } }))).await;
    let object = |resource: Value| {
        let pairs = request(&client.id);
        let mut all: Map<String, Value> = pairs.into_iter().map(|(name, value)| (name, value.into())).collect();
        all.insert("resource".to_owned(), resource);
        all.insert("aud".to_owned(), server.public_url().into());
        key.sign(Some("oauth-authz-req+jwt"), &all).unwrap()
    };
    for (resource, expected) in [
        (json!(CONTACTS), Ok(json!([CONTACTS]))),
        (json!([CONTACTS, "https://calendar.example"]), Ok(json!([CONTACTS, CALENDAR]))),
        (json!("x"), Err("client invalid_target")),
        (json!(""), Err("client invalid_target")),
        (json!([CONTACTS, "x"]), Err("client invalid_target")),
        (json!([CONTACTS, 7]), Err("client invalid_request_object")),
        (json!({ "r": 1 }), Err("client invalid_target")),
        (json!(null), Err("client invalid_request_object")),
    ] {
        let sent = set(&request(&client.id), "request", &object(resource.clone()));
        let pushed: Vec<(&str, &str)> =
            sent.iter().filter(|(name, _)| name != "client_id").map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let pushed = server.public(client.form("/oauth2/par", &pushed)).await;
        let answer = authorize(&server, &sent).await;
        match expected {
            Ok(audience) => {
                let shown = asked_at(&server, "login", answer.location()).await;
                assert_eq!(shown["requested_access_token_audience"], audience, "{resource}");
                let uri = pushed.expect(201).member("request_uri");
                let mut flow = client.flow(&server).request_uri(&uri);
                let shown = asked_at(&server, "login", flow.authorize().await.location()).await;
                assert_eq!(shown["requested_access_token_audience"], audience, "{resource}");
            }
            Err(error) => {
                assert_eq!(outcome(&answer), error, "{resource}");
                assert_eq!(Some(pushed.expect(400).member("error")), error.strip_prefix("client ").map(str::to_owned));
            }
        }
    }
}

#[tokio::test]
async fn scopes_of_a_resource_are_asked_for_together_with_it() {
    let server = server().await;
    let client = client(&server).await;
    for (scope, resource, expected) in [
        ("openid events.read", None, "client invalid_scope"),
        ("openid events.read", Some(CONTACTS), "client invalid_scope"),
        ("openid events.read", Some(CALENDAR), "login"),
        ("openid shared.read", Some(CALENDAR), "login"),
        ("openid shared.read", Some(CONTACTS), "login"),
        ("openid shared.read", Some(NOTES), "client invalid_scope"),
        ("openid photos.read", Some(NOTES), "login"),
        ("openid photos.read", None, "login"),
    ] {
        let pairs = set(&request(&client.id), "scope", scope);
        let pairs = resource.map_or(pairs.clone(), |resource| set(&pairs, "resource", resource));
        assert_eq!(outcome(&authorize(&server, &pairs).await), expected, "{scope} {resource:?}");
    }
}

/// A token of the authorization endpoint can be neither narrowed nor bound afterwards.
#[tokio::test]
async fn a_token_of_the_browser_is_for_one_resource_that_takes_it() {
    let server = server().await;
    let kinds = json!({ "grant_types": ["authorization_code", "implicit"], "response_types": ["code", "token"] });
    let client = register(&server, "implicit", &with(changes(), &kinds)).await;
    let asked = |response_type: &str, scope: &str, resources: &[&str]| {
        let mut pairs = set(&set(&request(&client.id), "response_type", response_type), "scope", scope);
        pairs.extend(resources.iter().map(|resource| ("resource".to_owned(), (*resource).to_owned())));
        pairs
    };
    for (scope, resources, of_token) in [
        ("openid shared.read", &[CALENDAR, CONTACTS][..], "client invalid_target"),
        ("openid events.read", &[CALENDAR, CONTACTS], "login"),
        ("openid", &[CALENDAR, NOTES], "client invalid_target"),
        ("openid", &[VAULT], "client invalid_target"),
    ] {
        assert_eq!(outcome(&authorize(&server, &asked("token", scope, resources)).await), of_token, "{resources:?}");
        assert_eq!(outcome(&authorize(&server, &asked("code", scope, resources)).await), "login", "{resources:?}");
    }
}

/// A consent for one resource is none for another.
#[tokio::test]
async fn a_remembered_consent_covers_the_resources_that_it_was_for() {
    let server = server().await;
    let client = client(&server).await;
    let remember =
        |flow: crate::support::CodeFlow| flow.consent("remember", json!(true)).login("remember", json!(true));
    let mut first = remember(flow(&server, &client, "openid offline", &[CONTACTS]));
    first.tokens().await;
    let mut browser = first.browser;
    for (resource, covered) in [(CONTACTS, true), (NOTES, false)] {
        let mut again = flow(&server, &client, "openid offline", &[resource]);
        again.browser = browser;
        let page = again.log_in().await.expect(302).location().to_owned();
        assert_eq!(asked_at(&server, "consent", &page).await["skip"], covered, "{resource}");
        browser = again.browser;
    }
}

async fn asked_at(server: &TestServer, step: &str, page: &str) -> Value {
    let name = format!("{step}_challenge");
    let challenge = parameter(page, &name);
    let call = Call::get(format!("/admin/oauth2/auth/requests/{step}")).query(&[(name.as_str(), challenge.as_str())]);
    server.admin(call).await.expect(200).json()
}
