//! Authentication with a certificate (RFC 8705 §2): the client sends its `client_id`, and its certificate comes with the
//! connection. Either an authority vouches for the certificate, and it has the name that an administrator registered for
//! the client (`tls_client_auth`), or the client registered the certificate itself (`self_signed_tls_client_auth`).

use symbolon_types::ClientAuthenticationMethod as Method;

use crate::clients::{RegisteredClient, keys};
use crate::context::Context;
use crate::error::OAuthError;
use crate::exchange::Request;

/// Checks the certificate of a request by the method that the client registered. A client of another method is refused.
pub(super) async fn check(context: &Context, http: &Request, client: &RegisteredClient) -> Result<Method, OAuthError> {
    let with_certificate = |method: &&Method| matches!(method, Method::TlsClientAuth | Method::SelfSignedTlsClientAuth);
    let Some(method) = client.authentication_methods().iter().find(with_certificate).copied() else {
        return Err(OAuthError::invalid_client("registered for another method, sent its id alone"));
    };
    let certificate = http.certificate.as_ref();
    let certificate = certificate.ok_or_else(|| OAuthError::invalid_client("no certificate came with the request"))?;
    if method == Method::SelfSignedTlsClientAuth {
        keys::published(context, client, certificate.thumbprint()).await?;
        return Ok(method);
    }
    context.certificate_authorities.vouch_for(certificate, context.clock.now()).map_err(OAuthError::invalid_client)?;
    let expected = client.metadata().certificate_subject();
    if expected.is_some_and(|expected| certificate.is_called(&expected)) {
        return Ok(method);
    }
    Err(OAuthError::invalid_client("the certificate has another name than the client registered"))
}
