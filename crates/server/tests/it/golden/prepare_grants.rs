//! What JWT bearer grants need: whom the recorded server trusted, and an assertion under a wrong key.

use serde_json::{Value, json};

use super::jwt;
use super::replay::Replay;
use crate::support::Call;

const ISSUER: &str = "https://jwt-bearer.golden.example";

pub(super) async fn before(replay: &mut Replay, step: &str) {
    match step {
        "plain" => {
            for (subject, kid, expires_at) in [
                (json!("bob"), "bearer-key", "2030-01-01T00:00:00Z"),
                (Value::Null, "bearer-key-2", "2030-01-01T00:00:00Z"),
                (json!("past"), "bearer-key", "2001-01-01T00:00:00Z"),
            ] {
                trust(replay, ISSUER, subject, kid, expires_at).await;
            }
        }
        "wrong key" => {
            let placeholder = "<jwt:24>";
            let contents = &replay.jwts[placeholder];
            let token = jwt::sign(&mut replay.names, &replay.keys, contents, Some("bearer-key-3"));
            replay.names.bind(placeholder, token);
        }
        _ => {}
    }
}

/// Trusts an issuer of assertions; no subject stands for any.
pub(super) async fn trust(replay: &Replay, issuer: &str, subject: Value, kid: &str, expires_at: &str) {
    let mut jwk = replay.keys[kid].clone();
    jwk.as_object_mut().unwrap().remove("d");
    let body = json!({
        "issuer": issuer,
        "allow_any_subject": subject.is_null(),
        "subject": subject,
        "scope": ["photos.read", "foreign"],
        "jwk": jwk,
        "expires_at": expires_at,
    });
    replay.server.admin(Call::post("/admin/trust/grants/jwt-bearer/issuers").json(&body)).await.expect(201);
}
