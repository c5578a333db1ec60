//! RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1: what an authorization request must say, and where it is told what is
//! wrong with it.

use serde_json::json;
use symbolon_jose::Rng;

use crate::fixtures::{CONFIDENTIAL, authorize, confidential, outcome, register, request, set, unset};
use crate::support::{Call, STATE, TestServer, pair};

/// Every parameter of a request; the last ones are looked at although an ordinary request does not have them.
const PARAMETERS: [&str; 22] = [
    "client_id",
    "response_type",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "prompt",
    "max_age",
    "id_token_hint",
    "login_hint",
    "acr_values",
    "ui_locales",
    "display",
    "registration",
    "request",
    "request_uri",
    "claims",
    "login_verifier",
    "unknown_to_this_server",
];

const MISSING: [(&str, &str); 8] = [
    ("client_id", "page invalid_client"),
    ("redirect_uri", "page invalid_request"),
    ("response_type", "client unsupported_response_type"),
    ("scope", "login"),
    ("state", "client invalid_state"),
    ("nonce", "login"),
    ("code_challenge", "client invalid_request"),
    ("code_challenge_method", "client invalid_request"),
];

#[tokio::test]
async fn each_parameter_that_is_missing_is_named_or_optional() {
    let server = TestServer::new().await;
    confidential(&server).await;
    for (name, expected) in MISSING {
        let answer = authorize(&server, &unset(&request(CONFIDENTIAL), name)).await;
        assert_eq!(outcome(&answer), expected, "without {name}");
        if expected.starts_with("client invalid_request") {
            assert!(answer.location_parameter("error_description").unwrap().contains("code_challenge"));
        }
    }
}

#[tokio::test]
async fn an_empty_parameter_counts_as_a_missing_one() {
    let server = TestServer::new().await;
    confidential(&server).await;
    for (name, expected) in MISSING {
        let answer = authorize(&server, &set(&request(CONFIDENTIAL), name, "")).await;
        assert_eq!(outcome(&answer), expected, "{name} empty");
    }
    for name in PARAMETERS.into_iter().skip(MISSING.len()) {
        let answer = authorize(&server, &set(&request(CONFIDENTIAL), name, "")).await;
        assert_eq!(outcome(&answer), "login", "{name} empty");
    }
}

#[tokio::test]
async fn a_parameter_given_twice_is_refused_before_anything_is_redirected() {
    let server = TestServer::new().await;
    confidential(&server).await;
    for name in PARAMETERS {
        let mut pairs = set(&request(CONFIDENTIAL), name, "some-value");
        pairs.push((name.to_owned(), "some-value".to_owned()));
        assert_eq!(outcome(&authorize(&server, &pairs).await), "page invalid_request", "{name} twice, equal");
        let mut pairs = request(CONFIDENTIAL);
        if !pairs.iter().any(|(key, _)| key == name) {
            pairs.push((name.to_owned(), "some-value".to_owned()));
        }
        pairs.push((name.to_owned(), "another-value".to_owned()));
        assert_eq!(outcome(&authorize(&server, &pairs).await), "page invalid_request", "{name} twice, different");
    }
    // Hydra's `audience` is a list; so is `resource` (`rfc8707`).
    let mut pairs = request(CONFIDENTIAL);
    pairs.extend(
        ["https://api.example", "https://api.example/x"].map(|value| ("audience".to_owned(), value.to_owned())),
    );
    assert_eq!(outcome(&authorize(&server, &pairs).await), "login");
}

#[tokio::test]
async fn a_huge_parameter_is_refused() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let huge = "x".repeat(40_000);
    for name in PARAMETERS {
        let answer = authorize(&server, &set(&request(CONFIDENTIAL), name, &huge)).await;
        assert_eq!(outcome(&answer), "page invalid_request", "{name}");
        assert!(answer.location().len() < 2_000, "{name} is sent back");
    }
    let mut many = request(CONFIDENTIAL);
    many.extend((0..200).map(|number| (format!("p{number}"), "1".to_owned())));
    assert_eq!(outcome(&authorize(&server, &many).await), "page invalid_request");
    let long_name = set(&request(CONFIDENTIAL), &"n".repeat(500), "1");
    assert_eq!(outcome(&authorize(&server, &long_name).await), "page invalid_request");
}

