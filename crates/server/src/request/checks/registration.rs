//! `registration` (OpenID Connect Core §7.2.1): only self-issued providers take it.

use symbolon_types::ErrorCode;

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    match request.parameters.get("registration") {
        Some(_) => Err(OAuthError::bare(ErrorCode::RegistrationNotSupported)),
        None => Ok(()),
    }
}
