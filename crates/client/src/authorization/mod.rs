//! Sending a browser to the authorization endpoint, and reading what it comes back with.
//!
//! Every authorization has its own `state`, `nonce` and PKCE verifier (RFC 6749 §4.1.1, RFC 7636 with S256 only,
//! `OpenID` Connect Core 1.0 §3.1.2.1). They stay in [`PendingAuthorization`], which the caller keeps with the browser's
//! session and hands back with the [`Callback`]. How the request travels (in the URL, signed, pushed) and how the answer
//! does (plain, in a form, signed) is a file each.
//!
//! There is only the code flow. The implicit and hybrid flows hand tokens to the browser's history and to every script of
//! a page, which RFC 9700 §2.1.2 advises against and OAuth 2.1 drops; whatever they gave, the code flow with PKCE gives.

mod callback;
mod claims_request;
mod details;
#[cfg(any(feature = "aws-lc-rs", feature = "rust-crypto"))]
mod encrypted_request;
mod pending;
mod pushed;
mod request;
mod request_object;
mod response_mode;
mod signed_response;

pub use callback::Callback;
pub use claims_request::{ClaimsRequest, RequestedClaim};
pub use details::AuthorizationDetail;
pub use pending::PendingAuthorization;
pub use request::AuthorizationRequest;
pub use request_object::RequestObjects;
pub use response_mode::ResponseMode;
pub use signed_response::ResponseFault;

use symbolon_jose::{Secret, digest};
use url::Url;

use crate::client::Client;
use crate::discovery::endpoint;
use crate::error::Error;
use crate::wire::Scope;

/// The code challenge of a verifier under the method `S256` (RFC 7636 §4.2), for whoever puts a request together by hand.
pub fn code_challenge(verifier: &str) -> String {
    digest::base64url(&digest::sha256(verifier.as_bytes()))
}

impl Client {
    /// Starts an authorization: the URL to send the browser to, and what to keep until it comes back.
    ///
    /// By the settings of the builder, or because the provider's metadata demands it, the request is signed
    /// ([`RequestObjects`](crate::RequestObjects)) and pushed (RFC 9126).
    ///
    /// # Errors
    /// [`Error::Configuration`] without a redirect URI, or for a provider that demands signed requests and a client
    /// without a key for them; [`Error::Api`] when a pushed request is refused; whatever discovery met with.
    pub async fn authorization_url(
        &self,
        request: &AuthorizationRequest,
    ) -> Result<(Url, PendingAuthorization), Error> {
        request.check()?;
        let metadata = self.metadata().await?;
        let mut url = endpoint(metadata.authorization_endpoint.as_deref(), "authorization_endpoint")?;
        let pending = self.pending_authorization(request)?;
        let pushes = self.pushes_requests(&metadata);
        let mut parameters = self.in_request_object(request.parameters(&pending)?, &metadata, pushes).await?;
        if pushes {
            parameters = self.push(parameters, &metadata).await?;
        }
        url.query_pairs_mut().extend_pairs(parameters);
        Ok((url, pending))
    }

    fn pending_authorization(&self, request: &AuthorizationRequest) -> Result<PendingAuthorization, Error> {
        let rng = &self.inner().rng;
        let mut pending = PendingAuthorization {
            issuer: self.issuer().to_owned(),
            client_id: self.registered_id()?.to_owned(),
            state: rng.token(24),
            nonce: rng.token(24),
            verifier: Secret::new(rng.token(32)),
            redirect_uri: self.redirect_uri()?.to_owned(),
            max_age_seconds: None,
            scope: Scope::parse(request.scope())?,
            response_mode: None,
            dpop_thumbprint: self.protection().dpop.as_ref().map(|key| key.thumbprint().to_owned()),
            contexts: Vec::new(),
            resources: Vec::new(),
            details: false,
        };
        request.apply_to(&mut pending);
        Ok(pending)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    #[test]
    fn challenge_is_that_of_the_specification() {
        let challenge = code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    pub(super) fn pending() -> PendingAuthorization {
        PendingAuthorization {
            issuer: "https://as.example".into(),
            client_id: "app".into(),
            state: "state-1".into(),
            nonce: "nonce-1".into(),
            verifier: Secret::new("verifier".into()),
            redirect_uri: "https://app.example/cb".into(),
            max_age_seconds: None,
            scope: Scope::parse("openid").unwrap(),
            response_mode: None,
            dpop_thumbprint: None,
            contexts: Vec::new(),
            resources: Vec::new(),
            details: false,
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let text = format!("{:?} {:?}", pending(), Callback::parse("code=secret-code&state=state-1"));
        for secret in ["secret-code", "state-1", "nonce-1", "verifier"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