#[tokio::test]
async fn a_bad_value_never_counts_as_none() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let challenge_of_43 = "A".repeat(43);
    let table: &[(&str, &str, &str)] = &[
        ("response_type", "bogus", "client unsupported_response_type"),
        ("response_type", "token", "client unsupported_response_type"),
        ("response_type", "code token", "client unsupported_response_type"),
        ("response_type", "none", "client unsupported_response_type"),
        ("response_mode", "bogus", "client unsupported_response_mode"),
        ("response_mode", "Query", "client unsupported_response_mode"),
        ("scope", "openid photos.write", "client invalid_scope"),
        ("scope", "openid ph\"otos", "client invalid_scope"),
        ("scope", "openid \u{fc}", "client invalid_scope"),
        ("audience", "https://elsewhere.example", "client invalid_request"),
        ("audience", "https://api.example.evil.example", "client invalid_request"),
        ("registration", "{}", "client registration_not_supported"),
        ("request", "eyJhbGciOiJub25lIn0.e30.", "client request_not_supported"),
        ("request", "e30.e30.", "client invalid_request_object"),
        ("request_uri", "https://app.example/request", "client invalid_request_uri"),
        ("state", "1234567", "client invalid_state"),
        ("state", "12345678", "login"),
        ("nonce", "1", "login"),
        ("prompt", "none login", "client invalid_request"),
        ("prompt", "Login", "client invalid_request"),
        ("prompt", "bogus", "client invalid_request"),
        ("max_age", "-1", "client invalid_request"),
        ("max_age", "1.5", "client invalid_request"),
        ("max_age", "ten", "client invalid_request"),
        ("max_age", " 10", "client invalid_request"),
        ("max_age", "99999999999999999999", "client invalid_request"),
        ("max_age", "4294967295", "login"),
        ("id_token_hint", "nonsense", "client invalid_request"),
        ("id_token_hint", "e30.e30.e30", "client invalid_request"),
        ("code_challenge_method", "plain", "client invalid_request"),
        ("code_challenge_method", "s256", "client invalid_request"),
        ("code_challenge_method", "S512", "client invalid_request"),
        ("code_challenge", "short", "client invalid_request"),
        ("code_challenge", &challenge_of_43, "login"),
        ("code_challenge", "5uon91cG+NzNqRAs8GN88rvOlk9/be2arnJB9YA_wwk", "client invalid_request"),
        ("code_challenge", "5uon91cG-NzNqRAs8GN88rvOlk9-be2arnJB9YA_wwk=", "client invalid_request"),
        ("display", "hologram", "login"),
        ("ui_locales", "../../etc/passwd", "login"),
        ("claims", "{not json", "client invalid_request"),
        ("claims", "[]", "client invalid_request"),
        ("claims", r#"{"id_token":{"email":true}}"#, "client invalid_request"),
        ("claims", r#"{"id_token":{"email":null},"other":1}"#, "login"),
    ];
    for (name, value, expected) in table {
        let answer = authorize(&server, &set(&request(CONFIDENTIAL), name, value)).await;
        assert_eq!(outcome(&answer), *expected, "{name}={value}");
        if expected.starts_with("client") && *name != "state" {
            let told = [answer.location_query(), answer.location_fragment()].concat();
            assert_eq!(pair(&told, "state"), Some(STATE), "{name}={value}");
        }
    }
}

#[tokio::test]
async fn both_kinds_of_request_object_at_once_are_a_fault_of_their_own() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let pairs = set(&set(&request(CONFIDENTIAL), "request", "e30.e30."), "request_uri", "https://app.example/r");
    assert_eq!(outcome(&authorize(&server, &pairs).await), "client invalid_request");
}

