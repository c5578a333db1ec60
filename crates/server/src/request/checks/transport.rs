//! The answer's way: plain http leads only to the user's own machine (RFC 6749 §3.1.2.1, RFC 8252 §8.3). Development
//! mode allows more.

use symbolon_types::redirect_uri::is_secure_redirect;

use super::super::ReplyAddress;
use super::super::validate::{AddressedRequest, Draft};
use crate::error::OAuthError;

pub(super) fn check(request: &AddressedRequest<'_>, _: &mut Draft) -> Result<(), OAuthError> {
    let secure = |address: &ReplyAddress| is_secure_redirect(address.redirect_uri.as_str());
    if request.context.config.dev || request.reply.address().is_none_or(secure) {
        return Ok(());
    }
    Err(OAuthError::invalid_request(
        "The redirect URI uses plain http, which is allowed for 'localhost', its subdomains and loopback addresses only.",
    ))
}
