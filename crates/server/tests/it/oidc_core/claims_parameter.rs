//! The `claims` parameter (OpenID Connect Core §5.5): what a client asks for by name, and what it wants that to be.

use serde_json::{Value, json};

use super::{consent_request, login_request, remembered};
use crate::fixtures::{authorize, claims, confidential, outcome, register, request, set, text};
use crate::support::{Call, CodeFlow, Profile, TestServer, pair};
use crate::ui::{self, Form};

const ESSENTIAL_GOLD: &str = r#"{"id_token":{"acr":{"essential":true,"values":["urn:gold","urn:platinum"]}}}"#;

#[tokio::test]
async fn a_malformed_one_is_refused() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for text in [
        "{",
        "null",
        "[]",
        "7",
        "email",
        r#"{"userinfo":[]}"#,
        r#"{"id_token":{"email":"yes"}}"#,
        r#"{"id_token":{"email":{"essential":"yes"}}}"#,
        r#"{"id_token":{"acr":{"values":"urn:gold"}}}"#,
        r#"{"id_token":{"acr":{"values":[]}}}"#,
        r#"{"userinfo":{"sub":{"value":7}}}"#,
        r#"{"id_token":{"sub":{"value":"a","values":["a"]}}}"#,
    ] {
        let answer = authorize(&server, &set(&request(&client.id), "claims", text)).await;
        assert_eq!(outcome(&answer), "client invalid_request", "{text}");
    }
    let mut twice = set(&request(&client.id), "claims", "{}");
    twice.push(("claims".to_owned(), "{}".to_owned()));
    assert_eq!(outcome(&authorize(&server, &twice).await), "page invalid_request");
    let names: serde_json::Map<String, Value> = (0..200).map(|number| (format!("c{number}"), Value::Null)).collect();
    let many = json!({ "userinfo": names }).to_string();
    assert_eq!(
        outcome(&authorize(&server, &set(&request(&client.id), "claims", &many)).await),
        "client invalid_request"
    );
    assert_eq!(outcome(&authorize(&server, &set(&request(&client.id), "claims", "")).await), "login");
}

#[tokio::test]
async fn the_pages_are_told_what_is_asked_for() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let asked = json!({ "userinfo": { "email": { "essential": true }, "https://x.example/c": null }, "id_token": { "acr": null } });
    let mut flow = client.flow(&server).parameter("claims", &asked.to_string()).parameter("claims_locales", "de fr-CA");
    let login_page = flow.authorize().await.expect(302).location().to_owned();
    let told = login_request(&server, &login_page).await;
    assert_eq!(told["oidc_context"], json!({ "claims": asked, "claims_locales": ["de", "fr-CA"] }));
    let next = flow.application.accept_login(&login_page).await;
    let consent_page = flow.browser.get(&next).await.expect(302).location().to_owned();
    assert_eq!(consent_request(&server, &consent_page).await["oidc_context"], told["oidc_context"]);
    // Whoever does not send them gets the pages that Hydra's know.
    let page = client.flow(&server).authorize().await.expect(302).location().to_owned();
    assert_eq!(login_request(&server, &page).await["oidc_context"], json!({}));
}

#[tokio::test]
async fn an_essential_class_that_the_login_has_not_is_a_failed_login() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for (acr, asked, expected) in [
        ("urn:gold", ESSENTIAL_GOLD, None),
        ("urn:platinum", ESSENTIAL_GOLD, None),
        ("urn:silver", ESSENTIAL_GOLD, Some("unmet_authentication_requirements")),
        ("", ESSENTIAL_GOLD, Some("unmet_authentication_requirements")),
        ("urn:silver", r#"{"id_token":{"acr":{"values":["urn:gold"]}}}"#, None),
        ("", r#"{"id_token":{"acr":{"essential":true}}}"#, None),
        ("", r#"{"userinfo":{"acr":{"essential":true,"value":"urn:gold"}}}"#, None),
    ] {
        let mut flow = client.flow(&server).parameter("claims", asked).login("acr", json!(acr));
        let answer = flow.log_in().await;
        assert_eq!(answer.error().as_deref(), expected, "{acr} {asked}");
    }
    let mut flow = client.flow(&server).parameter("claims", ESSENTIAL_GOLD).login("acr", json!("urn:gold"));
    let tokens = flow.tokens().await;
    let id_token = claims(text(&tokens, "id_token"));
    assert_eq!((&id_token["acr"], id_token.contains_key("auth_time")), (&json!("urn:gold"), true));
}

#[tokio::test]
async fn a_session_of_another_class_does_not_spare_the_login() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).login("remember", json!(true)).login("acr", json!("urn:silver"));
    flow.tokens().await;
    let mut flow = flow.parameter("claims", ESSENTIAL_GOLD);
    let page = flow.authorize().await.expect(302).location().to_owned();
    assert_eq!(login_request(&server, &page).await["skip"], false);
    let mut silent = flow.parameter("prompt", "none");
    assert_eq!(outcome(&silent.authorize().await), "client login_required");
}

