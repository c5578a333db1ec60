//! Access tokens of the authorization endpoint itself (RFC 6749 §4.2): there is no second request that could narrow or bind
//! one, so what is asked for must fit into one token for whoever has it (RFC 8707 §2, RFC 9449 §5).

use symbolon_types::{ErrorCode, ResponseType};

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;
use crate::resource_indicators::terms;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    if !draft.response_type.is_some_and(ResponseType::has_token) {
        return Ok(());
    }
    let terms = terms(request.context, &request.client, &draft.audience, &draft.scope)?;
    if terms.sender_constrained {
        let hint =
            "A resource takes only tokens that are bound to a key, and a token of this endpoint is bound to nothing.";
        return Err(OAuthError::new(ErrorCode::InvalidTarget, hint));
    }
    Ok(())
}
