//! `max_age` (OpenID Connect Core §3.1.2.1): whole seconds; without it the client's `default_max_age` counts.

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, draft: &mut Draft) -> Result<(), OAuthError> {
    draft.max_age =
        match request.parameters.get("max_age") {
            None => request.client.metadata().default_max_age,
            Some(value) => Some(value.parse::<u32>().map(i64::from).map_err(|_| {
                OAuthError::invalid_request("Parameter 'max_age' must be a number of seconds, 0 or more.")
            })?),
        };
    Ok(())
}
