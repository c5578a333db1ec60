//! `request` and `request_uri` (RFC 9101, OpenID Connect Core §6): not supported yet, and therefore refused. Ignoring
//! them would drop restrictions that the client signed.

use symbolon_types::ErrorCode;

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    match (request.parameters.get("request"), request.parameters.get("request_uri")) {
        (Some(_), Some(_)) => {
            Err(OAuthError::invalid_request("Parameters 'request' and 'request_uri' must not be given together."))
        }
        (Some(_), None) => Err(OAuthError::bare(ErrorCode::RequestNotSupported)),
        (None, Some(_)) => Err(OAuthError::bare(ErrorCode::RequestUriNotSupported)),
        (None, None) => Ok(()),
    }
}
