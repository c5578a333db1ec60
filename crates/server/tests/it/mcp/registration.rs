//! What each client registers with, as it sends it (RFC 7591), what it is answered, and the authorization and token requests
//! that follow. A row that fails keeps people of that client out.

use serde_json::{Value, json};

use super::{Client, NOTES, answered, assert_json, assert_nothing_is_empty, assert_url, members, server};
use crate::fixtures::{claims, with};
use crate::support::Call;

/// What every answer has, whatever was sent: what clients read, and what says something without having been asked.
const ALWAYS: [&str; 15] = [
    "application_type",
    "client_id",
    "client_id_issued_at",
    "created_at",
    "grant_types",
    "id_token_signed_response_alg",
    "redirect_uris",
    "registration_access_token",
    "registration_client_uri",
    "response_types",
    "scope",
    "skip_consent",
    "subject_type",
    "token_endpoint_auth_method",
    "updated_at",
];

/// A client, and how it goes on.
struct Recorded {
    name: &'static str,
    registers: Value,
    /// Members of the answer besides those that are always there, as they must be.
    shown: Value,
    /// Where it wants the answer, which is not always what it registered.
    asks_at: &'static str,
    /// Parameters beside the ones that all send.
    asks: &'static [(&'static str, &'static str)],
}

fn recorded() -> Vec<Recorded> {
    let rows = [sdks(), editors(), hosted(), others()];
    rows.into_iter().flatten().collect()
}

fn sdks() -> Vec<Recorded> {
    vec![
        Recorded {
            name: "TypeScript SDK, version 2",
            registers: json!({
                "client_name": "A client", "redirect_uris": ["http://127.0.0.1:33418/callback"],
                "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                "application_type": "native", "scope": "notes.read offline_access",
            }),
            shown: json!({
                "client_name": "A client", "token_endpoint_auth_method": "client_secret_basic",
                "application_type": "native", "client_secret_expires_at": 0,
            }),
            asks_at: "http://127.0.0.1:33418/callback",
            asks: &[("scope", "notes.read offline_access"), ("prompt", "consent"), ("resource", NOTES)],
        },
        Recorded {
            name: "TypeScript SDK, version 1, as a public client",
            registers: json!({
                "client_name": "A client", "redirect_uris": ["http://localhost:8090/callback"],
                "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                "token_endpoint_auth_method": "none", "scope": "notes.read",
            }),
            shown: json!({ "client_name": "A client", "token_endpoint_auth_method": "none", "application_type": "native" }),
            asks_at: "http://localhost:8090/callback",
            asks: &[("scope", "notes.read"), ("resource", NOTES)],
        },
        Recorded {
            name: "Python SDK",
            registers: json!({
                "redirect_uris": ["http://127.0.0.1:3030/callback"], "grant_types": ["authorization_code", "refresh_token"],
                "response_types": ["code"], "client_name": "A client", "application_type": "native",
                "scope": "notes.read notes.write offline_access",
            }),
            shown: json!({
                "client_name": "A client", "token_endpoint_auth_method": "client_secret_basic",
                "client_secret_expires_at": 0,
            }),
            asks_at: "http://127.0.0.1:3030/callback",
            asks: &[
                ("state", "uF2aYkq0Xx1hTn4iVtXq0Lk5dK8"),
                ("resource", NOTES),
                ("scope", "notes.read notes.write offline_access"),
                ("prompt", "consent"),
            ],
        },
        Recorded {
            name: "Rust SDK",
            registers: json!({
                "client_name": "A client", "redirect_uris": ["http://127.0.0.1:8080/callback"],
                "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none",
                "response_types": ["code"], "scope": "notes.read notes.write offline_access",
                "application_type": "native",
            }),
            shown: json!({ "client_name": "A client", "token_endpoint_auth_method": "none" }),
            asks_at: "http://127.0.0.1:8080/callback",
            asks: &[
                ("state", "Y2F0cyBhcmUgYmV0dGVy"),
                ("scope", "notes.read notes.write offline_access"),
                ("resource", NOTES),
            ],
        },
    ]
}

