//! What the authorization endpoint answers to a request that was granted (RFC 6749 §4.1.2, §4.2.2, OpenID Connect Core
//! §3.2.2.5, §3.3.2.5, OAuth 2.0 Multiple Response Types): one value, made in one place, and the JWT that carries an answer
//! where the client asked for one (JWT Secured Authorization Response Mode). Where it is put, and what stands beside it in
//! every answer, is the business of `authorization::respond`. Lifetimes are those of the implicit grant. An
//! access token counts as one of the grant's first generation: it needs no redemption, it ends with the grant, and a
//! refresh of the grant follows it as it follows that of the token endpoint.

use serde_json::{Map, Value, json};
use symbolon_types::client::EncryptedContent;
use symbolon_types::{ErrorCode, GrantType, Scope};

use super::access_token::{self, IssuedToken, UserToken};
use super::{authorization_code, encrypted, id_token};
use crate::clients::{RegisteredClient, signing};
use crate::confirmation::Confirmation;
use crate::context::Context;
use crate::error::OAuthError;
use crate::grant::UserGrant;
use crate::grant::lifetimes::Lifetimes;
use crate::request::EffectiveRequest;
use crate::security_profile::Rule;

/// What a granted request is answered with; empty for the response type `none`.
#[derive(Default)]
pub struct AuthorizationResponse {
    code: Option<String>,
    access_token: Option<IssuedToken>,
    id_token: Option<String>,
    scope: Option<Scope>,
}

// All of it are secrets.
impl std::fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuthorizationResponse")
    }
}

impl AuthorizationResponse {
    /// Names and values, sorted by name.
    pub fn into_parameters(self) -> Vec<(&'static str, String)> {
        let (text, expires_in) = self.access_token.map(|token| (token.text, token.expires_in.to_string())).unzip();
        let token_type = text.is_some().then(|| "bearer".to_owned());
        let all = [
            ("access_token", text),
            ("code", self.code),
            ("expires_in", expires_in),
            ("id_token", self.id_token),
            ("scope", self.scope.map(|scope| scope.to_string())),
            ("token_type", token_type),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// How long a client may take to read an answer in a JWT, in seconds. The form of it travels as fast as the code in it
/// must be redeemed (JWT Secured Authorization Response Mode §2.1 has ten minutes at most).
const JWT_LIFETIME: i64 = 300;

/// An answer, granted or refused, as one JWT for its client (JWT Secured Authorization Response Mode §2.1), encrypted where
/// the client registered that (§2.2). Every parameter is a text there as well; an empty one says nothing and is left out.
pub async fn as_jwt(
    context: &Context,
    client: &RegisteredClient,
    parameters: Vec<(&'static str, String)>,
) -> Result<String, OAuthError> {
    let said = parameters.into_iter().filter(|(_, value)| !value.is_empty());
    let mut claims: Map<String, Value> = said.map(|(name, value)| (name.to_owned(), value.into())).collect();
    claims.insert("iss".into(), json!(context.config.issuer()));
    claims.insert("aud".into(), json!(client.id()));
    claims.insert("exp".into(), json!(context.clock.now().saturating_add(JWT_LIFETIME)));
    let key = signing::authorization_response_key(context, client)?;
    let token = key.sign(Some("JWT"), &claims).map_err(|fault| OAuthError::server(fault.to_string()))?;
    encrypted::signed(context, client, EncryptedContent::Authorization, token).await
}

/// Whether anything is left to answer where a user granted this scope: an ID token alone needs `openid` (OpenID Connect
/// Core §3.2.2.1). Where something else is asked for too, an ID token that was not granted is left out.
pub fn check_granted(request: &EffectiveRequest, granted: &Scope) -> Result<(), OAuthError> {
    let id_token_alone =
        request.response_type().is_some_and(|kind| kind.has_id_token() && !kind.has_code() && !kind.has_token());
    if id_token_alone && !granted.contains("openid") {
        let hint = "The scope 'openid' was not granted, and without it there is no ID token.";
        return Err(OAuthError::new(ErrorCode::AccessDenied, hint));
    }
    Ok(())
}

/// Until when a grant must be kept that is answered now: its code can be redeemed until then, and as long as it waits for
/// that the browser may ask for the same answer again, with an access token that lives its time from then on.
pub fn kept_until(context: &Context, client: &RegisteredClient, request: &EffectiveRequest) -> i64 {
    let redeemable_until = authorization_code::expires_at(context, client, context.clock.now());
    if !request.response_type().is_some_and(symbolon_types::ResponseType::has_token) {
        return redeemable_until;
    }
    redeemable_until.saturating_add(Lifetimes::of(&context.config, client, GrantType::Implicit).access)
}

/// The answer to a request, as its response type asks for it, of a grant that was written.
pub async fn issue(
    context: &Context,
    client: &RegisteredClient,
    request: &EffectiveRequest,
    grant: &UserGrant,
) -> Result<AuthorizationResponse, OAuthError> {
    let asked = request.response_type().ok_or_else(|| OAuthError::server("an answer without a response type"))?;
    let lifetimes = Lifetimes::of(&context.config, client, GrantType::Implicit);
    let now = context.clock.now();
    let mut response = AuthorizationResponse::default();
    if asked.has_code() {
        let expires_at = authorization_code::expires_at(context, client, grant.issued_at());
        response.code = Some(authorization_code::issue(context, grant.id(), expires_at));
    }
    if asked.has_token() {
        let (confirmation, lifetime) = (Confirmation::Bearer, lifetimes.access);
        let token = UserToken { grant, narrowed: None, audience: None, details: None, confirmation, lifetime };
        response.access_token = Some(access_token::for_grant(context, client, &token)?);
    }
    if asked.has_id_token() && grant.scope().contains("openid") {
        let access_token = response.access_token.as_ref().map(|token| token.text.as_str());
        let expires_at = now.saturating_add(lifetimes.id);
        let moment = id_token::Moment { now, expires_at, access_token, code: response.code.as_deref() };
        response.id_token = Some(id_token::issue(context, client, (grant, grant.scope()), &moment).await?);
    }
    // RFC 6749 §4.2.2 has it for access tokens; Hydra adds it to a bare code, and to nothing else.
    let beside_code = asked.is_code_only() && !client.is_held_to(&context.config, Rule::NoScopeBesideCode);
    if asked.has_token() || beside_code {
        response.scope = Some(grant.scope().clone());
    }
    Ok(response)
}
