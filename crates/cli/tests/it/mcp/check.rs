//! `symbolon mcp check` where everything is right: the quickstart, without a person and with one, and the fake server that
//! the other tests break.

use serde_json::Value;
use symbolon_client::AdminClient;

use super::world::World;
use crate::browser::Browser;
use crate::process::{Running, free_ports, run};
use crate::quickstart::{Quickstart, allow};

/// Names and outcomes of the steps.
pub(crate) fn outcomes(report: &Value) -> Vec<(&str, &str)> {
    let steps = report["steps"].as_array().unwrap().iter();
    steps.map(|step| (step["step"].as_str().unwrap(), step["outcome"].as_str().unwrap())).collect()
}

fn clients(admin: &AdminClient) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut all = admin.clients(100);
        let mut count = 0;
        while let Some(client) = all.next().await {
            client.unwrap();
            count += 1;
        }
        count
    })
}

#[test]
fn quickstart_is_right_without_a_person_and_with_one() {
    let place = tempfile::tempdir().unwrap();
    let quickstart = Quickstart::start(place.path(), free_ports(), &["--mcp"]);
    let url = format!("{}mcp", quickstart.application());
    let before = clients(&quickstart.admin());
    let report = run(&["mcp", "check", &url, "--format", "json"]).json();
    assert_eq!((report["passed"].as_bool(), report["url"].as_str()), (Some(true), Some(url.as_str())), "{report:#}");
    let steps = [
        ("The MCP server asks for a token", "ok"),
        ("Resource metadata", "ok"),
        ("Authorization server metadata", "ok"),
        ("Issuer", "ok"),
        ("Authorization server's abilities", "ok"),
        ("Client ids", "ok"),
        ("Clients in browsers", "ok"),
        ("Registration", "ok"),
        ("Authorization request", "ok"),
        ("Ports on loopback", "ok"),
        ("Requests without state", "ok"),
        ("Login, tokens, call, refresh", "skipped"),
        ("Registration taken back", "ok"),
    ];
    assert_eq!(outcomes(&report), steps, "{report:#}");
    assert_eq!(clients(&quickstart.admin()), before, "the client is deleted again");

    let mut command = Running::start(&["mcp", "check", &url, "--login", "--no-open", "--format", "json"]);
    let page = command.wait_for("Open this page").split_whitespace().last().unwrap().to_owned();
    let mut browser = Browser::open(&page);
    quickstart.log_in(&mut browser);
    allow(&mut browser);
    let report: Value = serde_json::from_str(&command.wait_for("\"passed\"")).unwrap();
    let steps = [
        ("Login", "ok"),
        ("Tokens", "ok"),
        ("Access token", "ok"),
        ("Call with the token", "ok"),
        ("Refresh", "ok"),
        ("Call with the token", "ok"),
        ("Registration taken back", "ok"),
    ];
    assert_eq!(outcomes(&report)[11..], steps, "{report:#}");
    assert_eq!(report["passed"], true);
    assert_eq!(command.finish().0, Some(0));
    assert_eq!(clients(&quickstart.admin()), before);
}

#[test]
fn people_read_a_line_for_each_step() {
    let url = World::start(|_| {});
    let finished = run(&["mcp", "check", &url]);
    let lines: Vec<_> = finished.success().lines().collect();
    assert_eq!(lines.len(), 13, "{finished:?}");
    assert!(lines[0].starts_with("✓ The MCP server asks for a token: 401"), "{}", lines[0]);
    assert!(finished.stderr.is_empty());
    let broken = World::start(|world| world.server["code_challenge_methods_supported"] = serde_json::json!(["plain"]));
    let finished = run(&["mcp", "check", &broken]);
    assert!(finished.failure().contains("one thing is wrong"), "{finished:?}");
    let line = "✗ Authorization server's abilities: code_challenge_methods_supported has no S256\n    Fault of the authorization server. ";
    assert!(finished.stdout.contains(line), "{finished:?}");
}

#[test]
fn what_is_no_address_of_a_server_is_refused() {
    for url in ["mcp.example", "ftp://mcp.example", "https://u:p@mcp.example", "https://mcp.example/mcp#x", ""] {
        assert!(run(&["mcp", "check", url]).failure().contains("the URL of the MCP server"), "{url}");
    }
}

#[test]
fn nothing_is_registered_where_that_is_not_wanted() {
    let url = World::start(|world| world.instead.push(("POST /as/register", super::world::Reply::html(500))));
    let report = run(&["mcp", "check", &url, "--no-register", "--format", "json"]).json();
    assert_eq!(outcomes(&report).last(), Some(&("Registration", "skipped")));
    let report = run(&["mcp", "check", &url, "--client-id", "mine", "--format", "json"]).json();
    let steps = outcomes(&report);
    assert!(
        steps.contains(&("Registration", "skipped")) && steps.contains(&("Authorization request", "ok")),
        "{report:#}"
    );
}
