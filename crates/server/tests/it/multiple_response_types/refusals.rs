//! Who may ask for what: the client's grant types (OpenID Connect Dynamic Client Registration §2), the scope `openid`, the
//! `nonce` (OpenID Connect Core §3.2.2.1, §3.3.2.1), and what the operator has switched off.

use serde_json::json;
use symbolon_types::{ResponseType, ResponseTypes};

use super::{ALL, Place, client, client_with, flow, parameters};
use crate::support::{Call, STATE, TestServer};

fn has(kind: &str, word: &str) -> bool {
    kind.split(' ').any(|own| own == word)
}

#[tokio::test]
async fn a_client_needs_the_grant_types_of_the_response_type() {
    let server = TestServer::new().await;
    for (id, grant_types) in [
        ("code", vec!["authorization_code"]),
        ("implicit", vec!["implicit"]),
        ("both", vec!["authorization_code", "implicit"]),
        ("neither", vec!["client_credentials"]),
    ] {
        let changes = json!({ "grant_types": grant_types, "response_types": ALL.map(|(kind, _)| kind) });
        let client = crate::fixtures::register(&server, id, &changes).await;
        for (kind, place) in ALL {
            let in_front = has(kind, "token") || has(kind, "id_token");
            let allowed = (!has(kind, "code") || grant_types.contains(&"authorization_code"))
                && (!in_front || grant_types.contains(&"implicit"));
            let answer = flow(&server, &client, kind).scope("openid").authorize().await;
            if allowed {
                assert!(answer.location().starts_with("http://127.0.0.1:3000/login?"), "{id} {kind}");
            } else {
                assert_eq!(parameters(&answer.expect(303), place)["error"], "unauthorized_client", "{id} {kind}");
            }
        }
    }
}

#[tokio::test]
async fn a_client_that_loses_the_implicit_grant_gets_no_token_of_a_flow_that_has_begun() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        let mut begun = flow(server, &client, "code token");
        let page = begun.log_in().await.expect(302).location().to_owned();
        let next = begun.application.accept_consent(&page).await;
        let patched = json!({ "grant_types": ["authorization_code"], "response_types": ["code", "code token"] });
        let changed = crate::fixtures::with(crate::fixtures::metadata("spa"), &patched);
        server.admin(Call::put("/admin/clients/spa").json(&changed)).await.expect(200);
        let told = parameters(&begun.browser.get(&next).await.expect(303), Place::Fragment);
        assert_eq!((told["error"].as_str(), told.contains_key("access_token")), ("unauthorized_client", false));
    })
    .await;
}

#[tokio::test]
async fn an_id_token_needs_a_nonce() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    for (kind, place) in ALL {
        let answer = flow(&server, &client, kind).parameter("nonce", "").authorize().await;
        if has(kind, "id_token") {
            let told = parameters(&answer.expect(303), place);
            assert_eq!((told["error"].as_str(), told["state"].as_str()), ("invalid_request", STATE), "{kind}");
            assert!(told["error_description"].contains("'nonce'"), "{kind}");
        } else {
            assert!(answer.location().starts_with("http://127.0.0.1:3000/login?"), "{kind}");
        }
        if place == Place::Fragment {
            let short = flow(&server, &client, kind).parameter("nonce", "1234567").authorize().await.expect(303);
            assert_eq!(parameters(&short, place)["error"], "insufficient_entropy", "{kind}");
        }
    }
}

#[tokio::test]
async fn an_id_token_needs_the_scope_openid() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    for (kind, place) in ALL {
        let answer = flow(&server, &client, kind).scope("photos.read").authorize().await;
        if has(kind, "id_token") {
            assert_eq!(parameters(&answer.expect(303), place)["error"], "unsupported_response_type", "{kind}");
        } else {
            assert!(answer.location().starts_with("http://127.0.0.1:3000/login?"), "{kind}");
        }
    }
}

#[tokio::test]
async fn an_id_token_that_the_user_did_not_grant_is_left_out_or_all_is_refused() {
    TestServer::each_database(async |server| {
        let client = client(server).await;
        for (kind, left) in
            [("code id_token", "code"), ("id_token token", "access_token"), ("code id_token token", "code")]
        {
            let mut some = flow(server, &client, kind).scope("openid photos.read");
            some = some.consent("grant_scope", json!(["photos.read"]));
            let told = parameters(&some.answer().await.expect(303), Place::Fragment);
            assert!(told.contains_key(left) && !told.contains_key("id_token"), "{kind}: {told:?}");
        }
        let mut alone = flow(server, &client, "id_token").scope("openid photos.read");
        alone = alone.subject("bob").consent("grant_scope", json!(["photos.read"]));
        let page = alone.log_in().await.expect(302).location().to_owned();
        let next = alone.application.accept_consent(&page).await;
        let told = parameters(&alone.browser.clone().get(&next).await.expect(303), Place::Fragment);
        assert_eq!((told["error"].as_str(), told.contains_key("id_token")), ("access_denied", false));
        assert_eq!(crate::endings::consents(server, "bob").await.len(), 0, "nothing was granted");
        let again = alone.browser.get(&next).await.expect(303);
        assert_eq!(parameters(&again, Place::Fragment)["error"], "access_denied");
    })
    .await;
}

