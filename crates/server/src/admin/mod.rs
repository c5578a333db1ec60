//! The management API: HTTP in front of the rules. It calls `challenge`, `clients` and `accounts`, as the built-in pages
//! do, and has no rules of its own.

pub mod accounts;
pub mod challenges;
pub mod clients;
pub mod key_sets;
pub mod keys;
pub mod logout;
mod named_members;
pub(crate) mod page;
pub mod revocation;
pub mod sessions;
pub mod trusted_issuers;

use crate::error::ApiError;
use crate::exchange::{Answer, Request};

fn answer(outcome: Result<Answer, ApiError>) -> Answer {
    outcome.unwrap_or_else(|error| error.answer())
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
