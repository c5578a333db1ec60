//! RFC 6749 §3.2, §5: what a token request must say, and how it is answered when it does not.

use crate::fixtures::{CONFIDENTIAL, Registered, borrowed, confidential, public, register, set, text, unset};
use crate::support::{Answer, CODE_VERIFIER, Call, Pairs, REDIRECT_URI, TestServer};
use serde_json::json;

fn pairs(pairs: &[(&str, &str)]) -> Pairs {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A request of each grant type that would succeed.
async fn good_requests(server: &TestServer, client: &Registered) -> Vec<Pairs> {
    let code = client.flow(server).code().await;
    let tokens = client.flow(server).tokens().await;
    vec![
        pairs(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", CODE_VERIFIER),
        ]),
        pairs(&[("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))]),
        pairs(&[("grant_type", "client_credentials"), ("scope", "photos.read"), ("audience", "https://api.example")]),
    ]
}

/// What a request without one parameter is answered with: 200 where it is optional.
fn without(grant_type: &str, parameter: &str) -> &'static str {
    match (grant_type, parameter) {
        (_, "grant_type" | "code" | "refresh_token") => "400 invalid_request",
        (_, "redirect_uri" | "code_verifier") => "400 invalid_grant",
        _ => "200",
    }
}

fn verdict(answer: &Answer) -> String {
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    assert_eq!(answer.content_type(), Some("application/json;charset=UTF-8"));
    match answer.error() {
        None => answer.status.to_string(),
        Some(error) => {
            let members: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
            assert_eq!(members, ["error", "error_description"]);
            format!("{} {error}", answer.status)
        }
    }
}

#[tokio::test]
async fn each_parameter_that_is_missing_or_empty_is_named_or_optional() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for number in 0..3 {
        for parameter in good_requests(&server, &client).await[number].clone().iter().map(|(name, _)| name) {
            let good = good_requests(&server, &client).await.swap_remove(number);
            let expected = without(&good[0].1, parameter);
            for form in [unset(&good, parameter), set(&good, parameter, "")] {
                let answer = server.public(client.token_request(&borrowed(&form))).await;
                // The second attempt with a code finds it used up by the first.
                let verdict = verdict(&answer);
                assert_eq!(verdict, expected, "{} without {parameter}", good[0].1);
            }
        }
    }
}

#[tokio::test]
async fn a_parameter_given_twice_is_refused_and_uses_nothing_up() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    for good in good_requests(&server, &client).await {
        for name in ["grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_id", "x"]
        {
            let mut form = if good.iter().any(|(key, _)| key == name) { good.clone() } else { set(&good, name, "one") };
            form.push((name.to_owned(), "two".to_owned()));
            let answer = server.public(client.token_request(&borrowed(&form))).await;
            assert_eq!(verdict(&answer), "400 invalid_request", "{name} twice");
            assert!(answer.member("error_description").contains(name), "{name}");
        }
        server.public(client.token_request(&borrowed(&good))).await.expect(200);
    }
}

#[tokio::test]
async fn huge_parameters_and_bodies_are_refused() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let huge = "x".repeat(40_000);
    for name in
        ["grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope", "client_id", "unknown"]
    {
        let answer = server.public(client.token_request(&[("grant_type", "authorization_code"), (name, &huge)])).await;
        assert_eq!(verdict(&answer), "400 invalid_request", "{name}");
        assert!(answer.body.len() < 1_000, "{name} is sent back");
    }
    let many: Vec<(String, String)> = (0..200).map(|number| (format!("p{number}"), "1".to_owned())).collect();
    assert_eq!(verdict(&server.public(client.token_request(&borrowed(&many))).await), "400 invalid_request");
    let body = vec![b'a'; 2 * 1024 * 1024];
    server.public(Call::post("/oauth2/token").form(&[]).raw(body)).await.expect(413);
}

