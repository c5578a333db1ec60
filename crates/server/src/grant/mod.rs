//! Grants as the rules see them: what a row's body says ([`body`]), one use of it ([`UserGrant`]), what its access tokens
//! carry ([`access_token_content`], [`exchanged`]), how long they live ([`lifetimes`]), and which consents are remembered
//! ([`remembered`]). Nothing here issues or decides anything.

pub mod access_token_content;
pub mod body;
pub mod exchanged;
pub mod lifetimes;
pub mod remembered;

use symbolon_store::Grant;
use symbolon_types::{ClientAuthenticationMethod, ClientId, GrantId, Scope, SessionId, Subject};

use crate::clients::RegisteredClient;
use crate::config::Config;
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::error::OAuthError;
use access_token_content::GrantUse;
use body::{GrantBody, SessionClaims};
use lifetimes::WithRefresh;

/// A user's grant at one generation of one branch.
pub struct UserGrant {
    used: GrantUse,
    client_id: ClientId,
    subject: Subject,
    session_id: Option<SessionId>,
    issued_at: i64,
    body: GrantBody,
}

impl UserGrant {
    /// Opens the row of a grant; `None` when no user gave it.
    pub fn open(context: &Context, grant: Grant, used: GrantUse) -> Result<Option<Self>, OAuthError> {
        let body = GrantBody::open(context, &grant)?;
        Ok(Self::with_body(grant, body, used))
    }

    /// A row whose body was opened before; `None` when no user gave it.
    pub fn with_body(grant: Grant, body: GrantBody, used: GrantUse) -> Option<Self> {
        let Grant { client_id, subject, session_id, issued_at, .. } = grant;
        subject.map(|subject| Self { used, client_id, subject, session_id, issued_at, body })
    }

    /// Its id.
    pub fn id(&self) -> GrantId {
        self.used.grant_id
    }

    /// Which branch and generation.
    pub fn used(&self) -> GrantUse {
        self.used
    }

    /// The client it was given to.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The user.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The login session in which it was given.
    pub fn session_id(&self) -> Option<SessionId> {
        self.session_id
    }

    /// When it was given, in Unix seconds.
    pub fn issued_at(&self) -> i64 {
        self.issued_at
    }

    /// Granted scope.
    pub fn scope(&self) -> &Scope {
        &self.body.scope
    }

    /// Whether a refresh token comes with its access tokens. Where `offline_access` was asked for and the person did not
    /// grant it, that is the answer, whatever the client gets without asking.
    pub fn with_refresh(&self, config: &Config, client: &RegisteredClient) -> WithRefresh {
        let with_refresh = WithRefresh::of(config, client, (&self.body.scope, &self.body.audience));
        if self.body.scope.grants_refresh() || with_refresh == WithRefresh::No {
            return with_refresh;
        }
        match self.body.request() {
            Ok(request) if request.as_ref().is_none_or(|asked| !asked.scope().grants_refresh()) => with_refresh,
            _ => WithRefresh::No,
        }
    }

    /// The same with other session claims.
    #[must_use]
    pub fn with_session(self, session: SessionClaims) -> Self {
        Self { body: self.body.with_session(session), ..self }
    }

    /// The same with refresh tokens for this holder alone.
    #[must_use]
    pub fn with_refresh_confirmation(self, confirmation: Confirmation) -> Self {
        Self { body: self.body.with_refresh_confirmation(confirmation), ..self }
    }

    /// The same for a client that authenticates in this way, and in no weaker one from then on.
    #[must_use]
    pub fn authenticated_by(self, method: ClientAuthenticationMethod) -> Self {
        Self { body: GrantBody { authenticated_by: method.as_str().to_owned(), ..self.body }, ..self }
    }

    /// What the row keeps of the grant besides: claims, times and the request.
    pub fn body(&self) -> &GrantBody {
        &self.body
    }
}
