//! `subject_type` of the client (OpenID Connect Core §8.1): a pairwise client whose sector cannot be told is told so now,
//! and not when its user has logged in.

use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;
use crate::subject_identifier::pairwise_rule;

pub(super) fn check(request: &AddressedRequest<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    match pairwise_rule(&request.context.config, &request.client) {
        Ok(_) => Ok(()),
        Err(fault) => {
            Err(OAuthError::invalid_request("The client's subject_type 'pairwise' cannot be served.").because(fault))
        }
    }
}
