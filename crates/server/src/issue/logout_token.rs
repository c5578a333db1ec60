//! Logout tokens (OpenID Connect Back-Channel Logout §2.4): tell one client that a session has ended. Made at the moment
//! of each delivery, so that a late one is not stale.

use serde_json::json;
use symbolon_types::SessionId;

use crate::clients::{RegisteredClient, signing};
use crate::context::Context;
use crate::error::OAuthError;
use crate::identifiers;

/// How long a client may take to read it, in seconds (§2.4: at most two minutes).
const LIFETIME: i64 = 120;

/// Signs a logout token with the key of the client's ID tokens.
pub fn issue(context: &Context, client: &RegisteredClient, session: SessionId) -> Result<String, OAuthError> {
    let now = context.clock.now();
    let claims = json!({
        "iss": context.config.issuer(),
        "aud": [client.id()],
        "iat": now,
        "exp": now.saturating_add(LIFETIME),
        "jti": identifiers::uuid(&context.rng),
        "sid": session.to_uuid_string(),
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    let key = signing::id_token_key(context, client)?;
    key.sign(Some("logout+jwt"), &claims).map_err(|fault| OAuthError::server(fault.to_string()))
}