fn editors() -> Vec<Recorded> {
    vec![
        Recorded {
            name: "Claude Code, which registers no scope and later asks for the resource's",
            registers: json!({
                "client_name": "Claude Code (notes)", "redirect_uris": ["http://localhost:53110/callback"],
                "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                "token_endpoint_auth_method": "none",
            }),
            shown: json!({ "client_name": "Claude Code (notes)", "token_endpoint_auth_method": "none" }),
            asks_at: "http://localhost:53110/callback",
            asks: &[("state", "mJ5uW3b8"), ("scope", "notes.read notes.write"), ("resource", NOTES)],
        },
        Recorded {
            name: "VS Code, from a port that it did not register",
            registers: json!({
                "client_name": "Visual Studio Code", "client_uri": "https://code.visualstudio.com",
                "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                "redirect_uris": [
                    "https://insiders.vscode.dev/redirect", "https://vscode.dev/redirect", "http://127.0.0.1/",
                    "http://127.0.0.1:33418/",
                ],
            }),
            shown: json!({
                "client_name": "Visual Studio Code", "client_uri": "https://code.visualstudio.com",
                "token_endpoint_auth_method": "client_secret_basic", "client_secret_expires_at": 0,
                "application_type": "web",
            }),
            asks_at: "http://127.0.0.1:51734/",
            asks: &[("state", "dGhlIHN0YXRl"), ("scope", "notes.read"), ("resource", NOTES)],
        },
        Recorded {
            name: "Cursor, with a scheme of its own and no state",
            registers: json!({
                "client_name": "Cursor", "grant_types": ["authorization_code", "refresh_token"],
                "response_types": ["code"], "token_endpoint_auth_method": "none",
                "redirect_uris": ["cursor://anysphere.cursor-mcp/oauth/callback", "http://localhost:8787/callback"],
            }),
            shown: json!({
                "client_name": "Cursor", "token_endpoint_auth_method": "none", "application_type": "native",
            }),
            asks_at: "cursor://anysphere.cursor-mcp/oauth/callback",
            asks: &[("scope", "notes.read"), ("resource", NOTES)],
        },
        Recorded {
            name: "Cursor, which calls itself a web application",
            registers: json!({
                "client_name": "Cursor", "application_type": "web",
                "redirect_uris": ["cursor://anysphere.cursor-mcp/oauth/callback"], "token_endpoint_auth_method": "none",
            }),
            shown: json!({
                "client_name": "Cursor", "token_endpoint_auth_method": "none", "application_type": "web",
            }),
            asks_at: "cursor://anysphere.cursor-mcp/oauth/callback",
            asks: &[("state", "c3RhdGU"), ("scope", "notes.read"), ("resource", NOTES)],
        },
    ]
}

fn hosted() -> Vec<Recorded> {
    vec![
        Recorded {
            name: "claude.ai, where it does not use a document",
            registers: json!({
                "client_name": "Claude", "client_uri": "https://claude.ai", "response_types": ["code"],
                "redirect_uris": ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"],
                "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "client_secret_post",
                "scope": "notes.read",
            }),
            shown: json!({
                "client_name": "Claude", "client_uri": "https://claude.ai",
                "token_endpoint_auth_method": "client_secret_post", "client_secret_expires_at": 0,
                "application_type": "web",
            }),
            asks_at: "https://claude.ai/api/mcp/auth_callback",
            asks: &[
                ("state", "q7Vd_state_of_a_connection"),
                ("scope", "notes.read offline_access"),
                ("resource", NOTES),
            ],
        },
        Recorded {
            name: "ChatGPT, where it does not use a document",
            registers: json!({
                "client_name": "ChatGPT", "response_types": ["code"], "token_endpoint_auth_method": "none",
                "redirect_uris": ["https://chatgpt.com/connector_platform_oauth_redirect"],
                "grant_types": ["authorization_code", "refresh_token"],
            }),
            shown: json!({
                "client_name": "ChatGPT", "token_endpoint_auth_method": "none", "application_type": "web",
            }),
            asks_at: "https://chatgpt.com/connector_platform_oauth_redirect",
            asks: &[("state", "oauth_s_6851"), ("scope", "notes.read notes.write"), ("resource", NOTES)],
        },
    ]
}

