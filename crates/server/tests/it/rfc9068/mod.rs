//! RFC 9068, access tokens as JWTs that any library understands: for the clients for which an administrator chose it, or
//! for all.

mod audience;
mod authentication;
mod data_structure;
mod validation;

use serde_json::{Value, json};
use symbolon_server::config::Config;
use symbolon_types::AccessTokenStrategy;

use crate::every_grant::Asked;

/// Every client has tokens in this form that does not choose another.
fn everywhere(config: &mut Config) {
    config.strategies.access_token = AccessTokenStrategy::Rfc9068;
}

/// A login that says how somebody was authenticated, with session claims.
fn asked_with(session: Value) -> Asked {
    let login = json!({ "subject": "alice", "acr": "urn:level:2", "amr": ["pwd", "otp"] });
    Asked { login, session, ..Asked::default() }
}
