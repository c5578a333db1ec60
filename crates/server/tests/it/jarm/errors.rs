//! What is refused is told in the same form (§2.1), wherever it is refused; and what cannot be told so is not told in
//! another form.

use serde_json::json;

use super::{MODES, Place, client_with, response, verified};
use crate::fixtures::{outcome, public};
use crate::support::{Call, STATE, TestServer};

#[tokio::test]
async fn every_refusal_comes_as_a_jwt() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({})).await;
    for (mode, place) in MODES {
        for (parameter, value, error) in [
            ("scope", "unknown", "invalid_scope"),
            ("prompt", "none", "login_required"),
            ("prompt", "magic", "invalid_request"),
            ("response_type", "magic", "unsupported_response_type"),
            ("code_challenge_method", "plain", "invalid_request"),
            ("request", "x.y.z", "invalid_request_object"),
            ("registration", "{}", "registration_not_supported"),
        ] {
            let flow = client.flow(&server).parameter("response_mode", mode);
            let answer = flow.parameter(parameter, value).authorize().await;
            let said = verified(&server, &client, &response(&answer, place)).await;
            assert_eq!(said.keys().collect::<Vec<_>>(), ["error", "error_description", "state"], "{mode} {parameter}");
            assert_eq!((&said["error"], &said["state"]), (&json!(error), &json!(STATE)), "{mode} {parameter}");
        }
    }
}

#[tokio::test]
async fn a_person_who_says_no_is_heard_as_a_jwt() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({})).await;
    for page in ["login", "consent"] {
        let mut flow = client.flow(&server).parameter("response_mode", "fragment.jwt");
        let answer = if page == "login" { flow.authorize().await } else { flow.log_in().await };
        let challenge = crate::fixtures::parameter(answer.location(), &format!("{page}_challenge"));
        let target = format!("/admin/oauth2/auth/requests/{page}/reject");
        let call = Call::put(&target).query(&[(&format!("{page}_challenge"), &challenge)]);
        let rejected = server.admin(call.json(&json!({ "error": "access_denied" }))).await.expect(200);
        let answer = flow.browser.get(&rejected.member("redirect_to")).await;
        let said = verified(&server, &client, &response(&answer, Place::Fragment)).await;
        assert_eq!((&said["error"], &said["state"]), (&json!("access_denied"), &json!(STATE)), "{page}");
    }
}

#[tokio::test]
async fn a_state_that_was_not_sent_is_not_in_the_answer() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({})).await;
    let answer = client.flow(&server).parameter("response_mode", "jwt").parameter("state", "").authorize().await;
    let said = verified(&server, &client, &response(&answer, Place::Query)).await;
    assert_eq!(said.keys().collect::<Vec<_>>(), ["error", "error_description"]);
    assert_eq!(said["error"], "invalid_state");
}

#[tokio::test]
async fn tokens_do_not_stand_in_a_query_in_a_jwt_either() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({})).await;
    for kind in ["token", "id_token", "code id_token", "code token", "code id_token token"] {
        let flow = client.flow(&server).parameter("response_type", kind);
        let answer = flow.parameter("response_mode", "query.jwt").authorize().await;
        let said = verified(&server, &client, &response(&answer, Place::Fragment)).await;
        assert_eq!(said["error"], "unsupported_response_mode", "{kind}");
    }
}

#[tokio::test]
async fn no_mode_changes_which_address_is_answered() {
    let server = TestServer::new().await;
    let client = client_with(&server, &json!({})).await;
    for mode in ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"] {
        for uri in ["https://evil.example/", "http://127.0.0.1:5555/callback/../x", "http://127.0.0.1:5555/callback?x"]
        {
            let flow = client.flow(&server).parameter("response_mode", mode);
            let answer = flow.parameter("redirect_uri", uri).authorize().await;
            assert_eq!(outcome(&answer), "page invalid_request", "{mode} {uri}");
        }
    }
    for mode in ["JWT", "jwt ", "query.JWT", ".jwt", "jwt.query", "form_post.jwt.jwt"] {
        let answer = client.flow(&server).parameter("response_mode", mode).authorize().await;
        assert_eq!(outcome(&answer), "client unsupported_response_mode", "{mode}");
    }
}

#[tokio::test]
async fn an_algorithm_that_is_not_offered_any_more_is_said_on_a_page_before_anybody_logs_in() {
    let server = TestServer::new().await;
    client_with(&server, &json!({ "authorization_signed_response_alg": "ES256" })).await;
    let later = server.beside(2, |config| config.symbolon.keys.offered_algorithms.clear()).await;
    let registered = crate::fixtures::Registered { id: "jarm".to_owned(), secret: String::new() };
    let answer = registered.flow(&later).parameter("response_mode", "jwt").authorize().await;
    assert_eq!(outcome(&answer), "page unauthorized_client");
    // The plain form has no need of it.
    assert_eq!(outcome(&registered.flow(&later).authorize().await), "login");
    // Nor is a public client's answer signed with anything else than what is offered.
    let other = public(&later).await;
    let answer = other.flow(&later).parameter("response_mode", "jwt").parameter("scope", "x").authorize().await;
    response(&answer, Place::Query);
}
