//! `symbolon resource metadata`: what the server of a resource has to answer with.

use serde_json::{Value, json};

use crate::process::{run, text};

const RESOURCES: &str = "
symbolon:
  resources:
    - {identifier: https://mcp.example.com/mcp, aliases: [https://mcp.example.com], scopes: [notes.read, notes.write]}
    - {identifier: https://pay.example.com, title: Payments, scopes: [pay], sender_constrained: true}
    - {identifier: 'urn:example:api'}
";

fn configuration(directory: &std::path::Path, more: &str) -> std::path::PathBuf {
    let file = directory.join("symbolon.yaml");
    let settings = "dsn: sqlite:///var/lib/symbolon.sqlite\nurls: {self: {issuer: https://as.example.com}}\nsecrets: {system: [a-secret-for-tests-only-1234]}\n";
    std::fs::write(&file, format!("{settings}{more}")).unwrap();
    file
}

#[test]
fn document_and_challenge_are_those_of_the_resource() {
    let place = tempfile::tempdir().unwrap();
    let file = configuration(place.path(), RESOURCES);
    // An alias asks for the same, and the document has the identifier.
    for name in ["https://mcp.example.com/mcp", "https://MCP.example.com"] {
        let shown = run(&["resource", "metadata", name, "-c", text(&file), "--format", "json"]).json();
        let url = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";
        let metadata = json!({
            "resource": "https://mcp.example.com/mcp", "authorization_servers": ["https://as.example.com"],
            "scopes_supported": ["notes.read", "notes.write"], "bearer_methods_supported": ["header"],
        });
        let challenge = format!("Bearer resource_metadata=\"{url}\", scope=\"notes.read\"");
        assert_eq!(shown, json!({ "url": url, "metadata": metadata, "www_authenticate": challenge }), "{name}");
    }
    let bound = run(&["resource", "metadata", "https://pay.example.com", "-c", text(&file), "--format", "json"]).json();
    assert_eq!(bound["metadata"]["dpop_bound_access_tokens_required"], true);
    assert_eq!(bound["metadata"]["resource_name"], "Payments");
    assert!(bound["www_authenticate"].as_str().unwrap().starts_with("DPoP resource_metadata="), "{bound}");
    let read = run(&["resource", "metadata", "https://mcp.example.com/mcp", "-c", text(&file)]);
    let read = read.success();
    assert!(read.contains("WWW-Authenticate: Bearer resource_metadata="), "{read}");
    let document = read.split("\n\n").nth(1).unwrap();
    assert_eq!(serde_json::from_str::<Value>(document).unwrap()["resource"], "https://mcp.example.com/mcp");
}

#[test]
fn what_is_no_resource_is_told() {
    let place = tempfile::tempdir().unwrap();
    let file = configuration(place.path(), RESOURCES);
    for name in ["https://other.example.com", "no-address", "https://mcp.example.com/mcp/", ""] {
        let finished = run(&["resource", "metadata", name, "-c", text(&file)]);
        assert!(finished.failure().contains("https://pay.example.com"), "the known ones are named: {finished:?}");
    }
    let finished = run(&["resource", "metadata", "urn:example:api", "-c", text(&file)]);
    assert!(finished.failure().contains("no https address"), "{finished:?}");
    let without = configuration(place.path(), "");
    let finished = run(&["resource", "metadata", "https://mcp.example.com/mcp", "-c", text(&without)]);
    assert!(finished.failure().contains("has none"), "{finished:?}");
    let finished = run(&["resource", "metadata", "https://mcp.example.com/mcp", "-c", "/does/not/exist.yaml"]);
    assert!(finished.failure().contains("exist.yaml"), "{finished:?}");
}
