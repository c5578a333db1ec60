//! What a client says about itself is not only kept: it decides what the client gets.

use serde_json::{Value, json};
use symbolon_jose::Algorithm;

use super::{Managed, minimal, register, replace};
use crate::fixtures::{claims, part, text, verified_claims, with};
use crate::support::{Answer, Call, CodeFlow, TestServer, pair};

async fn registered(server: &TestServer, change: &Value) -> Managed {
    register(server, &with(minimal(), change)).await
}

fn flow(server: &TestServer, client: &Managed) -> CodeFlow {
    CodeFlow::new(server, &client.id).secret(&client.secret).scope("openid")
}

/// The login request behind the page that the browser was sent to.
async fn login_request(server: &TestServer, answer: &Answer) -> Value {
    let challenge = pair(&answer.location_query(), "login_challenge").unwrap().to_owned();
    let call = Call::get("/admin/oauth2/auth/requests/login").query(&[("login_challenge", &challenge)]);
    server.admin(call).await.expect(200).json()
}

#[tokio::test]
async fn id_tokens_are_signed_as_registered() {
    let server = TestServer::new().await;
    for name in ["RS256", "ES256", "PS256", "EdDSA"] {
        let client = registered(&server, &json!({ "id_token_signed_response_alg": name })).await;
        let tokens = flow(&server, &client).tokens().await;
        let token = text(&tokens, "id_token");
        assert_eq!(part(token, 0)["alg"], name);
        let claims = verified_claims(&server, token).await;
        let algorithm = Algorithm::parse(name).unwrap();
        assert_eq!(claims["at_hash"], symbolon_jose::half_hash(algorithm, text(&tokens, "access_token")), "{name}");
    }
}

#[tokio::test]
async fn a_change_of_the_algorithm_counts_from_the_next_token() {
    let server = TestServer::new().await;
    let client = registered(&server, &json!({ "id_token_signed_response_alg": "ES256" })).await;
    let tokens = flow(&server, &client).tokens().await;
    assert_eq!(part(text(&tokens, "id_token"), 0)["alg"], "ES256");
    let client = replace(&server, &client, &minimal()).await;
    let tokens = flow(&server, &client).tokens().await;
    assert_eq!(part(text(&tokens, "id_token"), 0)["alg"], "RS256");
}

#[tokio::test]
async fn a_default_max_age_makes_an_old_login_be_repeated() {
    let server = TestServer::new().await;
    let client = registered(&server, &json!({ "default_max_age": 60 })).await;
    let mut first = flow(&server, &client).login("remember", json!(true));
    first.tokens().await;
    server.clock.advance(30);
    let mut second = flow(&server, &client);
    second.browser = first.browser.clone();
    let answer = second.authorize().await;
    assert_eq!(login_request(&server, &answer).await["skip"], true);
    server.clock.advance(60);
    let answer = second.authorize().await;
    assert_eq!(login_request(&server, &answer).await["skip"], false, "the login is older than the client wants");
    // The request may ask for something else.
    let mut third = flow(&server, &client).parameter("max_age", "3600");
    third.browser = first.browser.clone();
    let answer = third.authorize().await;
    assert_eq!(login_request(&server, &answer).await["skip"], true);
    let mut silent = flow(&server, &client).parameter("prompt", "none");
    silent.browser = first.browser;
    let answer = silent.authorize().await;
    assert_eq!(answer.error().as_deref(), Some("login_required"));
}

#[tokio::test]
async fn id_tokens_have_auth_time_where_it_is_required_or_an_age_is_asked_for() {
    let server = TestServer::new().await;
    for change in [json!({ "require_auth_time": true }), json!({ "default_max_age": 60 }), json!({})] {
        let client = registered(&server, &change).await;
        let tokens = flow(&server, &client).tokens().await;
        assert_eq!(claims(text(&tokens, "id_token"))["auth_time"], crate::support::START, "{change}");
    }
}

#[tokio::test]
async fn default_acr_values_reach_the_login_page_unless_the_request_has_its_own() {
    let server = TestServer::new().await;
    let client = registered(&server, &json!({ "default_acr_values": ["urn:gold", "urn:silver"] })).await;
    let answer = flow(&server, &client).authorize().await;
    let asked = login_request(&server, &answer).await;
    assert_eq!(asked["oidc_context"]["acr_values"], json!(["urn:gold", "urn:silver"]));
    let answer = flow(&server, &client).parameter("acr_values", "urn:bronze").authorize().await;
    assert_eq!(login_request(&server, &answer).await["oidc_context"]["acr_values"], json!(["urn:bronze"]));
}