#[tokio::test]
async fn what_is_switched_off_is_neither_answered_nor_advertised() {
    for (on, grant_types) in [
        (vec!["code"], vec!["authorization_code"]),
        (vec!["id_token token", "none"], vec!["implicit"]),
        (vec!["code", "code id_token"], vec!["authorization_code", "implicit"]),
        (vec!["none"], vec![]),
    ] {
        let parsed: Vec<_> = on.iter().map(|kind| ResponseType::parse(kind).unwrap()).collect();
        let server = TestServer::with(|config| {
            config.symbolon.oauth2.response_types = ResponseTypes::from_iter(parsed.clone());
        })
        .await;
        let document = server.public(Call::get("/.well-known/openid-configuration")).await.expect(200).json();
        assert_eq!(document["response_types_supported"], json!(on));
        let query = document["response_modes_supported"].as_array().unwrap().iter().any(|mode| mode == "query");
        assert_eq!(query, on.iter().any(|kind| ALL.contains(&(kind, Place::Query))), "{on:?}");
        let advertised = document["grant_types_supported"].as_array().unwrap();
        for grant_type in ["authorization_code", "implicit"] {
            let named = advertised.iter().any(|own| own == grant_type);
            assert_eq!(named, grant_types.contains(&grant_type), "{on:?} {grant_type}");
        }
        let client = client(&server).await;
        for (kind, place) in ALL {
            let answer = flow(&server, &client, kind).authorize().await;
            if on.contains(&kind) {
                assert!(answer.location().starts_with("http://127.0.0.1:3000/login?"), "{on:?} {kind}");
            } else {
                assert_eq!(
                    parameters(&answer.expect(303), place)["error"],
                    "unsupported_response_type",
                    "{on:?} {kind}"
                );
            }
        }
    }
}

#[tokio::test]
async fn words_that_do_not_belong_together_are_refused() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({ "response_types": ["code", "none", "none code", "token token"] })).await;
    for kind in ["none code", "code none", "token token", "code code", "none none", "token magic"] {
        let answer = flow(&server, &client, kind).authorize().await.expect(303);
        assert_eq!(answer.error().as_deref(), Some("unsupported_response_type"), "{kind}");
    }
    let mut twice = crate::fixtures::request("spa");
    twice.push(("response_type".to_owned(), "code".to_owned()));
    assert_eq!(crate::fixtures::outcome(&crate::fixtures::authorize(&server, &twice).await), "page invalid_request");
}

#[tokio::test]
async fn only_a_code_needs_pkce() {
    let server = TestServer::with(|config| config.oauth2.pkce.enforced = true).await;
    let client = client(&server).await;
    for (kind, place) in ALL {
        let answer = flow(&server, &client, kind).without_pkce().authorize().await;
        if has(kind, "code") {
            assert_eq!(parameters(&answer.expect(303), place)["error"], "invalid_request", "{kind}");
        } else {
            assert!(answer.location().starts_with("http://127.0.0.1:3000/login?"), "{kind}");
        }
    }
}

#[tokio::test]
async fn a_client_that_registered_itself_may_have_them_at_https_addresses_only() {
    let server = TestServer::new().await;
    for (uri, status) in
        [("https://app.example/cb", 201), ("http://app.example/cb", 400), ("https://localhost/cb", 400)]
    {
        let body = json!({
            "application_type": "web", "redirect_uris": [uri], "token_endpoint_auth_method": "none",
            "grant_types": ["implicit"], "response_types": ["id_token token"], "scope": "openid",
        });
        let answer = server.public(Call::post("/oauth2/register").json(&body)).await.expect(status);
        if status == 201 {
            let own = crate::fixtures::Registered { id: answer.member("client_id"), secret: String::new() };
            let mut flow = flow(&server, &own, "id_token token").without_pkce().scope("openid");
            flow = flow.parameter("redirect_uri", uri);
            let told = parameters(&flow.answer().await.expect(303), Place::Fragment);
            assert!(told.contains_key("access_token") && told.contains_key("id_token"));
        }
    }
}
