//! On what terms tokens are issued, beyond what was presented: session claims that a web hook gave, and what the sender
//! proved to hold: a key, or a certificate. Both are written in the batch that uses up what was presented.

use symbolon_store::Batch;
use symbolon_types::ClientAuthenticationMethod as Method;

use crate::client_authentication::AuthenticatedClient;
use crate::confirmation::{CertificateThumbprint, Confirmation};
use crate::context::Context;
use crate::dpop::Proof;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::body::SessionClaims;

/// The terms of one token response.
pub(super) struct Terms {
    /// Session claims, where a web hook changed them.
    pub(super) session: Option<SessionClaims>,
    /// That the sender holds a key.
    pub(super) proof: Option<Proof>,
    /// The certificate to which the client wants its tokens bound; never beside a proof.
    pub(super) certificate: Option<CertificateThumbprint>,
}

impl Terms {
    /// Who may use the access token.
    pub(super) fn confirmation(&self) -> Confirmation {
        match (&self.proof, self.certificate) {
            (Some(proof), _) => proof.confirmation(),
            (None, Some(certificate)) => Confirmation::Certificate(certificate),
            (None, None) => Confirmation::Bearer,
        }
    }

    /// Who may use the refresh tokens: of a client that cannot authenticate, the same holder alone (RFC 9449 §5,
    /// RFC 8705 §4).
    pub(super) fn refresh_confirmation(&self, client: &AuthenticatedClient) -> Confirmation {
        if client.is_public() { self.confirmation() } else { Confirmation::Bearer }
    }

    /// The grant on these terms when the first tokens are fetched from it, with what that changes in the database.
    pub(super) fn first_tokens(
        self,
        context: &Context,
        client: &AuthenticatedClient,
        grant: UserGrant,
        batch: &mut Batch,
    ) -> Result<UserGrant, OAuthError> {
        let holder = self.refresh_confirmation(client);
        let with_key = client.has_document() && client.method() != Method::None;
        let changed = self.session.is_some() || holder != Confirmation::Bearer || with_key;
        let mut grant = grant;
        if with_key {
            grant = grant.authenticated_by(client.method());
        }
        if let Some(session) = self.session {
            grant = grant.with_session(session);
        }
        grant = grant.with_refresh_confirmation(holder);
        if changed {
            batch.replace_grant_body(grant.id(), &grant.body().close(context)?);
        }
        if let Some(proof) = &self.proof {
            proof.use_up(context, batch)?;
        }
        Ok(grant)
    }
}
