//! How an [`EffectiveRequest`] is kept: sealed in a login challenge, and in the rows of flows and grants. Its parameters
//! are kept as they were sent, and beside them what cannot be told from them. Reading it back checks nothing: what was
//! kept was validated, and nobody else can have written it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use symbolon_types::redirect_uri::{FreePort, match_redirect_uri};
use symbolon_types::{
    AuthenticationRequestId, AuthorizationDetails, ClaimsRequest, ClientId, CodeChallenge, DeviceId, ErrorCode,
    PromptSet, RequestId, ResponseType, Scope, compact_query,
};

use super::validate::{TokensInQuery, response_mode};
use super::{Asker, EffectiveRequest, Hint, Parameters, Reply, ReplyAddress, Source};
use crate::context::Context;
use crate::error::OAuthError;

/// A request in the form in which it is sealed and stored.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct KeptRequest {
    /// The parameters of the query as they were sent.
    #[serde(rename = "q", default, skip_serializing_if = "String::is_empty")]
    query: String,
    /// The parameters of the body as they were sent.
    #[serde(rename = "f", default, skip_serializing_if = "String::is_empty")]
    form: String,
    #[serde(flatten)]
    found: RequestFindings,
}

/// What validation found and the parameters do not say.
#[derive(Clone, Default, Serialize, Deserialize)]
struct RequestFindings {
    /// The client's revision.
    #[serde(rename = "v")]
    client_revision: i64,
    /// The device that asks.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    device: Option<DeviceId>,
    /// The request of the back channel that it is.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    backchannel: Option<AuthenticationRequestId>,
    /// By which the request is known if it was pushed.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pushed: Option<RequestId>,
    /// The parameters of a request object, which count instead of those that were sent.
    #[serde(rename = "o", default, skip_serializing_if = "String::is_empty")]
    object: String,
    /// The redirect URI where no parameter names it.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<String>,
    /// The audience where the parameters do not say it alone: with resources (RFC 8707), or by default.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    audience: Option<Vec<String>>,
    /// The scope where it is not the one of the parameters: what the client may not ask for was left out.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// `max_age` where no parameter names it.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    max_age: Option<i64>,
}

// The parameters may name a person.
impl std::fmt::Debug for KeptRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptRequest")
    }
}

impl From<&EffectiveRequest> for KeptRequest {
    fn from(request: &EffectiveRequest) -> Self {
        let address = request.reply.address().filter(|_| request.redirect_uri_parameter().is_none());
        Self {
            query: request.parameters.text_of(Source::Query).to_owned(),
            form: request.parameters.text_of(Source::Form).to_owned(),
            found: RequestFindings {
                client_revision: request.client_revision,
                device: request.device(),
                backchannel: request.backchannel(),
                pushed: request.pushed,
                object: request.parameters.object().to_owned(),
                redirect_uri: address.map(|address| address.redirect_uri.as_str().to_owned()),
                audience: Some(&request.audience).filter(|all| **all != request.parameters.audience()).cloned(),
                scope: Some(&request.scope).filter(|scope| differs(scope, &request.parameters)).map(Scope::to_string),
                max_age: request.max_age.filter(|_| request.parameters.get("max_age").is_none()),
            },
        }
    }
}