#[tokio::test]
async fn nobody_else_than_the_subject_that_is_asked_for_is_answered() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for target in ["id_token", "userinfo"] {
        let wants = |names: Value| json!({ target: { "sub": { "values": names } } }).to_string();
        let mut flow = client.flow(&server).parameter("claims", &wants(json!(["bob"])));
        assert_eq!(outcome(&flow.log_in().await), "client login_required");
        let mut flow = client.flow(&server).parameter("claims", &wants(json!(["bob", "alice"])));
        assert_eq!(outcome(&flow.log_in().await), "consent");
        // A session of another person asks for a login, or is refused where nobody can be asked.
        let mut flow = remembered(&server, &client).await.parameter("claims", &wants(json!(["bob"])));
        let page = flow.authorize().await.expect(302).location().to_owned();
        assert_eq!(login_request(&server, &page).await["skip"], false);
        let mut silent = flow.parameter("prompt", "none");
        assert_eq!(outcome(&silent.authorize().await), "client login_required");
        let mut own = remembered(&server, &client).await.parameter("claims", &wants(json!(["alice"])));
        let page = own.authorize().await.expect(302).location().to_owned();
        assert_eq!(login_request(&server, &page).await["skip"], true);
    }
    let both = r#"{"id_token":{"sub":{"value":"alice"}},"userinfo":{"sub":{"value":"bob"}}}"#;
    let mut flow = client.flow(&server).parameter("claims", both);
    assert_eq!(outcome(&flow.log_in().await), "client login_required");
}

#[tokio::test]
async fn a_pairwise_client_asks_for_the_subject_as_it_knows_it() {
    let server = TestServer::with(|config| {
        let own = Profile::Strict.config().oidc;
        (config.oidc.subject_types, config.oidc.pairwise_salt) = (own.subject_types, own.pairwise_salt);
    })
    .await;
    let client = register(&server, "pairwise", &json!({ "subject_type": "pairwise" })).await;
    let tokens = client.flow(&server).tokens().await;
    let own = claims(text(&tokens, "id_token"))["sub"].clone();
    assert_ne!(own, "alice");
    let asking = |sub: &Value| {
        client.flow(&server).parameter("claims", &json!({ "id_token": { "sub": { "value": sub } } }).to_string())
    };
    assert_eq!(outcome(&asking(&own).log_in().await), "consent");
    assert_eq!(outcome(&asking(&json!("alice")).log_in().await), "client login_required");
    let mut forced = asking(&json!("chosen")).login("force_subject_identifier", json!("chosen"));
    assert_eq!(outcome(&forced.log_in().await), "consent");
    let mut other = asking(&own).login("force_subject_identifier", json!("chosen"));
    assert_eq!(outcome(&other.log_in().await), "client login_required");
}

/// A server with its own pages and an account that has a name and an address.
async fn own_pages() -> (TestServer, crate::fixtures::Registered) {
    let server = TestServer::with(ui::built_in).await;
    let client = confidential(&server).await;
    let body = json!({ "username": "alice", "password": ui::PASSWORD, "name": "Alice A.", "nickname": "Al",
        "email": "a@example.org", "email_verified": true });
    server.admin(Call::post("/admin/accounts").json(&body)).await.expect(201);
    (server, client)
}

async fn to_consent(flow: &mut CodeFlow) -> crate::support::Answer {
    let login_page = ui::visit(flow).await;
    ui::log_in(flow, &login_page, "alice", ui::PASSWORD).await
}

/// Presses "Allow"; ID token and userinfo.
async fn allowed(server: &TestServer, flow: &mut CodeFlow, form: Form) -> (serde_json::Map<String, Value>, Value) {
    let answer = ui::submit(flow, &form.press("accept")).await;
    let code = answer.location_parameter("code").unwrap_or_else(|| panic!("no code: {}", answer.location()));
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).json();
    (claims(text(&tokens, "id_token")), info)
}

const SINGLE: &str = r#"{"userinfo":{"email":{"essential":true},"unknown":null},"id_token":{"nickname":null}}"#;

