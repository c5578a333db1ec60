//! `symbolon quickstart --mcp`: an MCP client finds its way from a 401 to a tool, steps up, refreshes.

use serde_json::json;
use symbolon_client::Url;

use super::client::{Connector, call, get, message};
use crate::browser::{Browser, request};
use crate::process::{free_ports, run, text};
use crate::quickstart::Quickstart;

fn start(directory: &std::path::Path) -> (Quickstart, String) {
    let quickstart = Quickstart::start(directory, free_ports(), &["--mcp"]);
    let url = format!("{}mcp", quickstart.application());
    (quickstart, url)
}

#[test]
fn client_goes_from_the_challenge_to_the_tools_steps_up_and_refreshes() {
    let place = tempfile::tempdir().unwrap();
    let (quickstart, url) = start(place.path());
    let metadata_url = format!("{}.well-known/oauth-protected-resource/mcp", quickstart.application());
    let refused = call(&url, None, &[], &message("initialize", &json!({})));
    let challenge = format!("Bearer scope=\"notes.read\", resource_metadata=\"{metadata_url}\"");
    assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some(challenge.as_str())));
    let metadata = get(&metadata_url);
    assert_eq!(metadata["resource"], url.as_str());
    assert_eq!(metadata["authorization_servers"], json!([quickstart.issuer()]));
    assert_eq!(metadata["scopes_supported"], json!(["notes.read", "notes.write"]));

    let client = Connector::register(&quickstart);
    let mut browser = Browser::open(&quickstart.application());
    let reading = client.authorize(&mut browser, &url, "notes.read");
    assert!(reading.0["refresh_token"].is_string(), "without asking for offline_access: {}", reading.0);
    let initialize = json!({
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" },
    });
    let answer = call(&url, Some(reading.access()), &[], &message("initialize", &initialize));
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.body.contains("symbolon-demonstration-notes") && answer.header("mcp-session-id").is_none());
    let tools = call(&url, Some(reading.access()), &[], &message("tools/list", &json!({})));
    assert!(tools.body.contains("list_notes") && tools.body.contains("add_note"), "{}", tools.body);
    let list = message("tools/call", &json!({ "name": "list_notes", "arguments": {} }));
    assert!(call(&url, Some(reading.access()), &[], &list).body.contains("no notes yet"));

    let add = message("tools/call", &json!({ "name": "add_note", "arguments": { "text": "Buy milk" } }));
    let more = call(&url, Some(reading.access()), &[], &add);
    let challenge = more.header("www-authenticate").unwrap_or_default();
    assert_eq!(more.status, 403, "{}", more.body);
    assert!(challenge.contains("error=\"insufficient_scope\"") && challenge.contains(&metadata_url), "{challenge}");
    assert!(challenge.contains("scope=\"notes.read notes.write\""), "all that the call needs: {challenge}");
    let writing = client.authorize(&mut browser, &url, "notes.read notes.write offline_access");
    assert!(call(&url, Some(writing.access()), &[], &add).body.contains("Added"));
    assert!(call(&url, Some(reading.access()), &[], &list).body.contains("1. Buy milk"));

    let refreshed = client.refresh(&writing, &url);
    assert_ne!(refreshed.access(), writing.access());
    let add = message("tools/call", &json!({ "name": "add_note", "arguments": { "text": "Ring Bob" } }));
    assert!(call(&url, Some(refreshed.access()), &[], &add).body.contains("Notes in all: 2"));
}

#[test]
fn what_is_not_for_this_server_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let (quickstart, url) = start(place.path());
    let client = Connector::register(&quickstart);
    let tokens = client.authorize(&mut Browser::open(&quickstart.application()), &url, "notes.read");
    let list = message("tools/list", &json!({}));
    let (head, signature) = tokens.access().rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    for token in ["x", "a.b.c", &forged, head] {
        let answer = call(&url, Some(token), &[], &list);
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert_eq!(answer.status, 401, "{token}");
        assert!(
            challenge.contains("error=\"invalid_token\"") && challenge.contains("resource_metadata="),
            "{challenge}"
        );
        assert!(!challenge.contains(token) || token == "x", "{challenge}");
    }
    let token = Some(tokens.access());
    let doubled = call(&url, token, &[("authorization", "Bearer x")], &list);
    assert_eq!(doubled.status, 400);
    let in_address = call(&format!("{url}?access_token={}", tokens.access()), None, &[], &list);
    assert_eq!(in_address.status, 401, "a token in the address is none");

    for (origin, status) in [
        ("http://localhost:6274", 200),
        ("http://127.0.0.1:6274", 200),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
    ] {
        let answer = call(&url, token, &[("origin", origin)], &list);
        assert_eq!(answer.status, status, "{origin}: {}", answer.body);
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed, (status == 200).then_some(origin), "{origin}");
    }
    let address = Url::parse(&url).unwrap();
    let preflight = [("origin", "http://localhost:6274"), ("access-control-request-method", "POST")];
    let answer = request("OPTIONS", &address, &preflight, "").unwrap();
    assert!(answer.status == 204 && answer.header("access-control-allow-headers").unwrap().contains("authorization"));
    let stream = request("GET", &address, &[("accept", "text/event-stream")], "").unwrap();
    assert_eq!(stream.status, 401, "every method asks for the token");
    let authorization = format!("Bearer {}", tokens.access());
    for method in ["GET", "DELETE"] {
        let fields = [("accept", "text/event-stream"), ("authorization", authorization.as_str())];
        assert_eq!(request(method, &address, &fields, "").unwrap().status, 405, "there are no sessions: {method}");
    }
    let rebound = Url::parse(&url.replace("127.0.0.1", "localhost")).unwrap();
    assert_eq!(request("POST", &rebound, &[], "").map(|answer| answer.status), Some(401), "its other name");
}

#[test]
fn other_paths_and_a_quickstart_without_it_have_no_mcp_server() {
    let place = tempfile::tempdir().unwrap();
    let (quickstart, url) = start(place.path());
    for path in ["mcp/", "mcp/x", ".well-known/oauth-protected-resource", ".well-known/oauth-protected-resource/mcp/"] {
        let other = Url::parse(&format!("{}{path}", quickstart.application())).unwrap();
        assert_eq!(request("GET", &other, &[], "").unwrap().status, 404, "{path}");
    }
    drop(quickstart);

    let plain = tempfile::tempdir().unwrap();
    let ports = free_ports::<3>();
    let without = Quickstart::start(plain.path(), ports, &[]);
    let address = Url::parse(&format!("{}mcp", without.application())).unwrap();
    assert_eq!(request("GET", &address, &[], "").unwrap().status, 404);
    drop(without);
    // Its settings do not know the resource, and nobody changes them unasked.
    let numbers = ports.map(|port| port.to_string());
    let flags = ["--public-port", &numbers[0], "--admin-port", &numbers[1], "--app-port", &numbers[2]];
    let finished = run(&[&["quickstart", "--mcp", "--data-dir", text(plain.path())], &flags[..]].concat());
    let line = finished.failure();
    assert!(line.contains("--reset") && line.contains("/mcp") && line.contains("symbolon.yaml"), "{line}");
    assert!(!url.is_empty());
}
