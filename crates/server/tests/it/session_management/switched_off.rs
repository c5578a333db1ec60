//! Off, as it is by default, there is nothing of it.

use serde_json::json;

use super::{CHECK, STATE_COOKIE, server};
use crate::oidc_logout::{client, log_out};
use crate::support::{Call, TestServer};

#[tokio::test]
async fn no_page_no_script_no_member() {
    let (server, on) = (TestServer::new().await, server().await);
    server.public(Call::get(CHECK)).await.expect(404);
    for document in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        assert_eq!(server.public(Call::get(document)).await.json().get("check_session_iframe"), None);
    }
    let page = on.public(Call::get(CHECK)).await.expect(200).text();
    let script = page.split("src=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    on.public(Call::get(script.clone())).await.expect(200);
    server.public(Call::get(script.clone())).await.expect(404);
    server.public(Call::get(script.replace("check_session.js", "style.css"))).await.expect(200);
}

#[tokio::test]
async fn no_parameter_and_no_cookie() {
    let server = TestServer::new().await;
    let client = client(&server, "rp", &json!({})).await;
    let mut quiet = client.flow(&server).parameter("prompt", "none");
    let refused = quiet.authorize().await;
    let mut flow = client.flow(&server);
    let asked = flow.log_in().await;
    let page = asked.location().to_owned();
    let next = flow.application.accept_consent(&page).await;
    let granted = flow.browser.get(&next).await.expect(303);
    let ended = log_out(&server, &mut flow.browser, &[]).await;
    for answer in [&refused, &asked, &granted, &ended] {
        assert!(!answer.location().contains("session_state"), "{}", answer.location());
        assert!(answer.cookies().iter().all(|cookie| cookie.name != STATE_COOKIE));
    }
}
