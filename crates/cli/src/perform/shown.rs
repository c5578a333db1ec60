//! How tokens are shown.

use serde_json::json;
use symbolon_client::TokenSet;
use symbolon_types::timestamp;

use crate::output::CommandResult;

/// What the token endpoint answered.
pub(super) fn shown(tokens: &TokenSet) -> CommandResult {
    let refresh_token = tokens.refresh_token.as_ref().map(|token| token.as_str().to_owned());
    let id_token = tokens.id_token.as_ref().map(|token| token.raw.expose().clone());
    let expiry = tokens.expires_at.map(timestamp::format_seconds);
    let access_token = tokens.access_token.as_str().to_owned();
    CommandResult {
        rows: vec![
            ("ACCESS TOKEN", access_token.clone()),
            ("REFRESH TOKEN", refresh_token.clone().unwrap_or_default()),
            ("ID TOKEN", id_token.clone().unwrap_or_default()),
            ("EXPIRY", expiry.clone().unwrap_or_default()),
        ],
        object: json!({
            "access_token": access_token,
            "token_type": "bearer",
            "refresh_token": refresh_token,
            "id_token": id_token,
            "expiry": expiry,
            "scope": tokens.scope,
        }),
        id: access_token,
    }
}
