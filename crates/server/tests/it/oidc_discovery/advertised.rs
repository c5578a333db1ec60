//! Advertised ⇔ works, member by member; what is about algorithms is beside.

use serde_json::{Value, json};

use super::{document, list};
use crate::fixtures::{confidential, register, text};
use crate::support::{Call, CodeFlow, TestServer, pair};

#[tokio::test]
async fn every_endpoint_is_where_it_is_said_to_be() {
    let server = TestServer::new().await;
    let document = document(&server).await;
    for (name, value) in document.as_object().unwrap() {
        let Some(url) = value
            .as_str()
            .filter(|_| name.ends_with("_endpoint") || name.contains("endpoint_") || name.ends_with("_uri"))
        else {
            continue;
        };
        let path = server.public_target(url).unwrap_or_else(|| panic!("{name} leads elsewhere: {url}"));
        let options = server.public(Call::new(http::Method::OPTIONS, &path)).await;
        assert_eq!(options.status, 200, "{name} is advertised and does not exist");
    }
}

#[tokio::test]
async fn response_types() {
    let server = TestServer::new().await;
    let advertised = list(&document(&server).await, "response_types_supported");
    let all = [
        "code",
        "token",
        "id_token",
        "code id_token",
        "code token",
        "token id_token",
        "code id_token token",
        "none",
        "magic",
    ];
    let client =
        register(&server, "all", &json!({ "response_types": all, "grant_types": ["authorization_code", "implicit"] }))
            .await;
    for kind in all {
        let answer = client.flow(&server).scope("openid").parameter("response_type", kind).authorize().await;
        let works = answer.location().starts_with("http://127.0.0.1:3000/login?");
        let same =
            |other: &String| other.split(' ').collect::<std::collections::BTreeSet<_>>() == kind.split(' ').collect();
        assert_eq!(works, advertised.iter().any(same), "{kind}: {}", answer.location());
    }
}

#[tokio::test]
async fn response_modes() {
    let server = TestServer::new().await;
    let advertised = list(&document(&server).await, "response_modes_supported");
    let client = confidential(&server).await;
    let jwt = ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"];
    for mode in ["query", "fragment", "form_post", "web_message", "magic"].into_iter().chain(jwt) {
        let mut flow = client.flow(&server).scope("openid").parameter("response_mode", mode);
        if !advertised.iter().any(|own| own == mode) {
            let answer = flow.authorize().await;
            assert_eq!(answer.error().as_deref(), Some("unsupported_response_mode"), "{mode}");
            continue;
        }
        let answer = flow.answer().await;
        let found = match mode {
            "query" => answer.location_parameter("code").is_some(),
            "fragment" => pair(&answer.location_fragment(), "code").is_some(),
            "query.jwt" | "jwt" => answer.location_parameter("response").is_some(),
            "fragment.jwt" => pair(&answer.location_fragment(), "response").is_some(),
            "form_post.jwt" => answer.status == 200 && answer.text().contains("name=\"response\""),
            _ => answer.status == 200 && answer.text().contains("name=\"code\""),
        };
        assert!(found, "{mode}");
    }
}

#[tokio::test]
async fn grant_types() {
    let server = TestServer::new().await;
    let advertised = list(&document(&server).await, "grant_types_supported");
    let all = [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "implicit",
        "password",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:openid:params:grant-type:ciba",
    ];
    let settings = json!({ "client_id": "everything", "grant_types": all, "token_endpoint_auth_method": "none" });
    server.create_client(&settings).await;
    // The implicit grant is answered at the authorization endpoint, and advertised with the response types of that.
    assert!(advertised.iter().any(|own| own == "implicit"));
    for grant in all.into_iter().filter(|grant| *grant != "implicit") {
        let form = [("grant_type", grant), ("client_id", "everything")];
        let answer = server.public(Call::post("/oauth2/token").form(&form)).await;
        let unknown = answer.error().as_deref() == Some("unsupported_grant_type");
        assert_eq!(!unknown, advertised.iter().any(|own| own == grant), "{grant}: {}", answer.text());
    }
}

#[tokio::test]
async fn authentication_methods() {
    let server = TestServer::new().await;
    let advertised = list(&document(&server).await, "token_endpoint_auth_methods_supported");
    let all = [
        "client_secret_basic",
        "client_secret_post",
        "private_key_jwt",
        "none",
        "client_secret_jwt",
        "tls_client_auth",
        "self_signed_tls_client_auth",
        "attest_jwt_client_auth",
    ];
    for method in all {
        let body = json!({ "token_endpoint_auth_method": method, "jwks": { "keys": [] } });
        let status = server.public(Call::post("/oauth2/register").json(&body)).await.status;
        assert_eq!(status == 201, advertised.iter().any(|own| own == method), "{method}: {status}");
    }
}

