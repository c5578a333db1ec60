//! Parameters that are lists (RFC 6749 §3.3 `scope`, OpenID Connect Core §3.1.2.1 `prompt` and the like) are bounded at
//! every endpoint that takes them, and one error says by how much.

use serde_json::json;

use crate::fixtures::{authorize, confidential, outcome, register, request, set};
use crate::support::{Call, TestServer};

fn words(count: usize) -> String {
    (0..count).map(|number| format!("w{number}")).collect::<Vec<_>>().join(" ")
}

/// Each list with one entry too many, and what is said of it.
fn too_many() -> Vec<(&'static str, String, String)> {
    let lists = [("scope", 1_000), ("audience", 100), ("prompt", 8), ("acr_values", 32)];
    let more = [("ui_locales", 32), ("claims_locales", 32)];
    let fault = |(name, most): (&'static str, usize)| {
        (name, words(most + 1), format!("Parameter '{name}' has more than {most} entries."))
    };
    lists.into_iter().chain(more).map(fault).collect()
}

#[tokio::test]
async fn a_list_with_too_many_entries_is_refused_at_every_endpoint() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for (name, value, description) in too_many() {
        let answer = authorize(&server, &set(&request(&client.id), name, &value)).await;
        assert_eq!(outcome(&answer), "page invalid_request", "{name}");
        for (target, first) in [
            ("/oauth2/token", ("grant_type", "client_credentials")),
            ("/oauth2/device/auth", ("x", "y")),
            ("/oauth2/revoke", ("token", "x")),
        ] {
            let answer = server.public(client.form(target, &[first, (name, &value)])).await.expect(400).json();
            assert_eq!(answer["error"], "invalid_request", "{target} {name}");
            assert!(answer.to_string().contains(&description), "{target}: {answer}");
        }
    }
    let form = [("token", "x"), ("scope", &words(1_001))];
    let answer = server.admin(Call::post("/admin/oauth2/introspect").form(&form)).await.expect(400);
    assert!(answer.text().contains("more than 1000 entries"), "{}", answer.text());
}

#[tokio::test]
async fn a_list_with_as_many_entries_as_it_may_have_is_compared() {
    let server = TestServer::new().await;
    let audience: Vec<String> = (0..100).map(|number| format!("https://api{number}.example")).collect();
    let scope = words(1_000);
    let client = register(&server, "large", &json!({ "scope": scope, "audience": audience })).await;
    let form = [("grant_type", "client_credentials"), ("scope", &scope), ("audience", &audience.join(" "))];
    let answer = server.public(client.token_request(&form)).await.expect(200).json();
    assert_eq!(answer["scope"], *scope);
    let foreign = scope.replacen("w999", "x999", 1);
    let form = [("grant_type", "client_credentials"), ("scope", &foreign)];
    assert_eq!(server.public(client.token_request(&form)).await.expect(400).json()["error"], "invalid_scope");
}

#[tokio::test]
async fn the_claims_parameter_names_so_many_claims() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let claims = |count: usize| {
        let names = (0..count).map(|number| (format!("c{number}"), json!(null))).collect();
        json!({ "id_token": serde_json::Value::Object(names) }).to_string()
    };
    let ask = async |count| authorize(&server, &set(&request(&client.id), "claims", &claims(count))).await;
    assert_eq!(outcome(&ask(128).await), "login");
    assert_eq!(outcome(&ask(129).await), "client invalid_request");
}

#[tokio::test]
async fn a_consent_page_grants_no_longer_lists_than_a_client_may_ask_for() {
    let server = TestServer::with(|config| config.symbolon.compatibility.grant_beyond_request = true).await;
    let client = confidential(&server).await;
    let scope: Vec<String> = words(1_001).split(' ').map(str::to_owned).collect();
    let audience: Vec<String> = words(101).split(' ').map(str::to_owned).collect();
    for body in [json!({ "grant_scope": scope }), json!({ "grant_access_token_audience": audience })] {
        let mut flow = client.flow(&server);
        let login_page = flow.authorize().await.expect(302).location().to_owned();
        let after_login = flow.application.accept_login(&login_page).await;
        let consent_page = flow.browser.get(&after_login).await.expect(302).location().to_owned();
        let challenge = crate::fixtures::parameter(&consent_page, "consent_challenge");
        let call = Call::put("/admin/oauth2/auth/requests/consent/accept");
        let answer = server.admin(call.query(&[("consent_challenge", &challenge)]).json(&body)).await;
        assert_eq!(answer.expect(400).json()["error"], "invalid_request");
    }
}