#[tokio::test]
async fn values_of_the_wrong_kind_are_refused() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("grant_type", "authorization_code"), ("code", "nonsense")], "400 invalid_grant"),
        (&[("grant_type", "authorization_code"), ("code", "ory_ac_")], "400 invalid_grant"),
        (&[("grant_type", "authorization_code"), ("code", "\0")], "400 invalid_request"),
        (&[("grant_type", "refresh_token"), ("refresh_token", "nonsense")], "400 invalid_grant"),
        (&[("grant_type", "refresh_token"), ("refresh_token", "ory_rt_")], "400 invalid_grant"),
        (&[("grant_type", "client_credentials"), ("scope", "unregistered")], "400 invalid_scope"),
        (&[("grant_type", "client_credentials"), ("scope", "photos.read\"")], "400 invalid_scope"),
        (&[("grant_type", "client_credentials"), ("audience", "https://elsewhere.example")], "400 invalid_request"),
        (&[("grant_type", "password"), ("username", "a"), ("password", "b")], "400 unsupported_grant_type"),
        (&[("grant_type", "implicit")], "400 unsupported_grant_type"),
        (&[("grant_type", "Authorization_Code")], "400 unsupported_grant_type"),
        (&[("grant_type", "authorization_code refresh_token")], "400 unsupported_grant_type"),
        (&[("grant_type", "bogus")], "400 unsupported_grant_type"),
    ];
    for (form, expected) in table {
        let answer = server.public(client.token_request(form)).await;
        assert_eq!(verdict(&answer), *expected, "{form:?}");
    }
}

#[tokio::test]
async fn only_a_form_in_the_body_of_a_post_counts() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let form = [("grant_type", "client_credentials")];
    let basic = |call: Call| call.basic(&client.id, &client.secret);
    let in_query = basic(Call::post("/oauth2/token").query(&form));
    assert_eq!(verdict(&server.public(in_query).await), "400 invalid_request");
    let beside = basic(Call::post("/oauth2/token").query(&[("scope", "photos.read")]).form(&form));
    assert_eq!(server.public(beside).await.expect(200).member("scope"), "");
    let json = basic(Call::post("/oauth2/token").json(&json!({ "grant_type": "client_credentials" })));
    assert_eq!(verdict(&server.public(json).await), "400 invalid_request");
    let untyped = basic(Call::post("/oauth2/token").raw("grant_type=client_credentials"));
    assert_eq!(verdict(&server.public(untyped).await), "400 invalid_request");
    let empty = basic(Call::post("/oauth2/token").form(&[]));
    assert_eq!(verdict(&server.public(empty).await), "400 invalid_request");
    for method in ["GET", "PUT", "DELETE", "PATCH"] {
        let call = Call::new(method.parse().unwrap(), "/oauth2/token?grant_type=client_credentials");
        server.public(basic(call)).await.expect(405);
    }
}

#[tokio::test]
async fn a_grant_type_that_is_not_registered_is_refused() {
    let server = TestServer::new().await;
    let all = ["authorization_code", "refresh_token", "client_credentials"];
    for own in all {
        let client = register(&server, own, &json!({ "grant_types": [own] })).await;
        for used in all.into_iter().filter(|used| *used != own) {
            let answer = server
                .public(client.token_request(&[("grant_type", used), ("code", "x"), ("refresh_token", "x")]))
                .await;
            assert_eq!(verdict(&answer), "400 unauthorized_client", "{used} by a client of {own}");
        }
    }
    let client = public(&server).await;
    let answer = server.public(client.token_request(&[("grant_type", "client_credentials")])).await;
    assert_eq!(verdict(&answer), "400 invalid_grant", "a public client is nobody in particular");
}

#[tokio::test]
async fn a_success_has_the_members_of_the_specification() {
    let server = TestServer::new().await;
    let client = confidential(&server).await;
    let mut flow = client.flow(&server);
    let code = flow.code().await;
    let answer = server.public(flow.redemption(&code)).await.expect(200);
    assert_eq!(verdict(&answer), "200");
    let body = answer.json();
    let members: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"]);
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body["expires_in"], 3600);
    assert!(text(&body, "access_token").starts_with("ory_at_"));
    assert!(text(&body, "refresh_token").starts_with("ory_rt_"));
    assert_eq!(client.id, CONFIDENTIAL);
}
