//! Identity assertions (ID-JAG, draft-ietf-oauth-identity-assertion-authz-grant): an application in which somebody is logged in
//! gets a token at another authorization server without asking the person again. Two servers in one process: the company's
//! identity provider, which knows the person, and the one of the chat, which trusts that provider.

use serde_json::json;
use symbolon_client::{
    Client, DpopKey, Error, ExchangedToken, JwtBearerRequest, TokenExchangeRequest, TokenSet, token_type,
};
use symbolon_test_provider::TestClient;

use super::{JWT_BEARER, START, Setting, TOKEN_EXCHANGE};

/// The API that belongs to the chat.
const CHAT: &str = "https://api.chat.example/";

struct World {
    company: Setting,
    chat: Setting,
    /// The application at the company's provider, where people log in to it, and its registration there.
    wiki: Client,
    wiki_app: TestClient,
    /// The same application at the server of the chat.
    wiki_at_chat: Client,
    wiki_at_chat_app: TestClient,
}

impl World {
    async fn new() -> Self {
        // Each must know the other one's address, and a port is known when it is open.
        let reserved = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let issuer = format!("http://127.0.0.1:{reserved}");
        let rows = json!([{
            "client": "wiki", "audience": issuer, "client_id": "wiki-at-chat", "resources": [CHAT],
            "scopes": ["chat.read", "chat.write"], "max_age": "8h",
        }]);
        let company = Setting::with(&[("symbolon.token_exchange.assertions", rows.to_string())]).await;
        let issuers = json!([{
            "issuer": company.provider.issuer(), "jwks_uri": company.provider.url("/.well-known/jwks.json"),
            "clients": ["wiki-at-chat"], "resources": [CHAT], "scopes": ["chat.read"],
        }]);
        let resources = json!([{ "identifier": CHAT, "scopes": ["chat.read", "chat.write"], "self_service": true }]);
        let chat = Setting::with(&[
            ("serve.public.port", reserved.to_string()),
            ("symbolon.id_jag.issuers", issuers.to_string()),
            ("symbolon.resources", resources.to_string()),
        ])
        .await;
        assert_eq!(chat.provider.issuer(), issuer);
        let wiki_app = company
            .register(&json!({
                "client_id": "wiki", "grant_types": ["authorization_code", "refresh_token", TOKEN_EXCHANGE],
            }))
            .await;
        let wiki_at_chat_app = chat.register(&at_chat("wiki-at-chat")).await;
        let wiki = company.builder(&wiki_app.id).client_secret(&wiki_app.secret).build().unwrap();
        let wiki_at_chat = chat.builder(&wiki_at_chat_app.id).client_secret(&wiki_at_chat_app.secret).build().unwrap();
        Self { company, chat, wiki, wiki_app, wiki_at_chat, wiki_at_chat_app }
    }

    /// What the company's provider says of somebody with these tokens.
    async fn assertion(&self, tokens: &TokenSet) -> Result<ExchangedToken, Error> {
        self.wiki.exchange_token(&self.request(tokens)).await
    }

    fn request(&self, tokens: &TokenSet) -> TokenExchangeRequest {
        let id_token = tokens.id_token.as_ref().unwrap().raw.expose().as_str();
        TokenExchangeRequest::new(id_token, token_type::ID_TOKEN)
            .requested_token_type(token_type::ID_JAG)
            .audience(self.chat.provider.issuer())
            .resource(CHAT)
            .scope("chat.read")
    }

    async fn at_chat(&self, assertion: &ExchangedToken) -> Result<TokenSet, Error> {
        self.wiki_at_chat.jwt_bearer(&JwtBearerRequest::new(assertion.token.expose().as_str())).await
    }
}

fn at_chat(id: &str) -> serde_json::Value {
    json!({ "client_id": id, "grant_types": [JWT_BEARER], "scope": "chat.read chat.write" })
}

