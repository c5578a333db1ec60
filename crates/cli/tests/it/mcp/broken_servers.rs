//! `symbolon mcp check` against servers with one fault each: it finds the fault, at its step, and names whose it is.

use serde_json::{Value, json};

use super::world::{Reply, World};
use crate::process::run;

/// A fault: what it is, how it is made, and how it is to be told.
type Case = (&'static str, fn(&mut World), &'static str, &'static str, &'static str);

const ASKS: &str = "The MCP server asks for a token";
const RESOURCE: &str = "Resource metadata";
const SERVER: &str = "Authorization server metadata";
const ABILITIES: &str = "Authorization server's abilities";

fn challenge(world: &mut World, field: &str) {
    world.challenge.fields = vec![("www-authenticate", field.to_owned())];
}

/// Runs the command and compares the one thing that is not right.
fn assert_told(cases: &[Case], outcome: &str) {
    for (name, change, step, fault, words) in cases {
        let url = World::start(change);
        let finished = run(&["mcp", "check", &url, "--format", "json"]);
        let report: Value = serde_json::from_str(&finished.stdout).unwrap_or_else(|_| panic!("{name}: {finished:?}"));
        let steps = report["steps"].as_array().unwrap();
        let wrong: Vec<_> =
            steps.iter().filter(|step| step["outcome"] == "failure" || step["outcome"] == "warning").collect();
        let found = wrong.first().unwrap_or_else(|| panic!("{name}: {report:#}"));
        assert_eq!((&found["outcome"], &found["step"]), (&json!(outcome), &json!(step)), "{name}: {report:#}");
        assert_eq!(found["fault"], *fault, "{name}: {report:#}");
        assert!(found["detail"].as_str().unwrap().contains(words), "{name}: {found}");
        assert!(!found["remedy"].as_str().unwrap().is_empty(), "{name}");
        assert_eq!(finished.code, Some(i32::from(outcome == "failure")), "{name}: {finished:?}");
        if outcome == "warning" {
            assert_eq!(wrong.len(), 1, "{name}: {report:#}");
        }
    }
}

const OF_THE_MCP_SERVER: &[Case] = &[
    ("it is open", |world| world.challenge.status = 200, ASKS, "mcp_server", "without a token"),
    ("it fails", |world| world.challenge.status = 500, ASKS, "mcp_server", "500"),
    ("it forbids", |world| world.challenge.status = 403, ASKS, "mcp_server", "403"),
    ("it moved", |world| world.challenge = Reply::to(308, "https://elsewhere.example/mcp"), ASKS, "you", "elsewhere"),
    ("another path", |world| world.challenge = Reply::html(404), ASKS, "you", "404"),
    ("its proxy", |world| world.challenge = Reply::html(502), ASKS, "network", "502"),
    ("a relative address", |world| challenge(world, "Bearer resource_metadata=\"/x\""), ASKS, "mcp_server", "absolute"),
    (
        "an address without https",
        |world| challenge(world, "Bearer resource_metadata=\"http://mcp.example/x\""),
        ASKS,
        "mcp_server",
        "without https",
    ),
    (
        "metadata that asks for a token",
        |world| world.instead.push(("GET /.well-known/oauth-protected-resource/mcp", Reply::html(401))),
        RESOURCE,
        "mcp_server",
        "401",
    ),
    (
        "metadata that is a page",
        |world| world.instead.push(("GET /.well-known/oauth-protected-resource/mcp", Reply::html(200))),
        RESOURCE,
        "mcp_server",
        "no JSON object",
    ),
    (
        "metadata that moved",
        |world| world.instead.push(("GET /.well-known/oauth-protected-resource/mcp", Reply::to(302, "/x"))),
        RESOURCE,
        "mcp_server",
        "redirects",
    ),
    (
        "another resource",
        |world| world.resource["resource"] = json!("https://other.example/mcp"),
        RESOURCE,
        "mcp_server",
        "resource is",
    ),
    ("no resource", |world| world.resource["resource"] = json!(""), RESOURCE, "mcp_server", "resource is missing"),
    ("a null", |world| world.resource["resource_name"] = Value::Null, RESOURCE, "mcp_server", "null"),
    (
        "no server",
        |world| world.resource["authorization_servers"] = json!([]),
        RESOURCE,
        "mcp_server",
        "authorization_servers",
    ),
    (
        "a server without https",
        |world| world.resource["authorization_servers"] = json!(["http://as.example"]),
        RESOURCE,
        "mcp_server",
        "without https",
    ),
    (
        "tokens elsewhere than in the header",
        |world| world.resource["bearer_methods_supported"] = json!(["body"]),
        RESOURCE,
        "mcp_server",
        "header",
    ),
    (
        "a slash too much",
        |world| world.resource["authorization_servers"] = json!([format!("{}/as/", world.url)]),
        "Issuer",
        "mcp_server",
        "/as/",
    ),
];

