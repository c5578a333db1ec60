//! What each response type is answered with (OAuth 2.0 Multiple Response Types §3, §4, §5, RFC 6749 §4.2.2, OpenID Connect
//! Core §3.2.2.5, §3.3.2.5), and how.

use serde_json::json;

use super::{ALL, Place, client, flow, granted, parameters};
use crate::fixtures::{confidential, register};
use crate::support::{REDIRECT_URI, STATE, TestServer, pair};

#[tokio::test]
async fn each_is_answered_with_what_it_names_and_nothing_else() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    let of_token = ["access_token", "expires_in", "scope", "token_type"];
    for (kind, place) in ALL {
        let answer = flow(&server, &client, kind).answer().await.expect(303);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{kind}");
        let told = parameters(&answer, place);
        let mut expected = vec!["iss", "state"];
        let asked: Vec<_> = kind.split(' ').collect();
        if asked.contains(&"code") {
            expected.push("code");
        }
        if asked.contains(&"id_token") {
            expected.push("id_token");
        }
        if asked.contains(&"token") {
            expected.extend(of_token);
        }
        if kind == "code" {
            expected.push("scope");
        }
        expected.sort_unstable();
        assert_eq!(told.keys().map(String::as_str).collect::<Vec<_>>(), expected, "{kind}");
        assert_eq!((told["state"].as_str(), told["iss"].as_str()), (STATE, server.public_url()), "{kind}");
        if asked.contains(&"token") {
            assert_eq!((told["token_type"].as_str(), told["expires_in"].as_str()), ("bearer", "3600"), "{kind}");
            assert_eq!(told["scope"], "openid offline", "{kind}");
        }
    }
}

#[tokio::test]
async fn the_order_and_the_case_of_the_words_do_not_matter() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    for kind in ["token code id_token", "id_token token code", "Token CODE Id_Token"] {
        let told = granted(&mut flow(&server, &client, kind)).await;
        for name in ["code", "id_token", "access_token"] {
            assert!(told.contains_key(name), "{kind}: {name}");
        }
    }
}

#[tokio::test]
async fn each_goes_into_a_form_where_the_client_wishes_so() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    for (kind, _) in ALL {
        let answer = flow(&server, &client, kind).parameter("response_mode", "form_post").answer().await.expect(200);
        let page = answer.text();
        assert!(page.contains(&format!("action=\"{REDIRECT_URI}\"")), "{kind}");
        for (name, word) in [("code", "code"), ("id_token", "id_token"), ("access_token", "token")] {
            let asked = kind.split(' ').any(|asked| asked == word);
            assert_eq!(page.contains(&format!("name=\"{name}\"")), asked, "{kind}: {name}");
        }
        assert!(page.contains(&format!("name=\"state\" value=\"{STATE}\"")), "{kind}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{kind}");
    }
}

#[tokio::test]
async fn a_query_takes_only_what_is_no_token() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    for (kind, place) in ALL {
        let mut flow = flow(&server, &client, kind).parameter("response_mode", "query");
        match place {
            Place::Query => {
                parameters(&flow.answer().await.expect(303), Place::Query);
            }
            Place::Fragment => {
                let told = parameters(&flow.authorize().await.expect(303), Place::Fragment);
                assert_eq!(told["error"], "unsupported_response_mode", "{kind}");
                assert_eq!(told["state"], STATE, "{kind}");
            }
        }
    }
}

#[tokio::test]
async fn errors_go_where_the_answer_would_have_gone() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    for (kind, place) in ALL {
        let mut wrong = flow(&server, &client, kind).scope("openid unknown");
        assert_eq!(parameters(&wrong.authorize().await.expect(303), place)["error"], "invalid_scope", "{kind}");
        let mut silent = flow(&server, &client, kind).parameter("prompt", "none");
        assert_eq!(parameters(&silent.authorize().await.expect(303), place)["error"], "login_required", "{kind}");
        // Also once somebody has logged in.
        let mut rejected = flow(&server, &client, kind);
        let page = rejected.log_in().await.expect(302).location().to_owned();
        let challenge = crate::fixtures::parameter(&page, "consent_challenge");
        let call = crate::support::Call::put("/admin/oauth2/auth/requests/consent/reject")
            .query(&[("consent_challenge", &challenge)])
            .json(&json!({ "error": "access_denied" }));
        let next = server.admin(call).await.expect(200).member("redirect_to");
        let answer = rejected.browser.get(&next).await.expect(303);
        assert_eq!(parameters(&answer, place)["error"], "access_denied", "{kind}");
        let mut form = flow(&server, &client, kind).parameter("response_mode", "form_post").scope("unknown");
        let page = form.authorize().await.expect(200).text();
        assert!(page.contains("name=\"error\""), "{kind}");
    }
}

#[tokio::test]
async fn whoever_is_logged_in_and_has_agreed_is_answered_without_a_page() {
    let server = TestServer::new().await;
    let client = client(&server).await;
    for (kind, place) in ALL {
        let mut first = flow(&server, &client, kind).login("remember", json!(true)).consent("remember", json!(true));
        first.answer().await.expect(303);
        let mut silent = flow(&server, &client, kind).parameter("prompt", "none");
        silent.browser = first.browser.clone();
        let told = parameters(&silent.answer().await.expect(303), place);
        assert!(!told.contains_key("error"), "{kind}: {told:?}");
        assert_eq!(told.contains_key("access_token"), kind.split(' ').any(|word| word == "token"), "{kind}");
        let mut old = flow(&server, &client, kind).parameter("prompt", "none").parameter("max_age", "60");
        old.browser = first.browser.clone();
        server.clock.advance(61);
        assert_eq!(parameters(&old.authorize().await.expect(303), place)["error"], "login_required", "{kind}");
    }
}

#[tokio::test]
async fn a_redirect_uri_keeps_its_query() {
    let server = TestServer::new().await;
    let uri = "https://app.example/cb?tenant=a";
    let settings = json!({ "redirect_uris": [uri], "grant_types": ["implicit"], "response_types": ["id_token token"] });
    let client = register(&server, "spa", &settings).await;
    let answer = flow(&server, &client, "id_token token").parameter("redirect_uri", uri).answer().await.expect(303);
    assert!(answer.location().starts_with("https://app.example/cb?tenant=a#"), "{}", answer.location());
    assert!(pair(&answer.location_fragment(), "access_token").is_some());
}

#[tokio::test]
async fn a_client_of_codes_gets_no_tokens_by_asking() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for (kind, place) in ALL.into_iter().filter(|(kind, _)| *kind != "code") {
        let told = parameters(&flow(&server, &client, kind).authorize().await.expect(303), place);
        assert_eq!(told["error"], "unsupported_response_type", "{kind}");
    }
}