#[tokio::test]
async fn somebody_who_is_logged_in_here_reaches_an_api_there() {
    let world = World::new().await;
    let tokens = world.company.log_in(&world.wiki, "openid").await.unwrap();
    let assertion = world.assertion(&tokens).await.unwrap();
    assert_eq!((&*assertion.issued_token_type, &*assertion.token_type), (token_type::ID_JAG, "N_A"));
    assert_eq!(assertion.expires_at, Some(START + 300));
    assert!(!format!("{assertion:?}").contains(assertion.token.expose().as_str()));
    // It opens no API, so it does not become a set of tokens.
    assert_eq!(assertion.clone().into_token_set().unwrap_err(), Error::TokenType("N_A".into()));

    let tokens = world.at_chat(&assertion).await.unwrap();
    let claims = world.wiki_at_chat.verify_access_token(&tokens.access_token, CHAT).await.unwrap();
    assert_eq!(claims.client_id.as_deref(), Some("wiki-at-chat"));
    assert!(claims.subject.unwrap().starts_with("id_jag_"), "somebody of their own, without an account there");
    assert_eq!(tokens.scope.to_string(), "chat.read");
    assert!(tokens.refresh_token.is_none() && tokens.id_token.is_none());
}

#[tokio::test]
async fn an_assertion_counts_once_for_its_client_and_for_five_minutes() {
    let world = World::new().await;
    let tokens = world.company.log_in(&world.wiki, "openid").await.unwrap();
    let refused = |outcome: Result<TokenSet, Error>| outcome.unwrap_err().code().unwrap_or_default().to_owned();
    let first = world.assertion(&tokens).await.unwrap();
    world.at_chat(&first).await.unwrap();
    assert_eq!(refused(world.at_chat(&first).await), "invalid_grant", "used");

    let second = world.assertion(&tokens).await.unwrap();
    let thief = world.chat.client(&at_chat("thief")).await;
    let stolen = JwtBearerRequest::new(second.token.expose().as_str());
    assert_eq!(refused(thief.jwt_bearer(&stolen).await), "invalid_grant", "of another client");
    let own = world.company.client(&at_chat("wiki-at-chat")).await;
    assert_eq!(refused(own.jwt_bearer(&stolen).await), "invalid_grant", "at the server that made it");
    let request = stolen.clone().scope("chat.read chat.write");
    assert!(matches!(&*refused(world.wiki_at_chat.jwt_bearer(&request).await), "invalid_scope" | "invalid_grant"));
    world.chat.advance(320);
    assert_eq!(refused(world.at_chat(&second).await), "invalid_grant", "expired");
}

#[tokio::test]
async fn the_first_server_gives_what_its_row_says_to_whom_it_says() {
    let world = World::new().await;
    let tokens = world.company.log_in(&world.wiki, "openid").await.unwrap();
    let request = || world.request(&tokens);
    for (case, request, code) in [
        ("another server", request().audience("https://other.example"), "invalid_target"),
        ("another API", request().resource("https://payroll.example/"), "invalid_target"),
        ("another scope", request().scope("chat.admin"), "invalid_scope"),
    ] {
        let error = world.wiki.exchange_token(&request).await.expect_err(case);
        assert!(matches!(error.code(), Some(found) if found == code || found == "invalid_request"), "{case}: {error}");
    }
    let other = json!({ "client_id": "other", "grant_types": ["authorization_code", TOKEN_EXCHANGE] });
    let other = world.company.client(&other).await;
    assert_eq!(other.exchange_token(&request()).await.unwrap_err().code(), Some("unauthorized_client"));
    // A login that is too old: the answer says what to ask for.
    world.company.advance(9 * 3600);
    let error = world.assertion(&tokens).await.unwrap_err();
    assert!(error.code().is_some(), "{error}");
}

#[tokio::test]
async fn an_assertion_is_bound_to_the_key_of_the_application() {
    let world = World::new().await;
    let key = DpopKey::generate().unwrap();
    let with_key = |setting: &Setting, app: &TestClient| {
        setting.builder(&app.id).client_secret(&app.secret).dpop(key.clone()).build().unwrap()
    };
    let wiki = with_key(&world.company, &world.wiki_app);
    let tokens = world.company.log_in(&wiki, "openid").await.unwrap();
    let assertion = wiki.exchange_token(&world.request(&tokens)).await.unwrap();
    assert_eq!(&*assertion.token_type, "N_A");
    // Whoever shows it must have the key.
    assert_eq!(world.at_chat(&assertion).await.unwrap_err().code(), Some("invalid_grant"));
    let bound = with_key(&world.chat, &world.wiki_at_chat_app);
    let tokens = bound.jwt_bearer(&JwtBearerRequest::new(assertion.token.expose().as_str())).await.unwrap();
    assert_eq!(world.chat.told(&tokens).await["cnf"]["jkt"], key.thumbprint());
}
