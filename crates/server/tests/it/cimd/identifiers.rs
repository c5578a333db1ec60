//! Draft 02 §3: what the address of a document looks like. What does not is refused before anybody is called.

use serde_json::json;

use super::{Described, asks, assert_refused, is_admitted};
use crate::client_side::Reply;
use crate::fixtures::outcome;
use crate::support::Call;

#[tokio::test]
async fn an_address_in_another_form_is_refused_and_not_called() {
    let described = Described::new(&json!({})).await;
    let host = described.host.url.strip_prefix("https://").unwrap().to_owned();
    let port = host.split_once(':').unwrap().1.to_owned();
    let refused = [
        format!("https://{host}"),
        format!("https://{host}/a/../client.json"),
        format!("https://{host}/./client.json"),
        format!("https://{host}/a/%2e%2e/client.json"),
        format!("https://{host}/client.json#fragment"),
        format!("https://{host}/client.json#"),
        format!("https://user@{host}/client.json"),
        format!("https://user:password@{host}/client.json"),
        format!("https://LOCALHOST:{port}/client.json"),
        format!("https://127.0.0.1:{port}/client.json"),
        format!("https://[::1]:{port}/client.json"),
        format!("https://localhost.:{port}/client.json"),
        format!("https://{host}\\client.json"),
        format!("https://{host}/{}", "a".repeat(600)),
        "https://localhost:0x/client.json".to_owned(),
        "https:///client.json".to_owned(),
    ];
    for id in refused {
        described.host.set(Reply::Json(super::document(&id)));
        assert_refused(&asks(&described.server, &id).await, &id);
    }
    // These do not even look like one: no client has such an id.
    for id in [format!("http://{host}/client.json"), format!("HTTPS://{host}/client.json"), host] {
        described.host.set(Reply::Json(super::document(&id)));
        assert_eq!(outcome(&asks(&described.server, &id).await), "page invalid_client", "{id}");
    }
    assert_eq!(described.host.count(), 0, "nobody was called");
}

#[tokio::test]
async fn a_query_belongs_to_the_address() {
    let described = Described::new(&json!({})).await;
    let id = format!("{}?v=1", described.id);
    described.host.set(Reply::Json(super::document(&id)));
    assert!(is_admitted(&asks(&described.server, &id).await));
    assert_eq!(described.host.take_one().unwrap().target, "/client.json?v=1");
}

#[tokio::test]
async fn ids_that_are_made_here_are_no_addresses() {
    let described = Described::new(&json!({})).await;
    for _ in 0..8 {
        let made = described.server.create_client(&json!({ "redirect_uris": ["https://app.example/cb"] })).await;
        assert!(!made["client_id"].as_str().unwrap().contains("://"));
        let registration = Call::post("/oauth2/register").json(&json!({
            "client_id": described.id, "redirect_uris": ["https://app.example/cb"]
        }));
        let registered = described.server.public(registration).await.expect(201).json();
        assert!(!registered["client_id"].as_str().unwrap().contains("://"), "nobody registers an address as an id");
    }
    assert_eq!(described.host.count(), 0);
}
