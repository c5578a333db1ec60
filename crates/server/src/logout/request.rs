//! What a logout request asks for, and the sealed challenge that carries it to the logout page and back. The ID token
//! hint counts also when it has expired or its key was retired (RP-Initiated Logout §2, §4): it only says who asks.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use symbolon_jose::Kind;
use symbolon_types::redirect_uri::append_query;
use symbolon_types::{ClientId, LogoutRequest, RedirectTo, SessionId, Subject};

use crate::clients::{self, RegisteredClient, change};
use crate::context::Context;
use crate::error::{ApiError, OAuthError};
use crate::exchange::Request;
use crate::keys::{self, IdTokenClaims};
use crate::params::Params;
use crate::seal::kinds;
use crate::session::{self, CurrentSession};
use crate::subject_identifier::pairwise_rule;

/// Longest request address, in bytes, that the challenge repeats; a longer one is cut after its path.
const LONGEST_REQUEST_URL: usize = 2_500;

/// What a request asks for, checked.
pub struct EndSessionRequest {
    /// The session that the hint names.
    pub session: Option<SessionId>,
    /// The person that the hint names, as its client knows them.
    hinted: Option<String>,
    /// The client that asks.
    client: Option<Arc<RegisteredClient>>,
    /// Where the browser goes afterwards.
    pub then: String,
    /// Languages for the logout page.
    pub ui_locales: Vec<String>,
}

impl EndSessionRequest {
    /// Whether the hint means this person, in whichever session (RP-Initiated Logout §2).
    pub fn names(&self, context: &Context, subject: &Subject) -> bool {
        let (Some(hinted), Some(client)) = (&self.hinted, &self.client) else { return false };
        let pairwise = pairwise_rule(&context.config, client).ok().flatten();
        hinted == subject.as_str() || pairwise.is_some_and(|rule| rule.identifier(subject) == *hinted)
    }
}

/// Reads and checks the parameters of RP-Initiated Logout §2.
pub async fn read(context: &Context, params: &Params) -> Result<EndSessionRequest, OAuthError> {
    let hint = match params.get("id_token_hint") {
        Some(token) => Some(hint(context, token).await?),
        None => None,
    };
    let client = client(context, params, hint.as_ref()).await?;
    Ok(EndSessionRequest {
        then: then(context, params, client.as_deref())?,
        session: hint.as_ref().map(|hint| hint.session),
        hinted: hint.map(|hint| hint.claims.subject().to_owned()),
        client,
        ui_locales: params
            .get("ui_locales")
            .map(|text| text.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default(),
    })
}

struct Hint {
    session: SessionId,
    claims: IdTokenClaims,
}

async fn hint(context: &Context, token: &str) -> Result<Hint, OAuthError> {
    let fault = |what: &'static str| OAuthError::invalid_request(what);
    let claims = keys::verify_id_token(context, token).await.map_err(|reason| {
        fault("Parameter 'id_token_hint' is not an ID token that this server signed.").because(reason)
    })?;
    if claims.issued_at().is_none_or(|at| at > context.clock.now()) {
        return Err(fault("Claim 'iat' of 'id_token_hint' is missing or in the future."));
    }
    let session = claims.session().ok_or_else(|| fault("Claim 'sid' of 'id_token_hint' is missing."))?;
    Ok(Hint { session, claims })
}

/// The client that asks: of the hint's audience, and the one of `client_id` where both are given.
async fn client(
    context: &Context,
    params: &Params,
    hint: Option<&Hint>,
) -> Result<Option<Arc<RegisteredClient>>, OAuthError> {
    let named = params.get("client_id");
    let Some(hint) = hint else {
        let Some(client_id) = named else { return Ok(None) };
        let found = clients::find(context, &ClientId::from(client_id)).await?;
        let unknown = || OAuthError::invalid_request("Parameter 'client_id' names no registered client.");
        return found.ok_or_else(unknown).map(Some);
    };
    let audiences = hint.claims.audience();
    if named.is_some_and(|client_id| !audiences.contains(&client_id)) {
        return Err(OAuthError::invalid_request("Parameter 'client_id' is not the client of the 'id_token_hint'."));
    }
    for audience in audiences {
        if let Some(client) = clients::find(context, &ClientId::from(audience)).await? {
            return Ok(Some(client));
        }
    }
    Err(OAuthError::invalid_request("No audience of the 'id_token_hint' is a registered client."))
}

/// Where the browser goes afterwards: an address that the client registered, byte for byte, or the configured page.
fn then(context: &Context, params: &Params, client: Option<&RegisteredClient>) -> Result<String, OAuthError> {
    let Some(uri) = params.get("post_logout_redirect_uri") else {
        return Ok(context.config.post_logout_redirect_url());
    };
    let Some(client) = client else {
        return Err(OAuthError::invalid_request(
            "Parameter 'post_logout_redirect_uri' needs 'id_token_hint' or 'client_id', to know whose address it is.",
        ));
    };
    if !client.logout_uris().post_logout_redirect_uris.iter().any(|registered| registered == uri) {
        return Err(OAuthError::invalid_request(
            "Parameter 'post_logout_redirect_uri' is none of the client's registered addresses.",
        ));
    }
    Ok(match params.get("state") {
        Some(state) => append_query(uri, &[("state", state)]),
        None => uri.to_owned(),
    })
}

/// A logout that waits for the logout page's word.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LogoutChallenge {
    /// Who would be logged out.
    #[serde(rename = "u")]
    pub subject: Subject,
    /// The login session that would end.
    #[serde(rename = "s")]
    pub session: SessionId,
    /// A client showed its ID token.
    #[serde(rename = "r")]
    pub rp_initiated: bool,
    /// The client that asks.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<ClientId>,
    /// Where the browser goes afterwards.
    #[serde(rename = "t")]
    pub then: String,
    /// When the request arrived, in Unix seconds.
    #[serde(rename = "a")]
    pub requested_at: i64,
    /// How it was asked.
    #[serde(rename = "q")]
    pub request_url: String,
    /// Languages for the logout page.
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    pub ui_locales: Vec<String>,
    /// The browser that asked holds the session.
    #[serde(rename = "h", default)]
    pub asked_here: bool,
}