impl KeptRequest {
    /// A request that another server validated: its parameters as they were sent, and the redirect URI that it answered to
    /// where none of them names it. Whether it can be restored is to be tried.
    pub fn of_query(query: String, client_revision: i64, redirect_uri: Option<&str>) -> Self {
        let named = form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "redirect_uri");
        let redirect_uri = redirect_uri.filter(|_| !named).map(str::to_owned);
        Self {
            query,
            form: String::new(),
            found: RequestFindings { client_revision, redirect_uri, ..RequestFindings::default() },
        }
    }

    /// The request; `None` when the text is damaged.
    pub fn restore(self) -> Option<EffectiveRequest> {
        let Self { query, form, found } = self;
        let sent = Parameters::merge(form, query).ok()?;
        let parameters = if found.object.is_empty() { sent } else { sent.replaced(found.object).ok()? };
        let get = |name: &str| parameters.get(name);
        let (asker, reply) = match (found.device, found.backchannel) {
            (Some(device), _) => (Asker::Device(device), Reply::Device),
            (None, Some(id)) => (Asker::Backchannel(id), Reply::Device),
            (None, None) => (Asker::Browser, Reply::Redirect(address(&parameters, found.redirect_uri)?)),
        };
        Some(EffectiveRequest {
            client_id: ClientId::from(get("client_id")?),
            client_revision: found.client_revision,
            pushed: found.pushed,
            asker,
            reply,
            response_type: get("response_type").and_then(ResponseType::parse),
            scope: Scope::parse(found.scope.as_deref().or_else(|| get("scope")).unwrap_or_default()).ok()?,
            audience: found.audience.unwrap_or_else(|| parameters.audience()),
            authorization_details: match get("authorization_details") {
                Some(text) => AuthorizationDetails::parse(text).ok()?,
                None => AuthorizationDetails::default(),
            },
            nonce: get("nonce").map(str::to_owned),
            prompt: PromptSet::parse(get("prompt").unwrap_or_default()).ok()?,
            max_age: match get("max_age") {
                Some(text) => Some(i64::from(text.parse::<u32>().ok()?)),
                None => found.max_age,
            },
            id_token_hint: match get("id_token_hint") {
                Some(token) => Some(Hint::kept(token)?),
                None => None,
            },
            code_challenge: match get("code_challenge") {
                Some(text) => Some(CodeChallenge::parse(text).ok()?),
                None => None,
            },
            claims: match get("claims") {
                Some(text) => ClaimsRequest::parse(text).ok()?,
                None => ClaimsRequest::default(),
            },
            parameters,
        })
    }

    /// A short binary form, for a challenge: length and text of what was found, then query and form with their names and
    /// usual values replaced by short codes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let found = serde_json::to_vec(&self.found).unwrap_or_default();
        let query = compact_query::encode(&self.query);
        let form = compact_query::encode(&self.form);
        let mut bytes = Vec::with_capacity(found.len() + query.len() + form.len() + 4);
        for part in [&found, &query] {
            bytes.extend_from_slice(&u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(&form);
        bytes
    }

    /// The inverse of [`KeptRequest::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (found, rest) = part(bytes)?;
        let (query, form) = part(rest)?;
        Some(Self {
            query: compact_query::decode(query)?,
            form: compact_query::decode(form)?,
            found: serde_json::from_slice(found).ok()?,
        })
    }
}

/// Largest request, in bytes, of a client that registered itself (about 4,100 characters in an address). Nothing is kept for
/// it before somebody has logged in, so that its larger requests make long addresses, and still larger ones are refused.
pub(super) const LARGEST_OF_SELF_REGISTERED: usize = 3_000;

/// Refuses the request of a client that registered itself when it is too large to be carried instead of kept.
pub fn check_size(compact: &[u8]) -> Result<(), OAuthError> {
    if compact.len() <= LARGEST_OF_SELF_REGISTERED {
        return Ok(());
    }
    Err(OAuthError::invalid_request(format!(
        "The parameters have more than {LARGEST_OF_SELF_REGISTERED} bytes, which only a client of an administrator may send."
    )))
}

/// A stranger's large request is the one thing that is written before anybody trusted has spoken.
pub fn limit_stored(context: &Context, address: IpAddr) -> Result<(), OAuthError> {
    let counted = context.requests.stored.count(address);
    counted.map_err(|seconds| {
        let hint = format!("Too many large requests from this address. Try again in {seconds} seconds.");
        OAuthError::new(ErrorCode::TemporarilyUnavailable, hint)
    })
}

fn differs(scope: &Scope, parameters: &Parameters) -> bool {
    Scope::parse(parameters.get("scope").unwrap_or_default()).as_ref() != Ok(scope)
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}

fn address(parameters: &Parameters, found: Option<String>) -> Option<ReplyAddress> {
    let uri = found.or_else(|| parameters.get("redirect_uri").map(str::to_owned))?;
    Some(ReplyAddress {
        client_id: ClientId::from(parameters.get("client_id")?),
        silent: super::validate::is_silent(parameters),
        redirect_uri: match_redirect_uri(std::slice::from_ref(&uri), &uri, FreePort::OfAddresses).ok()?,
        // What may not stand in a query was refused when the request was validated.
        mode: response_mode(parameters.get("response_mode"), parameters, TokensInQuery::InEncryptedJwt),
        state: parameters.get("state").map(str::to_owned),
    })
}
