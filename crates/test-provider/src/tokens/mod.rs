//! Tokens out of nothing: what the provider would issue, and what nobody should accept. Right ones are signed with a key
//! that the provider publishes at this moment; access tokens are grants of the server, so that introspection knows them.
//! [`Forgery`] is what is wrong with a wrong one on purpose.

mod access_token;
mod forgery;
mod signed_token;

pub use access_token::AccessToken;
pub use signed_token::SignedToken;

use forgery::Forgery;
