//! `auth_req_id` (OpenID Connect CIBA §7.3): a sealed pointer to the row of a request, and until when it counts. Sealing
//! adds 96 random bits and a tag of 128 to the 74 random bits of the row's number, so that nobody guesses one.

use symbolon_types::AuthenticationRequestId;

use crate::context::Context;
use crate::seal::kinds;

/// The id of a request for its client.
pub fn issue(context: &Context, id: AuthenticationRequestId, expires_at: i64) -> String {
    let body = [id.as_bytes().as_slice(), &expires_at.to_be_bytes()].concat();
    context.seal.seal(kinds::AUTH_REQ_ID, &body)
}

/// The request of an id, and when it expires. Anything else is `None`.
pub fn open(context: &Context, text: &str) -> Option<(AuthenticationRequestId, i64)> {
    let body = context.seal.open(kinds::AUTH_REQ_ID, text)?;
    let (id, expires_at) = body.split_first_chunk::<16>()?;
    Some((AuthenticationRequestId::from(*id), i64::from_be_bytes(expires_at.try_into().ok()?)))
}