impl LogoutChallenge {
    /// A challenge for a session.
    pub fn new(context: &Context, http: &Request, asked: EndSessionRequest, session: &CurrentSession) -> Self {
        let mut request_url = match http.query.as_str() {
            "" => http.path.clone(),
            query => format!("{}?{query}", http.path),
        };
        if request_url.len() > LONGEST_REQUEST_URL {
            request_url.clone_from(&http.path);
        }
        Self {
            subject: session.authentication.subject.clone(),
            session: session.id,
            rp_initiated: asked.session.is_some(),
            client_id: asked.client.map(|client| client.id().clone()),
            then: asked.then,
            requested_at: context.clock.now(),
            request_url,
            ui_locales: asked.ui_locales,
            asked_here: session::of_cookie(context, http) == Some(session.id),
        }
    }

    /// Whether the request comes from the browser that holds the session.
    pub fn is_of(&self, context: &Context, http: &Request) -> bool {
        session::of_cookie(context, http) == Some(self.session)
    }

    fn close(&self, context: &Context, kind: Kind) -> String {
        context.seal.seal(kind, &serde_json::to_vec(self).unwrap_or_default())
    }

    /// As the logout page gets it.
    pub fn seal(&self, context: &Context) -> String {
        self.close(context, kinds::LOGOUT_CHALLENGE)
    }

    /// Opens a challenge or a verifier.
    pub fn open(context: &Context, kind: Kind, sealed: &str) -> Result<Self, ApiError> {
        let plaintext = context.seal.open(kind, sealed).ok_or_else(ApiError::unknown_challenge)?;
        serde_json::from_slice(&plaintext).map_err(|_| ApiError::unknown_challenge())
    }

    /// Whether its time is over.
    pub fn expired(&self, context: &Context) -> bool {
        context.clock.now() > self.expires_at(context)
    }

    fn expires_at(&self, context: &Context) -> i64 {
        self.requested_at.saturating_add(context.config.ttl.login_consent_request)
    }
}

/// Opens a challenge for the logout page: 404 when it is none, 401 when its time is over.
pub fn open(context: &Context, sealed: &str) -> Result<LogoutChallenge, ApiError> {
    let challenge = LogoutChallenge::open(context, kinds::LOGOUT_CHALLENGE, sealed)?;
    if challenge.expired(context) {
        return Err(ApiError::oauth(
            symbolon_types::ErrorCode::RequestUnauthorized,
            "The logout request has expired, please start again.",
        ));
    }
    Ok(challenge)
}

/// What the logout page needs to know.
pub async fn describe(context: &Context, sealed: &str) -> Result<LogoutRequest, ApiError> {
    let challenge = open(context, sealed)?;
    let client = match &challenge.client_id {
        Some(client_id) => context.store.client(client_id).await?,
        None => None,
    };
    Ok(LogoutRequest {
        challenge: sealed.to_owned(),
        subject: challenge.subject.clone(),
        sid: challenge.session.to_uuid_string(),
        rp_initiated: challenge.rp_initiated,
        expires_at: challenge.expires_at(context),
        requested_at: challenge.requested_at,
        client: client.map(|record| change::shown(&record)).transpose()?,
        request_url: challenge.request_url,
    })
}

/// Accepts the request, as the logout page does when its user agrees.
pub fn accept(context: &Context, sealed: &str) -> Result<RedirectTo, ApiError> {
    Ok(accepted(context, &open(context, sealed)?))
}

/// Accepts the request for a page that has seen the session's cookie itself.
pub fn accept_here(context: &Context, challenge: LogoutChallenge) -> RedirectTo {
    accepted(context, &LogoutChallenge { asked_here: true, ..challenge })
}

fn accepted(context: &Context, challenge: &LogoutChallenge) -> RedirectTo {
    let verifier = challenge.close(context, kinds::LOGOUT_VERIFIER);
    let url = context.config.endpoint("/oauth2/sessions/logout");
    RedirectTo { redirect_to: append_query(&url, &[("logout_verifier", &verifier)]) }
}
