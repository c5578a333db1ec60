//! Clients: all that was known of them, and how they authenticate.

use serde_json::Value;

use super::fixture::{Fixture, call_of, text};
use crate::support::{Call, TestServer};

/// Whether a client gets in with a secret; `None` where that cannot be tried here.
async fn authenticates(server: &TestServer, client: &Value, secret: &str) -> Option<bool> {
    let call = call_of(server, client, secret, "/oauth2/revoke", &[("token", "none")])?;
    Some(server.public(call).await.status == 200)
}

pub(super) async fn secrets_work_on_and_no_others(fixture: &Fixture, server: &TestServer) {
    for client in fixture.clients() {
        let (what, secret) = (format!("{} {}", fixture.name, client["client_id"]), text(client, "secret"));
        let expected = client["state"] != "deleted";
        // The second time it has been hashed anew.
        for _ in 0..2 {
            assert!(authenticates(server, client, secret).await.is_none_or(|works| works == expected), "{what}");
        }
        for old in client["rotated_secrets_still_valid"].as_array().into_iter().flatten() {
            assert_eq!(authenticates(server, client, old.as_str().unwrap()).await, Some(true), "{what}");
        }
        if text(client, "auth_method").starts_with("client_secret") {
            assert_eq!(authenticates(server, client, "wrong secret").await, Some(false), "{what}");
            let replaced = text(client, "replaced_secret");
            let refused = replaced.is_empty() || authenticates(server, client, replaced).await == Some(false);
            assert!(refused, "{what}");
        }
    }
}

pub(super) async fn metadata_and_registration_tokens_are_those_of_hydra(fixture: &Fixture, server: &TestServer) {
    let name = fixture.name;
    for client in fixture.clients() {
        let id = text(client, "client_id");
        let segment: String = form_urlencoded::byte_serialize(id.as_bytes()).collect::<String>().replace('+', "%20");
        let observed = &client["observed"]["admin_get"];
        if observed["status"] == 200 {
            let shown = server.admin(Call::get(format!("/admin/clients/{segment}"))).await.expect(200).json();
            for (member, value) in observed["body"].as_object().unwrap() {
                if member == "updated_at" || member == "created_at" {
                    continue;
                }
                assert_eq!(&shown[member], value, "{name} {id} {member}");
            }
        }
        let token = text(client, "registration_access_token");
        let status = client["observed"]["get_with_registration_access_token"]["status"].as_u64();
        if let Some(status) = status.filter(|status| !token.is_empty() && *status != 404) {
            let call = Call::get(format!("/oauth2/register/{segment}")).bearer(token);
            assert_eq!(u64::from(server.public(call).await.status), status, "{name} {id}");
        }
    }
}