#[tokio::test]
async fn lifespans_of_the_client_are_those_of_its_tokens() {
    let server = TestServer::new().await;
    let change = json!({
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "scope": "openid offline a",
        "authorization_code_grant_access_token_lifespan": "90s", "authorization_code_grant_id_token_lifespan": "2m",
        "authorization_code_grant_refresh_token_lifespan": "1h", "refresh_token_grant_access_token_lifespan": "30s",
        "client_credentials_grant_access_token_lifespan": "10s",
    });
    let client = registered(&server, &change).await;
    let mut flow = CodeFlow::new(&server, &client.id).secret(&client.secret);
    let tokens = flow.tokens().await;
    assert_eq!(tokens["expires_in"], 90);
    assert_eq!(claims(text(&tokens, "id_token"))["exp"], crate::support::START + 120);
    let refreshed = server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(200).json();
    assert_eq!(refreshed["expires_in"], 30);
    let form = [("grant_type", "client_credentials"), ("scope", "a")];
    let own = server.public(Call::post("/oauth2/token").form(&form).basic(&client.id, &client.secret)).await;
    assert_eq!(own.expect(200).json()["expires_in"], 10);
    let mut late = CodeFlow::new(&server, &client.id).secret(&client.secret);
    let tokens = late.tokens().await;
    server.clock.advance(3601);
    server.public(late.refresh(text(&tokens, "refresh_token"))).await.expect(400);
}

#[tokio::test]
async fn grants_response_types_scopes_and_redirect_uris_are_what_was_registered() {
    let server = TestServer::new().await;
    let client = registered(&server, &json!({ "grant_types": ["client_credentials"], "scope": "a b" })).await;
    let form = |scope: &'static str| [("grant_type", "client_credentials"), ("scope", scope)];
    let send = async |scope| {
        server.public(Call::post("/oauth2/token").form(&form(scope)).basic(&client.id, &client.secret)).await
    };
    send("a b").await.expect(200);
    assert_eq!(send("a c").await.error().as_deref(), Some("invalid_scope"));
    let answer = CodeFlow::new(&server, &client.id).scope("a").authorize().await;
    assert_eq!(answer.error().as_deref(), Some("unauthorized_client"), "{}", answer.location());
    let plain = registered(&server, &json!({})).await;
    let own = Call::post("/oauth2/token").form(&form("openid")).basic(&plain.id, &plain.secret);
    assert_eq!(server.public(own).await.error().as_deref(), Some("unauthorized_client"));
    let elsewhere = flow(&server, &plain).parameter("redirect_uri", "http://127.0.0.1:5555/other").authorize().await;
    assert!(elsewhere.location().starts_with("http://127.0.0.1:3000/error?"), "{}", elsewhere.location());
}

#[tokio::test]
async fn names_in_other_languages_reach_the_pages_of_the_operator() {
    let server = TestServer::new().await;
    let client = registered(
        &server,
        &json!({ "client_name": "Shop", "client_name#de": "Laden", "logo_uri#de": "https://a.example/de.png" }),
    )
    .await;
    let answer = flow(&server, &client).authorize().await;
    let asked = login_request(&server, &answer).await;
    assert_eq!(asked["client"]["client_name#de"], "Laden");
    assert_eq!(asked["client"]["logo_uri#de"], "https://a.example/de.png");
}

#[tokio::test]
async fn the_built_in_pages_show_a_client_in_their_language() {
    let server = TestServer::with(|config| {
        config.symbolon.ui.enabled = true;
        config.urls.login = None;
    })
    .await;
    let names = json!({ "client_name": "Shop", "client_name#de-AT": "Laden" });
    let client = registered(&server, &names).await;
    for (locales, shown, hidden) in [("de", "Laden", "Shop"), ("en", "Shop", "Laden"), ("fr", "Shop", "Laden")] {
        let mut flow = flow(&server, &client).parameter("ui_locales", locales);
        let login = flow.authorize().await.location().to_owned();
        let page = flow.browser.get(&login).await.expect(200).text();
        assert!(page.contains(shown) && !page.contains(hidden), "{locales}: {page}");
    }
}
