//! Metadata about certificates of clients (RFC 8705 §2.1.2, §3.4). What the server does not do with certificates is
//! refused, as it would protect nothing.

use super::{Registrant, RegistrationPolicy};
use crate::ClientAuthenticationMethod as Method;
use crate::client::{CertificateSubject, Client, MetadataFault};

/// What certificates of clients are good for, as the server is configured. Each has what the one before has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClientCertificates {
    /// None is seen.
    Unseen,
    /// They are seen: tokens can be bound to them, and clients can register them.
    Seen,
    /// Authorities vouch for them.
    Trusted,
}

impl ClientCertificates {
    /// Whether a method of authentication can be used.
    pub fn offer(self, method: Method) -> bool {
        match method {
            Method::TlsClientAuth => self >= Self::Trusted,
            Method::SelfSignedTlsClientAuth => self >= Self::Seen,
            Method::ClientSecretBasic
            | Method::ClientSecretPost
            | Method::PrivateKeyJwt
            | Method::ClientSecretJwt
            | Method::None => true,
        }
    }
}

pub(super) fn check(client: &Client, policy: &RegistrationPolicy<'_>) -> Result<(), MetadataFault> {
    let method = client.authentication_method();
    let named = client.certificate_subjects();
    // An authority vouches for names; whose client has which name is the administrator's to say.
    if policy.registrant != Registrant::Administrator && (method == Method::TlsClientAuth || !named.is_empty()) {
        let member = named.first().map_or("token_endpoint_auth_method", |(name, _)| *name);
        return Err(MetadataFault::metadata(format!(
            "Only an administrator may set '{member}' for the 'token_endpoint_auth_method' 'tls_client_auth'."
        )));
    }
    if method == Method::TlsClientAuth {
        check_subject(client)?;
    } else if let Some((name, _)) = named.first() {
        return Err(MetadataFault::metadata(format!(
            "The '{name}' is only for the 'token_endpoint_auth_method' 'tls_client_auth'."
        )));
    }
    if !client.tls_client_certificate_bound_access_tokens {
        return Ok(());
    }
    if policy.certificates == ClientCertificates::Unseen {
        return Err(MetadataFault::metadata(
            "The 'tls_client_certificate_bound_access_tokens' cannot be true: this server sees no certificates of clients.",
        ));
    }
    if client.dpop_bound_access_tokens {
        return Err(MetadataFault::metadata(
            "Only one of 'tls_client_certificate_bound_access_tokens' and 'dpop_bound_access_tokens' may be true.",
        ));
    }
    Ok(())
}

/// RFC 8705 §2.1.2: exactly one, and one that can be in a certificate.
fn check_subject(client: &Client) -> Result<(), MetadataFault> {
    let subjects = client.certificate_subjects();
    let [(name, text)] = subjects.as_slice() else {
        return Err(MetadataFault::metadata(
            "The 'token_endpoint_auth_method' 'tls_client_auth' needs exactly one of 'tls_client_auth_subject_dn', \
             'tls_client_auth_san_dns', 'tls_client_auth_san_uri', 'tls_client_auth_san_ip' and \
             'tls_client_auth_san_email'.",
        ));
    };
    match CertificateSubject::parse(name, text) {
        Some(_) => Ok(()),
        None => Err(MetadataFault::metadata(format!("The '{name}' '{text}' is no such name."))),
    }
}
