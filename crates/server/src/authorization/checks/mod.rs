//! The checks of an authorization request whose redirect URI is verified, in the order in which they are made: the
//! first that fails is the one the client hears of. One file each, one section each. A device's request runs those that
//! do not concern the way back to a client; pushed requests will run the same list.

mod audience;
mod code_challenge;
mod id_token_hint;
mod max_age;
mod nonce;
mod prompt;
mod registration;
mod request_object;
mod response_mode;
mod response_type;
mod scope;
mod state;
mod subject_type;
mod transport;

pub use id_token_hint::HintedSubject;

use super::validate::{Addressed, Draft, Reply};
use crate::error::OAuthError;

type Check = fn(&Addressed<'_>, &mut Draft) -> Result<(), OAuthError>;

/// The checks of a request that is answered this way.
pub(super) fn of(reply: &Reply) -> &'static [Check] {
    match reply {
        Reply::Redirect(_) => AUTHORIZATION,
        Reply::Device(_) => DEVICE,
    }
}

const DEVICE: &[Check] = &[
    request_object::check,
    scope::check,
    audience::check,
    registration::check,
    subject_type::check,
    code_challenge::check,
    prompt::check,
    max_age::check,
    id_token_hint::check,
];

const AUTHORIZATION: &[Check] = &[
    request_object::check,
    scope::check,
    audience::check,
    registration::check,
    response_type::check,
    response_mode::check,
    state::check,
    transport::check,
    subject_type::check,
    nonce::check,
    code_challenge::check,
    prompt::check,
    max_age::check,
    id_token_hint::check,
];
