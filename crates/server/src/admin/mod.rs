//! The management API: HTTP in front of the rules. It calls `challenge`, `clients` and `accounts`, as the built-in pages
//! do, and has no rules of its own.

pub mod accounts;
pub mod backchannel;
pub mod challenges;
pub mod clients;
pub mod configuration;
pub mod key_sets;
pub mod keys;
pub mod logout;
mod named_members;
pub(crate) mod page;
pub mod revocation;
pub mod sessions;
pub mod trusted_issuers;

use symbolon_types::ErrorCode;

use crate::control_characters;
use crate::error::{ApiError, decoding_fault};
use crate::exchange::{Answer, Request};

fn answer(outcome: Result<Answer, ApiError>) -> Answer {
    outcome.unwrap_or_else(|error| error.answer())
}

/// The body of a request, which must be a JSON object: an array would be read as the members in their order.
fn json_object<T: serde::de::DeserializeOwned>(request: &Request) -> Result<T, ApiError> {
    if request.body.trim_ascii_start().first() != Some(&b'{') {
        return Err(ApiError::oauth(ErrorCode::InvalidRequest, "The body must be a JSON object."));
    }
    control_characters::check_json(&request.body).map_err(ApiError::from)?;
    serde_json::from_slice(&request.body).map_err(|fault| {
        let hint = format!("The body could not be decoded: {}.", decoding_fault(&fault));
        ApiError::oauth(ErrorCode::InvalidRequest, hint)
    })
}

/// The segment of the path behind `prefix`, decoded. What is no text names nothing.
fn path_segment(request: &Request, prefix: &str) -> Result<String, ApiError> {
    let rest = request.path.strip_prefix(prefix).unwrap_or_default();
    let segment = rest.split('/').next().unwrap_or_default();
    let decoded = percent_encoding::percent_decode_str(segment).decode_utf8().map_err(|_| ApiError::absent())?;
    if decoded.is_empty() {
        return Err(ApiError::absent());
    }
    Ok(decoded.into_owned())
}
