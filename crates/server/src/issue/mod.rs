//! Making tokens. A grant type hands over an [`Authorization`], who may do what, and this module alone turns it into a
//! token response (RFC 6749 §5.1). It never decides whether something may be issued, and no other module signs for
//! clients.

pub mod access_token;
pub mod authorization_code;
pub mod body;
pub mod consent;
pub mod credential;
pub mod device_authorization;
pub mod id_token;
pub mod lifetimes;
pub mod logout_token;
pub mod userinfo_response;

use symbolon_types::{FlowId, GrantType, Scope, TokenResponse};

use crate::clients::ClientRef;
use crate::context::Context;
use crate::credentials;
use crate::error::OAuthError;
use crate::seal::{GrantPointer, kinds, prefix};
use body::GrantBody;
use lifetimes::{Lifetimes, WithRefresh};

/// Who may do what: the verdict of a grant type.
pub struct Authorization {
    /// The client that gets the tokens.
    pub client: ClientRef,
    /// By which grant type.
    pub grant_type: GrantType,
    /// On what it rests.
    pub basis: Basis,
}

/// What tokens rest on.
pub enum Basis {
    /// A user's grant.
    Grant(Box<UserGrant>),
    /// The client itself (RFC 6749 §4.4).
    Client {
        /// Granted scope.
        scope: Scope,
        /// Granted audience.
        audience: Vec<String>,
    },
}

/// A user's grant at one generation.
pub struct UserGrant {
    /// Its id.
    pub id: FlowId,
    /// Generation of the tokens to issue.
    pub generation: i64,
    /// The user.
    pub subject: String,
    /// The login session.
    pub session_id: Option<FlowId>,
    /// The rest.
    pub body: GrantBody,
}

/// Issues what the authorization allows.
pub async fn issue(context: &Context, authorization: &Authorization) -> Result<TokenResponse, OAuthError> {
    let now = context.clock.now();
    let client = &authorization.client;
    let lifetimes = Lifetimes::of(&context.config.ttl, &client.parsed.metadata, authorization.grant_type);
    match &authorization.basis {
        Basis::Client { scope, audience } => {
            let token = access_token::for_client(
                context,
                client,
                &access_token::ClientGrant {
                    scope,
                    audience,
                    issued_at: now,
                    expires_at: now.saturating_add(lifetimes.access),
                },
            )
            .await?;
            Ok(response(token, lifetimes.access, scope))
        }
        Basis::Grant(grant) => for_user(context, client, grant, &lifetimes),
    }
}

fn for_user(
    context: &Context,
    client: &ClientRef,
    grant: &UserGrant,
    lifetimes: &Lifetimes,
) -> Result<TokenResponse, OAuthError> {
    let now = context.clock.now();
    let pointer = GrantPointer {
        grant_id: grant.id,
        generation: grant.generation,
        issued_at: now,
        expires_at: now.saturating_add(lifetimes.access),
    };
    let metadata = &client.parsed.metadata;
    let scope = &grant.body.scope;
    let access_token = access_token::for_grant(context, client, grant, pointer)?;
    let mut response = response(access_token, lifetimes.access, scope);
    if WithRefresh::of(metadata, scope) == WithRefresh::Yes {
        let refresh = GrantPointer { expires_at: lifetimes.refresh_expires_at(now), ..pointer };
        response.refresh_token = Some(context.seal.seal_pointer(kinds::REFRESH, prefix::REFRESH, refresh).into());
    }
    if scope.contains("openid") {
        let expires_at = now.saturating_add(lifetimes.id);
        let access_token = response.access_token.as_str();
        let token = id_token::issue(context, client, grant, &id_token::Moment { now, expires_at, access_token })?;
        response.id_token = Some(token);
    }
    if scope.contains("openid") && scope.contains(credentials::SCOPE) {
        let (nonce, expires_in) = credentials::nonce(context, response.access_token.as_str());
        response.c_nonce_draft_00 = Some(nonce);
        response.c_nonce_expires_in_draft_00 = Some(expires_in);
    }
    Ok(response)
}

fn response(access_token: String, expires_in: i64, scope: &Scope) -> TokenResponse {
    TokenResponse {
        access_token: access_token.into(),
        expires_in,
        scope: scope.clone(),
        token_type: "bearer".to_owned(),
        id_token: None,
        refresh_token: None,
        c_nonce_draft_00: None,
        c_nonce_expires_in_draft_00: None,
    }
}
