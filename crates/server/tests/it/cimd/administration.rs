//! An administrator's client goes before a document (draft 02 §7.2), and what an administrator changes is the administrator's.

use serde_json::json;

use super::documents::percent;
use super::{Described, LOOPBACK, asks, is_admitted};
use crate::fixtures::text;
use crate::support::Call;

#[tokio::test]
async fn an_administrators_client_of_that_id_needs_no_document() {
    let described = Described::new(&json!({})).await;
    let body = json!({
        "client_id": described.id, "client_name": "Registered", "redirect_uris": ["https://app.example/callback"],
        "token_endpoint_auth_method": "none", "scope": "openid",
    });
    described.server.create_client(&body).await;
    let answer = super::asks_at(&described.server, &described.id, "https://app.example/callback").await;
    assert!(is_admitted(&answer));
    assert!(!is_admitted(&super::asks_at(&described.server, &described.id, LOOPBACK).await));
    assert_eq!(described.host.count(), 0);
}

#[tokio::test]
async fn what_an_administrator_changes_follows_its_document_no_longer() {
    let path = |described: &Described| format!("/admin/clients/{}", percent(&described.id));
    for patch in [true, false] {
        let described = Described::new(&json!({})).await;
        described.flow().tokens().await;
        let change = if patch {
            Call::patch(path(&described)).json(&json!([{ "op": "replace", "path": "/client_name", "value": "Ours" }]))
        } else {
            Call::put(format!("{}/lifespans", path(&described)))
                .json(&json!({ "authorization_code_grant_access_token_lifespan": "5m" }))
        };
        described.server.admin(change).await.expect(200);
        described.publish(&json!({ "client_name": "Theirs", "redirect_uris": ["http://127.0.0.1/elsewhere"] }));
        described.server.clock.advance(86_400);
        described.host.take();
        assert!(is_admitted(&described.asks().await));
        assert_eq!(described.host.count(), 0);
        let client = described.server.admin(Call::get(path(&described))).await.expect(200).json();
        assert_eq!(client["client_name"], if patch { "Ours" } else { "Example Agent" });
    }
}

#[tokio::test]
async fn a_client_that_is_deleted_has_nothing_any_more_and_may_come_back() {
    let described = Described::new(&json!({})).await;
    let mut flow = described.flow();
    let tokens = flow.tokens().await;
    described.server.admin(Call::delete(format!("/admin/clients/{}", percent(&described.id)))).await.expect(204);
    let refused = described.server.public(flow.refresh(text(&tokens, "refresh_token"))).await;
    assert_eq!((refused.status, refused.error().as_deref()), (401, Some("invalid_client")));
    assert_eq!(described.server.introspect(text(&tokens, "access_token")).await["active"], false);
    assert!(is_admitted(&asks(&described.server, &described.id).await));
    described.flow().tokens().await;
    described.server.public(flow.refresh(text(&tokens, "refresh_token"))).await.expect(400);
}
