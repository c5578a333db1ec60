//! `symbolon mcp check --login` where the fault shows only with a person: in the answer that the browser brings, in the
//! tokens, at the MCP server that is shown one.

use serde_json::{Value, json};
use symbolon_client::Url;

use super::world::{Reply, World, access_token};
use crate::browser::request;
use crate::process::Running;

/// A fault: what it is, how it is made, what the browser brings beside `state`, and how it is to be told.
type Case = (&'static str, fn(&mut World), &'static str, &'static str, &'static str, &'static str);

/// Goes through a login with a browser that brings `answer`; `ISSUER` there is the right issuer.
fn report(change: impl FnOnce(&mut World), answer: &str) -> Value {
    let url = World::start(change);
    let mut command = Running::start(&["mcp", "check", &url, "--login", "--no-open", "--format", "json"]);
    let page = command.wait_for("Open this page").split_whitespace().last().unwrap().to_owned();
    let away = request("GET", &Url::parse(&page).unwrap(), &[], "").unwrap();
    let asked = Url::parse(away.header("location").unwrap()).unwrap();
    let find = |name: &str| asked.query_pairs().find(|(found, _)| found == name).unwrap().1.into_owned();
    let issuer = url.replace("/mcp", "/as");
    let back = format!("{}?{}", find("redirect_uri"), answer.replace("ISSUER", &issuer));
    // Somebody else's browser first: it must not end the command.
    let stray = request("GET", &Url::parse(&format!("{back}&state=other")).unwrap(), &[], "").unwrap();
    assert_eq!(stray.status, 400);
    let mine = request("GET", &Url::parse(&format!("{back}&state={}", find("state"))).unwrap(), &[], "");
    assert!(mine.is_some(), "the browser gets an answer");
    serde_json::from_str(&command.wait_for("\"passed\"")).unwrap()
}

fn assert_told(cases: &[Case], outcome: &str) {
    for (name, change, answer, step, fault, words) in cases {
        let report = report(change, answer);
        let steps = report["steps"].as_array().unwrap().iter();
        let wrong: Vec<_> = steps.filter(|step| step["outcome"] == "failure" || step["outcome"] == "warning").collect();
        assert_eq!(wrong.len(), 1, "{name}: {report:#}");
        let found = wrong[0];
        assert_eq!((&found["outcome"], &found["step"]), (&json!(outcome), &json!(step)), "{name}: {report:#}");
        assert_eq!(found["fault"], *fault, "{name}: {report:#}");
        assert!(found["detail"].as_str().unwrap().contains(words), "{name}: {found}");
        assert_eq!(report["passed"], outcome == "warning", "{name}");
        assert!(!report.to_string().contains("c2ln"), "{name}: no token is shown");
    }
}

const SERVER: &str = "authorization_server";
const CODE: &str = "code=c&iss=ISSUER";

#[test]
fn login_of_a_right_server_goes_to_its_end() {
    let document = report(|_| {}, CODE);
    assert_eq!(document["passed"], true, "{document:#}");
    let stream = report(
        |world| {
            world.call.fields = vec![("content-type", "text/event-stream".into())];
            world.call.body = format!("event: message\ndata: {}\n\n", world.call.body);
        },
        CODE,
    );
    assert_eq!(stream["passed"], true, "{stream:#}");
}

const AFTER_THE_LOGIN: &[Case] = &[
    ("no iss", |_| {}, "code=c", "Login", SERVER, "no iss"),
    ("another iss", |_| {}, "code=c&iss=https://other.example", "Login", SERVER, "other.example"),
    ("a slash too much", |_| {}, "code=c&iss=ISSUER/", "Login", SERVER, "/as/"),
    ("no", |_| {}, "error=access_denied&iss=ISSUER", "Login", "you", "access_denied"),
    ("an error", |_| {}, "error=server_error&iss=ISSUER", "Login", SERVER, "server_error"),
    ("nothing", |_| {}, "iss=ISSUER", "Login", SERVER, "neither"),
    ("a null", |world| world.tokens["id_token"] = Value::Null, CODE, "Tokens", SERVER, "id_token"),
    ("another type", |world| world.tokens["token_type"] = json!("DPoP"), CODE, "Tokens", SERVER, "DPoP"),
    ("a text for a number", |world| world.tokens["expires_in"] = json!("3600"), CODE, "Tokens", SERVER, "expires_in"),
    (
        "no code taken",
        |world| world.instead.push(("POST /as/token", Reply::json(400, &json!({ "error": "invalid_grant" })))),
        CODE,
        "Tokens",
        SERVER,
        "invalid_grant",
    ),
    (
        "a token for somebody else",
        |world| world.tokens["access_token"] = json!(access_token(&format!("{}/as", world.url), &json!([]))),
        CODE,
        "Access token",
        SERVER,
        "aud is",
    ),
    (
        "a token of somebody else",
        |world| {
            let audience = json!(format!("{}/mcp", world.url));
            world.tokens["access_token"] = json!(access_token("https://other.example", &audience));
        },
        CODE,
        "Access token",
        SERVER,
        "other.example",
    ),
    (
        "a good token refused",
        |world| world.call = Reply::json(401, &json!({ "error": "invalid_token" })),
        CODE,
        "Call with the token",
        "mcp_server",
        "that is for it",
    ),
    ("too little asked", |world| world.call.status = 403, CODE, "Call with the token", "mcp_server", "wants more"),
    ("no result", |world| world.call.body = "{}".into(), CODE, "Call with the token", "mcp_server", "no result"),
    (
        "no refresh",
        |world| world.refreshed = Reply::json(400, &json!({ "error": "invalid_client" })),
        CODE,
        "Refresh",
        SERVER,
        "invalid_client",
    ),
];

#[test]
fn faults_after_the_login_are_found() {
    assert_told(AFTER_THE_LOGIN, "failure");
}

const OF_SOME_CLIENTS: &[Case] = &[
    (
        "no lifetime",
        |world| drop(world.tokens.as_object_mut().unwrap().remove("expires_in")),
        CODE,
        "Tokens",
        SERVER,
        "expires_in",
    ),
    (
        "no refresh token",
        |world| drop(world.tokens.as_object_mut().unwrap().remove("refresh_token")),
        CODE,
        "Tokens",
        SERVER,
        "refresh_token",
    ),
    (
        "no rotation",
        |world| world.refreshed.body = world.refreshed.body.replace("second", "first"),
        CODE,
        "Refresh",
        SERVER,
        "stays the same",
    ),
    (
        "an answer that may be stored",
        |world| world.refreshed.fields.retain(|(name, _)| *name != "cache-control"),
        CODE,
        "Refresh",
        SERVER,
        "no-store",
    ),
];

#[test]
fn tokens_that_only_some_clients_mind_are_a_warning() {
    assert_told(OF_SOME_CLIENTS, "warning");
}
