//! Making tokens. A grant type hands over an [`Authorization`], who may do what, and this module alone turns it into a
//! token response (RFC 6749 §5.1). It never decides whether something may be issued, and no other module signs for
//! clients.

pub mod access_token;
pub mod authorization_code;
pub mod authorization_response;
pub mod credential;
pub mod credential_nonce;
mod encrypted;
pub mod exchanged_token;
pub mod id_jag;
pub mod id_token;
pub mod introspection_response;
mod jwt_access_token;
pub mod logout_token;
pub mod refresh_token;
pub mod userinfo_response;

use std::sync::Arc;

use serde_json::{Map, Value};
use symbolon_types::{AuthorizationDetails, ClientId, GrantId, GrantType, Scope, TokenResponse};

use crate::clients::RegisteredClient;
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::lifetimes::{Lifetimes, WithRefresh};
use crate::resource_indicators::terms;
use access_token::{ClientGrant, UserToken};
use exchanged_token::ExchangedToken;
use id_jag::IdentityAssertion;
use refresh_token::RefreshTokenContent;

/// Who may do what: the verdict of a grant type, once what it rests on is used up.
pub struct Authorization {
    client: Arc<RegisteredClient>,
    grant_type: GrantType,
    confirmation: Confirmation,
    basis: Basis,
}

/// What tokens rest on.
enum Basis {
    /// A user's grant.
    Grant {
        grant: Box<UserGrant>,
        /// A narrower scope for the access token.
        narrowed: Option<Scope>,
        /// A narrower audience for the access token.
        audience: Option<Vec<String>>,
        /// Places of the grant's authorization details that the access token is for.
        details: Option<Vec<usize>>,
        /// The code that was redeemed, where an answer of the authorization endpoint had more than a code.
        code: Option<String>,
    },
    /// An assertion about a user (RFC 7523 §2.1), whose grant gives one access token.
    Assertion {
        grant: Box<UserGrant>,
        /// How long the token lives at most, in seconds.
        longest: Option<i64>,
    },
    /// Another token (RFC 8693).
    Exchange(Box<ExchangedToken>),
    /// Another token, for an assertion for another authorization server.
    IdentityAssertion(Box<IdentityAssertion>),
    /// The client itself (RFC 6749 §4.4).
    Client { scope: Scope, audience: Vec<String>, details: AuthorizationDetails, claims: Map<String, Value> },
}

impl Authorization {
    fn new(client: Arc<RegisteredClient>, grant_type: GrantType, basis: Basis) -> Self {
        Self { client, grant_type, confirmation: Confirmation::Bearer, basis }
    }

    /// The client.
    pub fn client_id(&self) -> &ClientId {
        self.client.id()
    }

    /// Who the tokens are about, unless the client acts for itself.
    pub fn subject(&self) -> Option<&str> {
        match &self.basis {
            Basis::Grant { grant, .. } | Basis::Assertion { grant, .. } => Some(grant.subject().as_str()),
            Basis::Exchange(token) => Some(&token.subject),
            Basis::IdentityAssertion(assertion) => Some(&assertion.subject),
            Basis::Client { .. } => None,
        }
    }

    /// The grant on which they rest, where there is one.
    pub fn grant_id(&self) -> Option<GrantId> {
        match &self.basis {
            Basis::Grant { grant, .. } | Basis::Assertion { grant, .. } => Some(grant.id()),
            Basis::Exchange(token) => token.grant,
            Basis::IdentityAssertion(_) | Basis::Client { .. } => None,
        }
    }

    /// The access token is for this holder (RFC 9449 §5).
    #[must_use]
    pub fn confirmed_by(self, confirmation: Confirmation) -> Self {
        Self { confirmation, ..self }
    }

    /// A user's grant to a client; with `narrowed` the access token has that scope, and the refresh token keeps the
    /// grant's (RFC 6749 §6).
    pub fn of_user(
        client: Arc<RegisteredClient>,
        grant_type: GrantType,
        grant: UserGrant,
        narrowed: Option<Scope>,
    ) -> Self {
        Self::new(
            client,
            grant_type,
            Basis::Grant { grant: Box::new(grant), narrowed, audience: None, details: None, code: None },
        )
    }

    /// What a client that acts for itself may do in detail (RFC 9396 §6).
    #[must_use]
    pub fn in_detail(mut self, own: AuthorizationDetails) -> Self {
        if let Basis::Client { details, .. } = &mut self.basis {
            *details = own;
        }
        self
    }

    /// The access token of a user's grant is for these alone (RFC 8707 §2.2); `None` for the audience of the grant.
    #[must_use]
    pub fn for_audience(mut self, narrower: Option<Vec<String>>) -> Self {
        if let Basis::Grant { audience, .. } = &mut self.basis {
            *audience = narrower;
        }
        self
    }

    /// The access token of a user's grant is for the authorization details at these places (RFC 9396 §6); `None` for all.
    #[must_use]
    pub fn for_details(mut self, places: Option<Vec<usize>>) -> Self {
        if let Basis::Grant { details, .. } = &mut self.basis {
            *details = places;
        }
        self
    }

    /// The ID token is bound to this code, as the one of the authorization endpoint is (OpenID Connect Core §3.3.2.11).
    pub fn bound_to_code(mut self, redeemed: String) -> Self {
        if let Basis::Grant { code, .. } = &mut self.basis {
            *code = Some(redeemed);
        }
        self
    }

    /// A client that acts for the subject of an assertion: without a refresh token, as each assertion is to be used once,
    /// and without an ID token, as nobody signed in.
    pub fn of_assertion(client: Arc<RegisteredClient>, grant: UserGrant) -> Self {
        Self::new(client, GrantType::JwtBearer, Basis::Assertion { grant: Box::new(grant), longest: None })
    }