fn others() -> Vec<Recorded> {
    vec![
        Recorded {
            name: "Gemini CLI, with a member of its own",
            registers: json!({
                "client_name": "Gemini CLI MCP Client", "redirect_uris": ["http://localhost:7777/oauth/callback"],
                "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                "token_endpoint_auth_method": "none", "code_challenge_method": ["S256"], "scope": "notes.read",
            }),
            shown: json!({ "client_name": "Gemini CLI MCP Client", "token_endpoint_auth_method": "none" }),
            asks_at: "http://localhost:41999/oauth/callback",
            asks: &[("state", "Z2VtaW5p"), ("scope", "notes.read"), ("resource", NOTES)],
        },
        Recorded {
            name: "Codex, with a callback for each server",
            registers: json!({
                "client_name": "Codex", "redirect_uris": ["http://127.0.0.1:54321/callback/4f2d9c"],
                "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none",
                "response_types": ["code"],
            }),
            shown: json!({ "client_name": "Codex", "token_endpoint_auth_method": "none" }),
            asks_at: "http://127.0.0.1:60123/callback/4f2d9c",
            asks: &[("state", "Y29kZXg"), ("scope", "notes.read notes.write files.read openid"), ("resource", NOTES)],
        },
        Recorded {
            name: "LM Studio, which names neither grant types nor response types",
            registers: json!({ "client_name": "LM Studio", "redirect_uris": ["http://127.0.0.1:33389/callback"] }),
            shown: json!({
                "client_name": "LM Studio", "token_endpoint_auth_method": "client_secret_basic",
                "client_secret_expires_at": 0, "application_type": "native",
            }),
            asks_at: "http://127.0.0.1:33389/callback",
            asks: &[("state", "bG0"), ("resource", NOTES)],
        },
        Recorded {
            name: "an inspector in a browser, without a state",
            registers: json!({
                "client_name": "MCP Inspector", "client_uri": "https://github.com/modelcontextprotocol/inspector",
                "redirect_uris": ["http://localhost:6274/oauth/callback/debug"], "token_endpoint_auth_method": "none",
                "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
            }),
            shown: json!({
                "client_name": "MCP Inspector", "client_uri": "https://github.com/modelcontextprotocol/inspector",
                "token_endpoint_auth_method": "none",
            }),
            asks_at: "http://localhost:6274/oauth/callback/debug",
            asks: &[("scope", "notes.read offline_access"), ("resource", NOTES)],
        },
    ]
}

#[tokio::test]
async fn every_client_reads_its_answer() {
    let server = server().await;
    for Recorded { name, registers, shown, .. } in recorded() {
        let answer = server.public(Call::post("/oauth2/register").json(&registers)).await.expect(201);
        assert_json(&answer);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
        let answer = answer.json();
        let mut expected: std::collections::BTreeSet<_> = members(&shown);
        expected.extend(ALWAYS);
        if answer["token_endpoint_auth_method"] != "none" {
            expected.extend(["client_secret", "client_secret_expires_at"]);
        }
        assert_eq!(members(&answer), expected, "{name}");
        assert_nothing_is_empty(&answer);
        for (member, value) in shown.as_object().unwrap() {
            assert_eq!(&answer[member], value, "{name}: {member}");
        }
        assert_eq!(answer["redirect_uris"], registers["redirect_uris"], "{name}");
        assert!(answer["client_id_issued_at"].is_i64(), "{name}");
        assert_url(&answer["registration_client_uri"]);
    }
}

#[tokio::test]
async fn every_client_gets_to_its_tokens_and_refreshes_them() {
    let server = server().await;
    for Recorded { name, registers, asks_at, asks, .. } in recorded() {
        let mut client = Client::register(&server, &registers).await;
        let answer = client.answer(asks_at, asks).await;
        assert!(answer.location().starts_with(asks_at), "{name}: {}", answer.location());
        let state = asks.iter().find(|(parameter, _)| *parameter == "state").map(|(_, value)| (*value).to_owned());
        assert_eq!(answered(&answer, "state"), state, "{name}");
        assert_eq!(answered(&answer, "iss").as_deref(), Some("http://127.0.0.1:4444"), "{name}");
        let code = answered(&answer, "code").unwrap_or_else(|| panic!("{name}: {}", answer.location()));
        let call = client.redemption(&code, asks_at, &[("resource", NOTES)]);
        let tokens = server.public(call).await.expect(200);
        assert_eq!(tokens.header("cache-control"), Some("no-store"), "{name}");
        let tokens = tokens.json();
        let asks_a_scope = asks.iter().any(|(parameter, _)| *parameter == "scope");
        assert_eq!(tokens["scope"] != "", asks_a_scope, "{name}: {tokens}");
        let without_scope = with(tokens.clone(), &json!({ "scope": null }));
        assert_nothing_is_empty(&without_scope);
        assert_eq!(tokens["token_type"], "bearer", "{name}");
        assert!(tokens["expires_in"].is_u64(), "{name}: {tokens}");
        assert!(tokens["scope"].is_string(), "{name}: {tokens}");
        let claims = claims(tokens["access_token"].as_str().unwrap());
        assert_eq!(claims["aud"], json!([NOTES]), "{name}");
        let refresh_token = tokens["refresh_token"].as_str().unwrap_or_else(|| panic!("{name}: {tokens}"));
        let refreshed = server.public(client.refresh(refresh_token, &[("resource", NOTES)])).await.expect(200).json();
        assert_eq!(refreshed["scope"], tokens["scope"], "{name}");
    }
}
