//! Codes and refresh tokens that are for the holder of one key or of one certificate (RFC 9449 §5, §10; RFC 8705 §3, §4).

use crate::certificate::ClientCertificate;
use crate::client_authentication::AuthenticatedClient;
use crate::confirmation::{CertificateThumbprint, Confirmation, Held, KeyThumbprint};
use crate::dpop::{self, Proof};
use crate::error::OAuthError;
use crate::exchange::Request;

/// Refuses another key. Whoever shows one has what is bound and not its key.
pub(super) fn same(what: &str, bound: Option<KeyThumbprint>, proof: Option<&Proof>) -> Result<(), OAuthError> {
    match (bound, proof) {
        (Some(bound), Some(proof)) if proof.key() != bound => {
            Err(OAuthError::invalid_grant(format!("The {what} is bound to another DPoP key.")))
        }
        _ => Ok(()),
    }
}

/// Refuses who shows no key at all; nothing is known of them, and they may come again.
pub(super) fn shown(bound: Option<KeyThumbprint>, proof: Option<&Proof>) -> Result<(), OAuthError> {
    match (bound, proof) {
        (Some(_), None) => Err(dpop::invalid("What was sent is bound to a key: send the 'DPoP' header with it.")),
        _ => Ok(()),
    }
}

/// Whether a refresh token that is for one holder may be used by somebody who holds this.
pub(super) fn refresh_token(
    bound: Confirmation,
    proof: Option<&Proof>,
    certificate: Option<CertificateThumbprint>,
) -> Result<(), OAuthError> {
    match bound {
        // A public client's first proof binds what follows.
        Confirmation::Bearer => Ok(()),
        Confirmation::DpopKey(key) => {
            shown(Some(key), proof)?;
            same("refresh token", Some(key), proof)
        }
        Confirmation::Certificate(_) => {
            let held = Held { key: proof.map(Proof::key), certificate };
            let refusal = || OAuthError::invalid_grant("The refresh token is bound to another client certificate.");
            bound.admits(held).then_some(()).ok_or_else(refusal)
        }
    }
}

/// The certificate to which the tokens of this client are bound (RFC 8705 §3.4), from the connection of its request.
pub(super) fn certificate(
    client: &AuthenticatedClient,
    request: &Request,
) -> Result<Option<CertificateThumbprint>, OAuthError> {
    if !client.metadata().tls_client_certificate_bound_access_tokens {
        return Ok(None);
    }
    let certificate = request.certificate.as_ref().map(ClientCertificate::thumbprint);
    let missing = "The client registered 'tls_client_certificate_bound_access_tokens', so its requests need a client \
                   certificate.";
    certificate.map(Some).ok_or_else(|| OAuthError::invalid_request(missing))
}
