//! What a person is shown, and what they grant: elements as they were asked for, each or none (RFC 9396 §7).

use serde_json::{Value, json};
use symbolon_types::limits;

use super::{accounts, changed, client, configure, flow, payment, server};
use crate::fixtures::{authorize, outcome, parameter, request, set, text};
use crate::support::{Call, CodeFlow, TestServer};
use crate::ui::{Form, PASSWORD, account, built_in, log_in, submit, visit};

async fn consent_page(flow: &mut CodeFlow) -> String {
    flow.log_in().await.expect(302).location().to_owned()
}

async fn asked_at(server: &TestServer, page: &str) -> Value {
    let call = Call::get("/admin/oauth2/auth/requests/consent");
    let challenge = parameter(page, "consent_challenge");
    server.admin(call.query(&[("consent_challenge", &challenge)])).await.expect(200).json()
}

#[tokio::test]
async fn the_consent_application_is_told_and_grants_a_part() {
    TestServer::each_database_with(configure, async |server| {
        let client = client(server).await;
        let all = json!([payment("45.00"), payment("7.00")]);
        let mut flow = flow(server, &client, &all).consent("grant_authorization_details", json!([payment("7.00")]));
        let page = consent_page(&mut flow).await;
        let asked = asked_at(server, &page).await;
        assert_eq!(asked["requested_authorization_details"], all);
        let next = flow.application.accept_consent(&page).await;
        let code = flow.browser.get(&next).await.expect(303).location_parameter("code").unwrap();
        let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
        assert_eq!(tokens["authorization_details"], json!([payment("7.00")]));
        let list = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice")]);
        let sessions = server.admin(list).await.expect(200).json();
        assert_eq!(sessions[0]["grant_authorization_details"], json!([payment("7.00")]));
    })
    .await;
}

/// A page that knows nothing of them has shown none.
#[tokio::test]
async fn what_the_page_does_not_name_is_not_granted() {
    let server = server().await;
    let client = client(&server).await;
    let mut flow = client.flow(&server).parameter("authorization_details", &json!([payment("45")]).to_string());
    let tokens = flow.tokens().await;
    assert!(tokens.get("authorization_details").is_none(), "{tokens}");
    let shown = server.introspect(text(&tokens, "access_token")).await;
    assert!(shown.get("authorization_details").is_none(), "{shown}");
}

#[tokio::test]
async fn nothing_else_can_be_granted() {
    let server = TestServer::with(|config| {
        configure(config);
        config.symbolon.compatibility.grant_beyond_request = true;
    })
    .await;
    let client = client(&server).await;
    let mut flow = flow(&server, &client, &json!([payment("45")]));
    let page = consent_page(&mut flow).await;
    let challenge = parameter(&page, "consent_challenge");
    let accept = Call::put("/admin/oauth2/auth/requests/consent/accept").query(&[("consent_challenge", &challenge)]);
    for (name, granted, status) in [
        ("more", json!([payment("46")]), 400),
        ("less of one", json!([{ "type": "payment", "to": "Ada" }]), 400),
        ("another", json!([accounts()]), 400),
        ("one of them twice", json!([payment("45"), payment("45")]), 400),
        ("more than one", json!([payment("45"), payment("1")]), 400),
        ("a member more", json!([changed(payment("45"), &json!({ "x": 1 }))]), 400),
        (
            "in another order",
            json!([{ "to": "Ada", "amount": { "currency": "EUR", "value": "45" }, "type": "payment" }]),
            200,
        ),
        ("none", json!([]), 200),
        ("no list", json!({}), 400),
        ("no object", json!(["payment"]), 400),
        ("very many", json!(vec![payment("45"); limits::AUTHORIZATION_DETAILS + 1]), 400),
    ] {
        let body = json!({ "grant_scope": ["openid"], "grant_authorization_details": granted });
        let answer = server.admin(accept.clone().json(&body)).await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
    }
}