#[test]
fn faults_of_the_mcp_server_are_found() {
    assert_told(OF_THE_MCP_SERVER, "failure");
}

const FIRST: &str = "GET /.well-known/oauth-authorization-server/as";
const OF_THE_AUTHORIZATION_SERVER: &[Case] = &[
    (
        "metadata that fails",
        |world| world.instead.push((FIRST, Reply::html(500))),
        SERVER,
        "authorization_server",
        "500",
    ),
    (
        "metadata that is a page",
        |world| world.instead.push((FIRST, Reply::html(200))),
        SERVER,
        "authorization_server",
        "no JSON",
    ),
    (
        "metadata that moved",
        |world| world.instead.push((FIRST, Reply::to(302, "/x"))),
        SERVER,
        "authorization_server",
        "302",
    ),
    (
        "no metadata",
        |world| world.instead.push((FIRST, Reply::html(404))),
        SERVER,
        "authorization_server",
        "there is none",
    ),
    ("its proxy", |world| world.instead.push((FIRST, Reply::html(503))), SERVER, "network", "503"),
    (
        "nobody there",
        |world| world.resource["authorization_servers"] = json!(["http://127.0.0.1:1"]),
        SERVER,
        "network",
        "no answer",
    ),
    (
        "another issuer",
        |world| world.server["issuer"] = json!("https://inside.example"),
        "Issuer",
        "authorization_server",
        "inside",
    ),
    ("no issuer", |world| world.server["issuer"] = json!(7), "Issuer", "authorization_server", "no issuer"),
    ("a null", |world| world.server["jwks_uri"] = Value::Null, ABILITIES, "authorization_server", "jwks_uri"),
    (
        "no PKCE",
        |world| world.server["code_challenge_methods_supported"] = json!(["plain"]),
        ABILITIES,
        "authorization_server",
        "S256",
    ),
    (
        "a token endpoint without https",
        |world| world.server["token_endpoint"] = json!("http://as.example/token"),
        ABILITIES,
        "authorization_server",
        "without https",
    ),
    (
        "no codes",
        |world| world.server["response_types_supported"] = json!(["token"]),
        ABILITIES,
        "authorization_server",
        "code",
    ),
    (
        "an OpenID document that is none",
        |world| {
            let document = Reply::json(200, &world.server);
            world.instead.extend([(FIRST, Reply::html(404)), ("GET /as/.well-known/openid-configuration", document)]);
        },
        ABILITIES,
        "authorization_server",
        "jwks_uri, subject_types_supported",
    ),
    (
        "no way to an id",
        |world| drop(world.server.as_object_mut().unwrap().remove("registration_endpoint")),
        "Client ids",
        "authorization_server",
        "cannot get an id",
    ),
    (
        "a registration that is empty",
        |world| world.server["registration_endpoint"] = json!(""),
        ABILITIES,
        "authorization_server",
        "registration_endpoint",
    ),
    (
        "a text for true",
        |world| world.server["client_id_metadata_document_supported"] = json!("true"),
        "Client ids",
        "authorization_server",
        "neither true nor false",
    ),
];

#[test]
fn faults_of_the_authorization_server_are_found() {
    assert_told(OF_THE_AUTHORIZATION_SERVER, "failure");
}