#[tokio::test]
async fn single_claims_are_shown_and_released_where_they_were_asked_for() {
    let (server, client) = own_pages().await;
    let mut flow = client.flow(&server).scope("openid").parameter("claims", SINGLE);
    let page = to_consent(&mut flow).await.expect(200);
    let html = page.text();
    assert!(html.contains("name=\"grant_claim\" value=\"email\"") && html.contains("Your e-mail address"), "{html}");
    assert!(html.contains("name=\"grant_claim\" value=\"nickname\""), "{html}");
    assert!(!html.contains("value=\"unknown\""), "{html}");
    let (id_token, info) = allowed(&server, &mut flow, Form::of(&page, "consent-form")).await;
    assert_eq!((&info["email"], &id_token["nickname"]), (&json!("a@example.org"), &json!("Al")));
    for name in ["email_verified", "name", "nickname", "preferred_username", "updated_at"] {
        assert!(info.get(name).is_none(), "{name}");
    }
    assert!(!id_token.contains_key("email") && !id_token.contains_key("name"));
}

#[tokio::test]
async fn a_single_claim_that_was_unticked_is_not_released() {
    let (server, client) = own_pages().await;
    let mut flow = client.flow(&server).scope("openid").parameter("claims", SINGLE);
    let page = to_consent(&mut flow).await.expect(200);
    let form = Form::of(&page, "consent-form").untick("grant_claim", "email").untick("grant_claim", "nickname");
    let (id_token, info) = allowed(&server, &mut flow, form).await;
    assert!(info.get("email").is_none() && !id_token.contains_key("nickname"));
}

#[tokio::test]
async fn a_claim_that_nobody_asked_for_cannot_be_ticked() {
    let (server, client) = own_pages().await;
    let mut flow = client.flow(&server).scope("openid").parameter("claims", r#"{"userinfo":{"email":null}}"#);
    let page = to_consent(&mut flow).await.expect(200);
    let form = Form::of(&page, "consent-form").set("grant_claim", "nickname");
    let (_, info) = allowed(&server, &mut flow, form).await;
    assert!(info.get("email").is_none() && info.get("nickname").is_none(), "{info}");
}

#[tokio::test]
async fn a_claim_within_the_scope_is_not_asked_about_twice() {
    let (server, client) = own_pages().await;
    let mut flow = client.flow(&server).scope("openid email").parameter("claims", r#"{"userinfo":{"email":null}}"#);
    let page = to_consent(&mut flow).await.expect(200);
    assert!(!page.text().contains("grant_claim"));
}

#[tokio::test]
async fn a_remembered_consent_covers_the_single_claims_that_it_named() {
    let (server, client) = own_pages().await;
    let asking = r#"{"userinfo":{"email":null}}"#;
    let mut flow = client.flow(&server).scope("openid");
    let page = to_consent(&mut flow).await.expect(200);
    let _ = allowed(&server, &mut flow, Form::of(&page, "consent-form").set("remember", "1")).await;
    assert!(ui::visit(&mut flow).await.location().contains("code="), "nothing new is asked for");
    let mut flow = flow.parameter("claims", asking);
    let page = ui::visit(&mut flow).await.expect(200);
    let (_, info) = allowed(&server, &mut flow, Form::of(&page, "consent-form").set("remember", "1")).await;
    assert_eq!(info["email"], "a@example.org");
    let answer = ui::visit(&mut flow).await;
    let code = answer.location_parameter("code").unwrap();
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).json();
    assert_eq!(info["email"], "a@example.org", "the consent that was remembered named it");
}

#[tokio::test]
async fn a_class_that_the_built_in_page_cannot_reach_is_refused_before_anybody_logs_in() {
    let (server, client) = own_pages().await;
    let answer = authorize(&server, &set(&request(&client.id), "claims", ESSENTIAL_GOLD)).await;
    assert_eq!(outcome(&answer), "client unmet_authentication_requirements");
    assert!(pair(&answer.location_query(), "error_description").is_some());
}

#[tokio::test]
async fn a_page_grants_single_claims_that_were_asked_for_and_no_others() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let account = json!({ "username": "alice", "password": ui::PASSWORD, "email": "a@example.org", "name": "A" });
    let subject = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id");
    let asked = r#"{"userinfo":{"email":null}}"#;
    let flow = || client.flow(&server).scope("openid").subject(&subject).parameter("claims", asked);
    let tokens = flow().consent("grant_claims", json!(["email"])).tokens().await;
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).json();
    assert_eq!((&info["email"], info.get("name")), (&json!("a@example.org"), None));
    let tokens = flow().tokens().await;
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).json();
    assert!(info.get("email").is_none(), "nobody agreed to it: {info}");
    let page = flow().log_in().await.expect(302).location().to_owned();
    let challenge = crate::fixtures::parameter(&page, "consent_challenge");
    for foreign in ["name", "sub", "", "unknown"] {
        let body = json!({ "grant_scope": ["openid"], "grant_claims": [foreign] });
        let call = Call::put("/admin/oauth2/auth/requests/consent/accept").query(&[("consent_challenge", &challenge)]);
        assert_eq!(
            server.admin(call.json(&body)).await.expect(400).error().as_deref(),
            Some("invalid_request"),
            "{foreign:?}"
        );
    }
}