    /// The access token of an assertion lives so many seconds at most.
    #[must_use]
    pub fn lasting(mut self, seconds: i64) -> Self {
        if let Basis::Assertion { longest, .. } = &mut self.basis {
            *longest = Some(seconds);
        }
        self
    }

    /// A client that exchanges another token: without a refresh token, as that would outlive what it is made of.
    pub fn of_exchange(client: Arc<RegisteredClient>, token: ExchangedToken) -> Self {
        Self::new(client, GrantType::TokenExchange, Basis::Exchange(Box::new(token)))
    }

    /// A client that exchanges another token for an assertion.
    pub fn of_identity(client: Arc<RegisteredClient>, assertion: IdentityAssertion) -> Self {
        Self::new(client, GrantType::TokenExchange, Basis::IdentityAssertion(Box::new(assertion)))
    }

    /// A client that acts for itself, with what a web hook says of it.
    pub fn of_client(
        client: Arc<RegisteredClient>,
        scope: Scope,
        audience: Vec<String>,
        claims: Map<String, Value>,
    ) -> Self {
        Self::new(
            client,
            GrantType::ClientCredentials,
            Basis::Client { scope, audience, details: AuthorizationDetails::default(), claims },
        )
    }
}

/// Issues what the authorization allows.
pub async fn issue(context: &Context, authorization: &Authorization) -> Result<TokenResponse, OAuthError> {
    let Authorization { client, grant_type, confirmation, basis } = authorization;
    let confirmation = *confirmation;
    let lifetimes = Lifetimes::of(&context.config, client, *grant_type);
    match basis {
        Basis::Client { scope, audience, details, claims } => {
            let now = context.clock.now();
            let terms = terms(context, client, audience, scope)?;
            let lifetime = terms.lifetime(lifetimes.access);
            let expires_at = now.saturating_add(lifetime);
            let grant = ClientGrant {
                scope,
                audience,
                details,
                claims,
                form: terms.form,
                confirmation,
                issued_at: now,
                expires_at,
            };
            let token = access_token::for_client(context, client, &grant).await?;
            let response = response(token, confirmation, lifetime, scope);
            Ok(TokenResponse { authorization_details: details.clone(), ..response })
        }
        Basis::Exchange(token) => {
            Box::pin(exchanged_token::issue(context, client, token, (confirmation, lifetimes.access))).await
        }
        Basis::IdentityAssertion(assertion) => id_jag::issue(context, assertion, confirmation),
        Basis::Assertion { grant, longest } => {
            let lifetime = longest.map_or(lifetimes.access, |longest| longest.min(lifetimes.access));
            let token = UserToken { grant, narrowed: None, audience: None, details: None, confirmation, lifetime };
            let issued = access_token::for_grant(context, client, &token)?;
            let response = response(issued.text, confirmation, issued.expires_in, grant.scope());
            Ok(TokenResponse { authorization_details: issued.details, ..response })
        }
        Basis::Grant { grant, narrowed, audience, details, code } => {
            let (narrowed, audience, details) = (narrowed.as_ref(), audience.as_deref(), details.as_deref());
            let given = Given { grant, narrowed, audience, details, code: code.as_deref(), confirmation };
            for_user(context, client, &given, &lifetimes).await
        }
    }
}

/// A user's grant, and what this response makes of it.
struct Given<'a> {
    grant: &'a UserGrant,
    narrowed: Option<&'a Scope>,
    audience: Option<&'a [String]>,
    details: Option<&'a [usize]>,
    code: Option<&'a str>,
    confirmation: Confirmation,
}

async fn for_user(
    context: &Context,
    client: &RegisteredClient,
    given: &Given<'_>,
    lifetimes: &Lifetimes,
) -> Result<TokenResponse, OAuthError> {
    let Given { grant, narrowed, audience, details, code, confirmation } = *given;
    let now = context.clock.now();
    let token = UserToken { grant, narrowed, audience, details, confirmation, lifetime: lifetimes.access };
    let scope = narrowed.unwrap_or(grant.scope());
    let issued = access_token::for_grant(context, client, &token)?;
    let mut response = response(issued.text, confirmation, issued.expires_in, scope);
    response.authorization_details = issued.details;
    if grant.with_refresh(&context.config, client) == WithRefresh::Yes {
        let expires_at = lifetimes.refresh_expires_at(now, grant.issued_at());
        let refresh = RefreshTokenContent { used: grant.used(), issued_at: now, expires_at };
        response.refresh_token = Some(refresh.seal(context).into());
    }
    if scope.contains("openid") {
        let expires_at = now.saturating_add(lifetimes.id);
        let access_token = Some(response.access_token.as_str());
        let moment = id_token::Moment { now, expires_at, access_token, code };
        response.id_token = Some(id_token::issue(context, client, (grant, scope), &moment).await?);
    }
    if scope.contains("openid") && scope.contains(credential_nonce::SCOPE) {
        let (nonce, expires_in) = credential_nonce::issue(context, response.access_token.as_str());
        response.c_nonce_draft_00 = Some(nonce);
        response.c_nonce_expires_in_draft_00 = Some(expires_in);
    }
    Ok(response)
}

fn response(access_token: String, confirmation: Confirmation, expires_in: i64, scope: &Scope) -> TokenResponse {
    TokenResponse {
        access_token: access_token.into(),
        authorization_details: AuthorizationDetails::default(),
        expires_in,
        scope: scope.clone(),
        token_type: confirmation.token_type().to_owned(),
        id_token: None,
        issued_token_type: None,
        refresh_token: None,
        c_nonce_draft_00: None,
        c_nonce_expires_in_draft_00: None,
    }
}