/// One payment that was agreed to is no other one.
#[tokio::test]
async fn no_remembered_consent_covers_them() {
    let server = server().await;
    let client = client(&server).await;
    let details = json!([payment("45")]);
    let mut first = flow(&server, &client, &details).consent("remember", json!(true)).login("remember", json!(true));
    first.tokens().await;
    let mut again = flow(&server, &client, &details);
    again.browser = first.browser;
    let page = consent_page(&mut again).await;
    assert_eq!(asked_at(&server, &page).await["skip"], false);
    let mut plain = client.flow(&server);
    plain.browser = again.browser;
    let page = consent_page(&mut plain).await;
    let asked = asked_at(&server, &page).await;
    assert_eq!((&asked["skip"], asked.get("requested_authorization_details")), (&json!(true), None));
    let list = Call::get("/admin/oauth2/auth/sessions/consent").query(&[("subject", "alice")]);
    let sessions = server.admin(list).await.expect(200).json();
    assert_eq!(sessions[0]["grant_authorization_details"], details);
    assert_eq!(sessions[0]["consent_request"]["requested_authorization_details"], details);
}

#[tokio::test]
async fn a_client_that_loses_the_type_meanwhile_is_refused() {
    let server = server().await;
    let client = client(&server).await;
    let mut flow = flow(&server, &client, &json!([payment("45")]));
    let page = consent_page(&mut flow).await;
    let patch = json!([{ "op": "remove", "path": "/authorization_details_types" }]);
    server.admin(Call::patch("/admin/clients/detailed").json(&patch)).await.expect(200);
    let challenge = parameter(&page, "consent_challenge");
    let accept = Call::put("/admin/oauth2/auth/requests/consent/accept").query(&[("consent_challenge", &challenge)]);
    let body = json!({ "grant_scope": ["openid"], "grant_authorization_details": [payment("45")] });
    assert_eq!(server.admin(accept.json(&body)).await.expect(400).member("error"), "invalid_authorization_details");
}

#[tokio::test]
async fn the_built_in_page_says_it_in_words_and_shows_the_rest_in_a_fold() {
    let server = TestServer::with(|config| {
        built_in(config);
        configure(config);
    })
    .await;
    let client = client(&server).await;
    account(&server, "alice").await;
    let hostile = changed(payment("7.00"), &json!({ "to": "<b>Bob\u{202e}\nx" }));
    let all = json!([payment("45.00"), hostile.clone()]);
    let mut flow = client.flow(&server).parameter("authorization_details", &all.to_string());
    let page = visit(&mut flow).await.expect(200);
    let page = log_in(&mut flow, &page, "alice", PASSWORD).await.expect(200);
    let html = page.text();
    assert!(html.contains("Pay 45.00 EUR to Ada"), "{html}");
    assert!(
        html.contains("Pay 7.00 EUR to &#60;b&#62;Bob  x") || html.contains("Pay 7.00 EUR to &lt;b&gt;Bob  x"),
        "{html}"
    );
    assert!(!html.contains("<b>Bob"), "{html}");
    assert!(html.contains("<summary>"));
    let form = Form::of(&page, "consent-form");
    assert_eq!(form.values("grant_detail"), ["0", "1"]);
    let mut form = form.untick("grant_detail", "0");
    form.fields.push(("grant_detail".to_owned(), "2".to_owned()));
    form.fields.push(("grant_detail".to_owned(), "-1".to_owned()));
    let answer = submit(&mut flow, &form.press("accept")).await.expect(303);
    let code = answer.location_parameter("code").unwrap();
    let tokens = server.public(flow.redemption(&code)).await.expect(200).json();
    assert_eq!(tokens["authorization_details"], json!([hostile]));
}

#[tokio::test]
async fn prompt_none_cannot_ask_for_them() {
    let server = server().await;
    let client = client(&server).await;
    let pairs = set(&request(&client.id), "authorization_details", &json!([payment("1")]).to_string());
    assert_eq!(outcome(&authorize(&server, &set(&pairs, "prompt", "none")).await), "client login_required");
}
