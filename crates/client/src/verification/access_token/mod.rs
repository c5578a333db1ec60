//! Whether an access token may be believed, as an API asks that was handed one (RFC 9068 §4).
//!
//! [`check`](check::check) is a pure function from what is said about a token, by itself or by introspection, to
//! [`AccessTokenClaims`]; its every rule names its own [`AccessTokenFault`]. Whether the sender holds the key that a token
//! is bound to is not decided here. [`Client::verify_access_token`] is the short form for signed bearer tokens;
//! [`ResourceServer`](crate::ResourceServer) knows the others.

mod check;
mod claims;
mod fault;

pub use claims::{AccessTokenClaims, Confirmation};
pub use fault::AccessTokenFault;

pub(crate) use check::{AudienceRule, Expected, TokenForm, check};

use crate::client::Client;
use crate::error::Error;
use crate::wire::AccessToken;

impl Client {
    /// Checks an access token that somebody presents to the API `resource`, its identifier as it stands in `aud`. For
    /// tokens in the form of RFC 9068 that are used as bearer tokens; subject, client id and times are always there then.
    /// A [`ResourceServer`](crate::ResourceServer) checks other tokens too, and whole requests.
    ///
    /// ```no_run
    /// # async fn run(presented: &str) -> Result<(), symbolon_client::Error> {
    /// use symbolon_client::{AccessToken, Client};
    ///
    /// let provider = Client::unregistered("http://127.0.0.1:4444").build()?;
    /// let claims = provider.verify_access_token(&AccessToken::from(presented), "https://mcp.example.com/mcp").await?;
    /// println!("{:?} may {:?}", claims.subject, claims.scope.to_vec());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::AccessToken`] for a token that must not be believed; anything else means that the provider's keys could
    /// not be had, and says nothing about the token.
    pub async fn verify_access_token(&self, token: &AccessToken, resource: &str) -> Result<AccessTokenClaims, Error> {
        let signed = self.signed(token.as_str()).await?.map_err(AccessTokenFault::Signature)?;
        let audiences = [resource.to_owned()];
        let expected = Expected {
            issuer: self.issuer(),
            rules: self.rules(),
            audiences: &audiences,
            audience_rule: AudienceRule::Named,
            form: TokenForm::Rfc9068,
            now: self.inner().clock.now(),
        };
        let claims = check(signed.claims, signed.typ.as_deref(), &expected)?;
        match claims.confirmation {
            None => Ok(claims),
            Some(_) => Err(AccessTokenFault::SenderConstrained.into()),
        }
    }
}
