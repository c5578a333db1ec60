//! On what terms tokens are issued, beyond what was presented: session claims that a web hook gave, and the key that the
//! sender proved to hold. Both are written in the batch that uses up what was presented.

use symbolon_store::Batch;

use crate::client_authentication::AuthenticatedClient;
use crate::confirmation::{Confirmation, KeyThumbprint};
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
}

impl Terms {
    /// Who may use the access token.
    pub(super) fn confirmation(&self) -> Confirmation {
        self.proof.as_ref().map_or(Confirmation::Bearer, Proof::confirmation)
    }

    /// Refresh tokens of a client that cannot authenticate are for the holder of the key alone (RFC 9449 §5).
    pub(super) fn refresh_key(&self, client: &AuthenticatedClient) -> Option<KeyThumbprint> {
        self.proof.as_ref().map(Proof::key).filter(|_| client.is_public())
    }

    /// The grant on these terms when the first tokens are fetched from it, with what that changes in the database.
    pub(super) fn first_tokens(
        self,
        context: &Context,
        client: &AuthenticatedClient,
        grant: UserGrant,
        batch: &mut Batch,
    ) -> Result<UserGrant, OAuthError> {
        let key = self.refresh_key(client);
        let changed = self.session.is_some() || key.is_some();
        let mut grant = grant;
        if let Some(session) = self.session {
            grant = grant.with_session(session);
        }
        if let Some(key) = key {
            grant = grant.with_refresh_key(key);
        }
        if changed {
            batch.replace_grant_body(grant.id(), &grant.body().close(context)?);
        }
        if let Some(proof) = &self.proof {
            proof.use_up(batch);
        }
        Ok(grant)
    }
}
