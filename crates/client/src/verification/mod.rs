//! Whether a token may be believed: ID tokens, logout tokens, access tokens.
//!
//! First the signature, with the provider's keys ([`crate::keys`]) or, where the program said so, with the client's secret;
//! then the claims, each kind of token by a pure function whose every rule names its own fault. What providers may do
//! differently from one another is a setting ([`VerificationRules`]); everything else is not.

mod access_token;
mod claims;
mod id_token;
mod issuer;
mod logout_token;
mod rules;
mod signature;

pub use access_token::{AccessTokenClaims, AccessTokenFault, Confirmation};
pub use id_token::{IdTokenClaims, IdTokenFault};
pub use issuer::IssuerRule;
pub use logout_token::{LogoutToken, LogoutTokenFault};
pub use rules::VerificationRules;

pub(crate) use access_token::{AudienceRule, Expected, TokenForm, check as check_access_token};
pub(crate) use claims::{present, seconds, text};
pub(crate) use id_token::{Expectations, check as check_id_token, check_audience, check_type};
pub(crate) use signature::SignedToken;
