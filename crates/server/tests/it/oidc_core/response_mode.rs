//! OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode: three ways for an answer to reach the client.

use serde_json::json;

use crate::fixtures::{confidential, register};
use crate::support::{Answer, REDIRECT_URI, STATE, TestServer, pair};

#[tokio::test]
async fn query_is_the_default_and_fragment_a_choice() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let plain = client.flow(&server).answer().await.expect(303);
    assert!(pair(&plain.location_query(), "code").is_some() && plain.location_fragment().is_empty());
    let query = client.flow(&server).parameter("response_mode", "query").answer().await.expect(303);
    assert!(pair(&query.location_query(), "code").is_some());
    let fragment = client.flow(&server).parameter("response_mode", "fragment").answer().await.expect(303);
    assert!(fragment.location_query().is_empty());
    assert!(pair(&fragment.location_fragment(), "code").is_some());
    assert_eq!(pair(&fragment.location_fragment(), "state"), Some(STATE));
}

/// Checks a page that posts itself; gives its body.
#[track_caller]
fn form_post(answer: &Answer, action: &str) -> String {
    assert_eq!(answer.status, 200);
    assert_eq!(answer.content_type(), Some("text/html;charset=UTF-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    let page = answer.text();
    assert!(page.contains(&format!("method=\"post\" action=\"{action}\"")), "{page}");
    assert!(policy.contains("script-src 'sha256-"), "the one script is allowed by its hash: {policy}");
    assert_eq!(page.matches("<script").count(), 1);
    page
}

fn field(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
}

#[tokio::test]
async fn form_post_carries_the_answer_in_a_page() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server).parameter("response_mode", "form_post");
    let page = form_post(&flow.answer().await, REDIRECT_URI);
    assert!(page.contains(&field("state", STATE)) && page.contains(&field("scope", "openid offline")), "{page}");
    let code = page.split("name=\"code\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    server.public(flow.redemption(code)).await.expect(200);
}

#[tokio::test]
async fn errors_take_the_same_way() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut fragment = client.flow(&server).parameter("response_mode", "fragment").scope("unknown");
    let answer = fragment.authorize().await.expect(303);
    assert_eq!(pair(&answer.location_fragment(), "error"), Some("invalid_scope"));
    assert!(answer.location_query().is_empty());
    let mut form = client.flow(&server).parameter("response_mode", "form_post").scope("unknown");
    let page = form_post(&form.authorize().await, REDIRECT_URI);
    assert!(page.contains(&field("error", "invalid_scope")) && page.contains(&field("state", STATE)), "{page}");
    assert!(!page.contains("name=\"code\""));
    let mut unknown = client.flow(&server).parameter("response_mode", "carrier_pigeon");
    let answer = unknown.authorize().await.expect(303);
    assert_eq!(answer.location_parameter("error").as_deref(), Some("unsupported_response_mode"));
}

#[tokio::test]
async fn what_is_reflected_in_the_page_is_escaped() {
    let server = TestServer::new().await;
    let uri = "https://app.example/cb?x='&amp;y=(1)";
    let client = register(&server, "app", &json!({ "redirect_uris": [uri] })).await;
    let state = "\"><script>alert(1)</script><input value='";
    let flow = || client.flow(&server).parameter("redirect_uri", uri).parameter("response_mode", "form_post");
    let answers = [
        flow().parameter("state", state).answer().await,
        flow().parameter("state", state).scope("unknown").authorize().await,
    ];
    for answer in answers {
        let page = answer.text();
        assert_eq!(page.matches("<script").count(), 1, "{page}");
        assert!(!page.contains("alert(1)</script>") && !page.contains("value='"), "{page}");
        assert!(page.contains("action=\"https://app.example/cb?x="), "{page}");
    }
}

#[tokio::test]
async fn the_policy_lets_the_form_reach_the_scheme_of_its_client() {
    let server = TestServer::new().await;
    for (id, uri, source) in [
        ("web", "https://app.example/cb", "form-action 'self' https:;"),
        ("native", "com.example.app:/cb", "form-action 'self' com.example.app:;"),
    ] {
        let client = register(&server, id, &json!({ "redirect_uris": [uri] })).await;
        let answer =
            client.flow(&server).parameter("redirect_uri", uri).parameter("response_mode", "form_post").answer().await;
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains(source), "{policy}");
    }
}