const REGISTER: &str = "POST /as/register";
const AUTHORIZE: &str = "GET /as/authorize";
const OF_THE_ENDPOINTS: &[Case] = &[
    (
        "registration with a token",
        |world| world.instead.push((REGISTER, Reply::json(401, &json!({ "error": "invalid_token" })))),
        "Registration",
        "authorization_server",
        "invalid_token",
    ),
    (
        "too many",
        |world| world.instead.push((REGISTER, Reply::html(429))),
        "Registration",
        "authorization_server",
        "429",
    ),
    (
        "an empty URL",
        |world| world.registered["client_uri"] = json!(""),
        "Registration",
        "authorization_server",
        "client_uri",
    ),
    ("empty keys", |world| world.registered["jwks"] = json!({}), "Registration", "authorization_server", "jwks"),
    (
        "null contacts",
        |world| world.registered["contacts"] = Value::Null,
        "Registration",
        "authorization_server",
        "contacts",
    ),
    (
        "another method",
        |world| world.registered["token_endpoint_auth_method"] = json!("client_secret_basic"),
        "Registration",
        "authorization_server",
        "client_secret_basic",
    ),
    (
        "lost addresses",
        |world| world.registered["redirect_uris"] = json!([]),
        "Registration",
        "authorization_server",
        "redirect_uris",
    ),
    (
        "an unknown resource",
        |world| world.instead.push((AUTHORIZE, Reply::to(302, "http://127.0.0.1:9/callback?error=invalid_target"))),
        "Authorization request",
        "authorization_server",
        "invalid_target",
    ),
    (
        "an error page behind a redirect",
        |world| {
            world.instead.push((AUTHORIZE, Reply::to(302, "/error?error=invalid_scope&error_description=notes.read")));
        },
        "Authorization request",
        "authorization_server",
        "notes.read",
    ),
    (
        "an error page",
        |world| world.instead.push((AUTHORIZE, Reply::html(400))),
        "Authorization request",
        "authorization_server",
        "400",
    ),
];

#[test]
fn faults_of_registration_and_authorization_are_found() {
    assert_told(OF_THE_ENDPOINTS, "failure");
}

const OF_SOME_CLIENTS: &[Case] = &[
    ("no challenge", |world| world.challenge.fields.clear(), ASKS, "mcp_server", "WWW-Authenticate"),
    ("a challenge without the address", |world| challenge(world, "Bearer"), ASKS, "mcp_server", "resource_metadata"),
    ("another scheme", |world| challenge(world, "Basic realm=\"x\""), ASKS, "mcp_server", "WWW-Authenticate"),
    ("a wider resource", |world| world.resource["resource"] = json!(world.url), RESOURCE, "mcp_server", "wider"),
    (
        "offline_access of the resource",
        |world| world.resource["scopes_supported"] = json!(["notes.read", "offline_access"]),
        RESOURCE,
        "mcp_server",
        "offline_access",
    ),
    (
        "another place that is a page",
        |world| world.instead.push(("GET /as/.well-known/openid-configuration", Reply::html(200))),
        "Other places of the metadata",
        "authorization_server",
        "no JSON object",
    ),
    (
        "no iss",
        |world| world.server["authorization_response_iss_parameter_supported"] = json!(false),
        ABILITIES,
        "authorization_server",
        "iss",
    ),
    (
        "unknown scopes",
        |world| world.server["scopes_supported"] = json!(["offline_access"]),
        ABILITIES,
        "authorization_server",
        "notes.read",
    ),
    (
        "no refresh tokens",
        |world| world.server["scopes_supported"] = json!(["notes.read"]),
        ABILITIES,
        "authorization_server",
        "offline_access",
    ),
    (
        "metadata documents without 'none'",
        |world| {
            world.server["client_id_metadata_document_supported"] = json!(true);
            world.server["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
            world.registered["client_secret"] = json!("s");
            world.registered["client_secret_expires_at"] = json!(0);
        },
        "Client ids",
        "authorization_server",
        "none",
    ),
    (
        "pages that may not call",
        |world| world.instead.push(("OPTIONS /as/token", Reply::html(405))),
        "Clients in browsers",
        "authorization_server",
        "/as/token",
    ),
    ("fixed ports", |world| world.ports_are_fixed = true, "Ports on loopback", "authorization_server", "port"),
    ("state", |world| world.state_is_needed = true, "Requests without state", "authorization_server", "400"),
    (
        "a client that stays",
        |world| world.instead.push(("DELETE /as/register/abc", Reply::html(405))),
        "Registration taken back",
        "authorization_server",
        "405",
    ),
];

#[test]
fn what_only_some_clients_mind_is_a_warning() {
    assert_told(OF_SOME_CLIENTS, "warning");
}

#[test]
fn browsers_are_told_apart_by_server() {
    let url = World::start(|world| world.has_cors = false);
    let report: Value = serde_json::from_str(&run(&["mcp", "check", &url, "--format", "json"]).stdout).unwrap();
    let steps = report["steps"].as_array().unwrap().iter();
    let faults: Vec<_> = steps
        .filter(|step| step["step"] == "Clients in browsers")
        .map(|step| step["fault"].as_str().unwrap())
        .collect();
    assert_eq!(
        faults,
        ["mcp_server", "mcp_server", "authorization_server", "authorization_server", "authorization_server"]
    );
}