#[tokio::test]
async fn subject_types() {
    use symbolon_types::{AccessTokenStrategy, SubjectType};
    for (types, strategy) in [
        (vec![SubjectType::Public], AccessTokenStrategy::Opaque),
        (vec![SubjectType::Public, SubjectType::Pairwise], AccessTokenStrategy::Opaque),
        (vec![SubjectType::Public, SubjectType::Pairwise], AccessTokenStrategy::Jwt),
        (vec![SubjectType::Public, SubjectType::Pairwise], AccessTokenStrategy::Rfc9068),
        (vec![SubjectType::Pairwise], AccessTokenStrategy::Opaque),
    ] {
        let server = TestServer::with(|config| {
            config.oidc.subject_types.clone_from(&types);
            config.oidc.pairwise_salt = Some(symbolon_jose::Secret::new("a-salt-of-the-test".to_owned()));
            config.strategies.access_token = strategy;
        })
        .await;
        let advertised = list(&document(&server).await, "subject_types_supported");
        for kind in ["public", "pairwise", "other"] {
            let body = json!({ "subject_type": kind });
            let status = server.public(Call::post("/oauth2/register").json(&body)).await.status;
            assert_eq!(status == 201, advertised.iter().any(|own| own == kind), "{types:?} {strategy:?} {kind}");
        }
    }
}

#[tokio::test]
async fn prompts_and_code_challenges() {
    let server = TestServer::new().await;
    let document = document(&server).await;
    let client = confidential(&server).await;
    let prompts = list(&document, "prompt_values_supported");
    for prompt in ["none", "login", "consent", "select_account", "magic", "registration"] {
        let answer = client.flow(&server).parameter("prompt", prompt).authorize().await;
        let refused = answer.error().as_deref() == Some("invalid_request");
        // `registration` is Ory's own word for what the standard calls `create`, taken and not advertised.
        let known = prompts.iter().any(|own| own == prompt) || prompt == "registration";
        assert_eq!(!refused, known, "{prompt}: {}", answer.location());
    }
    let methods = list(&document, "code_challenge_methods_supported");
    for method in ["S256", "plain", "S512"] {
        let answer = client.flow(&server).parameter("code_challenge_method", method).authorize().await;
        let works = answer.error().is_none();
        assert_eq!(works, methods.iter().any(|own| own == method), "{method}");
    }
}

#[tokio::test]
async fn creating_an_account_is_advertised_where_there_is_a_page_for_it() {
    const PAGE: &str = "http://127.0.0.1:3000/registration";
    let server = TestServer::with(|config| config.urls.registration = Some(PAGE.to_owned())).await;
    let prompts = list(&document(&server).await, "prompt_values_supported");
    assert_eq!(prompts, ["none", "login", "consent", "select_account", "create"]);
    let client = confidential(&server).await;
    let answer = client.flow(&server).parameter("prompt", "create").authorize().await;
    assert!(answer.location().starts_with(PAGE), "{}", answer.location());
    let built_in = |config: &mut symbolon_server::config::Config| {
        config.urls.login = None;
        config.symbolon.ui.enabled = true;
    };
    for server in [TestServer::new().await, TestServer::with(built_in).await] {
        let prompts = list(&document(&server).await, "prompt_values_supported");
        assert_eq!(prompts, ["none", "login", "consent", "select_account"]);
    }
}

#[tokio::test]
async fn request_objects_are_refused_while_they_are_not_advertised() {
    let server = TestServer::new().await;
    let document = document(&server).await;
    let client = confidential(&server).await;
    for (member, parameter, error) in [
        ("request_parameter_supported", "request", "request_not_supported"),
        ("request_uri_parameter_supported", "request_uri", "request_uri_not_supported"),
    ] {
        let answer = client.flow(&server).parameter(parameter, "https://a.example/r").authorize().await;
        let refused = answer.error().as_deref() == Some(error);
        assert_eq!(document[member] == Value::Bool(true), !refused, "{member}");
    }
}

#[tokio::test]
async fn scopes_are_those_that_a_client_without_a_scope_of_its_own_may_ask_for() {
    let server = TestServer::new().await;
    let scopes = list(&document(&server).await, "scopes_supported");
    let body = json!({ "redirect_uris": [crate::support::REDIRECT_URI], "grant_types": ["authorization_code", "refresh_token"] });
    let created = server.public(Call::post("/oauth2/register").json(&body)).await.expect(201).json();
    for scope in scopes {
        let mut flow = CodeFlow::new(&server, text(&created, "client_id")).secret(text(&created, "client_secret"));
        flow = flow.scope(&scope);
        assert_eq!(flow.tokens().await["scope"], scope);
    }
}

#[tokio::test]
async fn claims_are_those_that_built_in_accounts_have() {
    let server = TestServer::with(|config| config.symbolon.ui.enabled = true).await;
    let mut advertised = list(&document(&server).await, "claims_supported");
    let account = crate::fixtures::with(
        crate::accounts::everything_about_a_person(),
        &json!({ "username": "alice", "password": "a good password" }),
    );
    let subject = server.admin(Call::post("/admin/accounts").json(&account)).await.expect(201).member("id");
    let scopes: Vec<String> = list(&document(&server).await, "scopes_supported");
    let client = register(&server, "all", &json!({ "scope": scopes.join(" ") })).await;
    let tokens = client.flow(&server).scope(&scopes.join(" ")).subject(&subject).tokens().await;
    let info = server.public(Call::get("/userinfo").bearer(text(&tokens, "access_token"))).await.expect(200).json();
    let about_tokens = ["iss", "aud", "iat", "auth_time"];
    let mut given: Vec<String> = info.as_object().unwrap().keys().cloned().collect();
    given.retain(|name| !about_tokens.contains(&name.as_str()));
    given.sort();
    advertised.sort();
    assert_eq!(given, advertised);
}