#[tokio::test]
async fn an_unknown_client_is_never_redirected_to_where_it_says() {
    TestServer::each_database(async |server| {
        confidential(server).await;
        for client_id in ["nobody", "Confidential", "confidential ", "confiden", "' OR 1=1 --"] {
            let answer = authorize(server, &set(&request(CONFIDENTIAL), "client_id", client_id)).await;
            assert_eq!(outcome(&answer), "page invalid_client", "{client_id:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_client_that_registered_no_code_response_is_told_so() {
    let server = TestServer::new().await;
    register(&server, "implicit-only", &json!({ "response_types": ["token"] })).await;
    assert_eq!(outcome(&authorize(&server, &request("implicit-only")).await), "client unsupported_response_type");
}

#[tokio::test]
async fn a_client_without_the_code_grant_is_not_sent_through_a_login_in_vain() {
    let server = TestServer::new().await;
    register(&server, "machine", &json!({ "grant_types": ["client_credentials"] })).await;
    assert_eq!(outcome(&authorize(&server, &request("machine")).await), "client unauthorized_client");
}

#[tokio::test]
async fn post_is_judged_like_get() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let post = async |form: &crate::support::Pairs, query: &str| {
        server.public(Call::post(format!("/oauth2/auth{query}")).form_of(form).navigating()).await
    };
    assert_eq!(outcome(&post(&request(CONFIDENTIAL), "").await), "login");
    for (name, expected) in MISSING {
        let answer = post(&unset(&request(CONFIDENTIAL), name), "").await;
        assert_eq!(outcome(&answer), expected, "without {name}");
    }
    let mut twice = request(CONFIDENTIAL);
    twice.push(("state".to_owned(), "another-state".to_owned()));
    assert_eq!(outcome(&post(&twice, "").await), "page invalid_request");
    // What the body says counts before the query (OpenID Connect Core §3.1.2.1).
    assert_eq!(outcome(&post(&request(CONFIDENTIAL), "?client_id=nobody&state=x").await), "login");
    // A name in disguise is still a second one.
    let disguised = post(&request(CONFIDENTIAL), "?client%5Fid=nobody").await;
    assert_eq!(outcome(&disguised), "page invalid_request");
}

#[tokio::test]
async fn a_huge_body_is_refused_before_anybody_looks_into_it() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let query: String = (0..8_000).map(|number| format!("b{number}&")).collect();
    for body in ["a&".repeat(32_000), "a=1&".repeat(16_000), format!("x={}", "%41".repeat(21_000))] {
        let call = Call::post(format!("/oauth2/auth?{query}")).form(&[]).raw(body).navigating();
        assert_eq!(outcome(&server.public(call).await), "page invalid_request");
    }
    for body in ["a&".repeat(250_000), format!("x={}", "%41".repeat(300_000))] {
        let call = Call::post(format!("/oauth2/auth?{query}")).form(&[]).raw(body).navigating();
        server.public(call).await.expect(413);
    }
}

#[tokio::test]
async fn nonsense_is_never_a_server_error() {
    let server = TestServer::new().await;
    confidential(&server).await;
    let rng = Rng::seeded(35);
    let alphabet = b"abcdeopnid_=&%+;:/?.0123456789ABCDEF~!*'()-,@[]";
    for round in 0..400_u32 {
        let [length, place, ..] = rng.bytes::<4>();
        let noise = rng.alphabet(alphabet, usize::from(length));
        let name = PARAMETERS[usize::from(place) % PARAMETERS.len()];
        let target = match round % 3 {
            0 => format!("/oauth2/auth?{noise}"),
            1 => format!("/oauth2/auth?client_id={CONFIDENTIAL}&{name}={noise}"),
            _ => {
                Call::get(format!("/oauth2/auth?{noise}"))
                    .query(&[("client_id", CONFIDENTIAL), (name, "%ff%00")])
                    .target
            }
        };
        let answer = server.public(Call::get(target.clone()).navigating()).await;
        assert!((300..400).contains(&answer.status), "{} for {target}", answer.status);
    }
}
