//! Trusted issuers of JWT bearer grants (RFC 7523 §2.1): create, read, list, delete. Each has its own key, whatever it is
//! called: deleting one ends no other.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use symbolon_jose::{Jwk, VerifyingKey};
use symbolon_store::{TrustedIssuer, WriteError};
use symbolon_types::{ErrorCode, Scope, Subject, limits, timestamp};

use super::page::Page;
use super::{answer, path_segment};
use crate::audit::Event;
use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};
use crate::identifiers;
use crate::trail;

const LIST: &str = "trusted_issuers";
const PATH: &str = "/admin/trust/grants/jwt-bearer/issuers/";
/// Longest issuer, subject and name of a key, in bytes. All three are one entry of an index, of which `PostgreSQL` takes
/// 2,704 bytes.
const NAME_BYTES: usize = 768;

/// `POST /admin/trust/grants/jwt-bearer/issuers`.
pub async fn create(context: &Context, request: Request) -> Answer {
    answer(insert(context, &request).await)
}

/// `GET /admin/trust/grants/jwt-bearer/issuers/{id}`.
pub async fn get(context: &Context, request: Request) -> Answer {
    answer(read(context, &request).await)
}

/// `GET /admin/trust/grants/jwt-bearer/issuers`.
pub async fn list(context: &Context, request: Request) -> Answer {
    answer(enumerate(context, &request).await)
}

/// `DELETE /admin/trust/grants/jwt-bearer/issuers/{id}`.
pub async fn delete(context: &Context, request: Request) -> Answer {
    answer(remove(context, &request).await)
}

/// What a request to create one says.
#[derive(Deserialize)]
struct Asked {
    issuer: Option<String>,
    subject: Option<String>,
    allow_any_subject: Option<bool>,
    scope: Option<Vec<String>>,
    jwk: Option<serde_json::Value>,
    expires_at: Option<String>,
}

/// What is shown of one.
#[derive(Serialize)]
struct Shown<'a> {
    id: &'a str,
    issuer: &'a str,
    subject: &'a str,
    allow_any_subject: bool,
    scope: Vec<&'a str>,
    public_key: KeyName<'a>,
    #[serde(with = "timestamp::seconds")]
    created_at: i64,
    #[serde(with = "timestamp::seconds")]
    expires_at: i64,
}

/// The key by its name, in a set that is called as the issuer, as in Hydra.
#[derive(Serialize)]
struct KeyName<'a> {
    set: &'a str,
    kid: &'a str,
}

fn shown(trusted: &TrustedIssuer) -> Shown<'_> {
    Shown {
        id: &trusted.id,
        issuer: &trusted.issuer,
        subject: trusted.subject.as_ref().map_or("", Subject::as_str),
        allow_any_subject: trusted.subject.is_none(),
        scope: trusted.scope.split_ascii_whitespace().collect(),
        public_key: KeyName { set: &trusted.issuer, kid: &trusted.kid },
        created_at: trusted.created_at,
        expires_at: trusted.trusted_until,
    }
}

async fn insert(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let trusted = checked(context, request.json()?)?;
    match context.store.insert_trusted_issuer(&trusted).await {
        Ok(()) => {}
        Err(WriteError::Conflict(_)) => return Err(ApiError::conflict()),
        Err(fault) => return Err(fault.into()),
    }
    let TrustedIssuer { id, issuer, kid, .. } = &trusted;
    trail::tell(&Event::IssuerTrusted { id, issuer, kid });
    let mut answer = exchange::json(StatusCode::CREATED, &shown(&trusted));
    if let Ok(location) = HeaderValue::from_str(&format!("{PATH}{id}")) {
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

fn missing(hint: &'static str) -> ApiError {
    ApiError::oauth(ErrorCode::MissingRequiredParameter, hint)
}

fn checked(context: &Context, asked: Asked) -> Result<TrustedIssuer, ApiError> {
    let present = |text: Option<String>| text.filter(|text| !text.is_empty());
    let issuer = present(asked.issuer).ok_or_else(|| missing("Field 'issuer' is required."))?;
    let subject = match (present(asked.subject), asked.allow_any_subject.unwrap_or(false)) {
        (Some(subject), false) => Some(Subject::from(subject)),
        (None, true) => None,
        (None, false) => return Err(missing("One of 'subject' or 'allow_any_subject' field must be set.")),
        (Some(_), true) => {
            return Err(missing("Both 'subject' and 'allow_any_subject' fields cannot be set at the same time."));
        }
    };
    let until = present(asked.expires_at).ok_or_else(|| missing("Field 'expires_at' is required."))?;
    let trusted_until = timestamp::parse(&until)
        .ok_or_else(|| ApiError::malformed("Field 'expires_at' is not a time such as 2026-11-23T09:36:57Z."))?
        .div_euclid(1_000_000);
    let (kid, jwk) = key(asked.jwk)?;
    for (field, text) in [("issuer", issuer.as_str()), ("subject", subject.as_ref().map_or("", Subject::as_str))] {
        if text.len() > NAME_BYTES {
            return Err(ApiError::malformed(format!("Field '{field}' has more than {NAME_BYTES} bytes.")));
        }
    }
    Ok(TrustedIssuer {
        id: identifiers::uuid(&context.rng),
        issuer,
        subject,
        kid,
        scope: scope(asked.scope.as_deref().unwrap_or_default())?,
        jwk,
        created_at: context.clock.now(),
        trusted_until,
    })
}

/// The name of the key and its stored form. Only a public key that checks signatures will do: with a symmetric one, whoever
/// can read it could also sign.
pub(crate) fn key(jwk: Option<serde_json::Value>) -> Result<(String, String), ApiError> {
    let unnamed = || missing("Field 'jwk' must contain JWK with kid header.");
    let value = jwk.filter(|value| !value.is_null()).ok_or_else(unnamed)?;
    let jwk: Jwk = serde_json::from_value(value).map_err(|_| {
        ApiError::malformed("Field 'jwk' is not a JSON Web Key: one of its members has the wrong type.")
    })?;
    if jwk.is_private() {
        return Err(ApiError::malformed("Field 'jwk' must be a public key: it has private or symmetric members."));
    }
    let refused = |fault: symbolon_jose::KeyError| ApiError::malformed(format!("Field 'jwk' cannot be used: {fault}."));
    VerifyingKey::from_jwk(&jwk).map_err(refused)?;
    let kid = jwk.kid.clone().filter(|kid| !kid.is_empty()).ok_or_else(unnamed)?;
    if kid.len() > NAME_BYTES {
        return Err(ApiError::malformed(format!("Member 'kid' of field 'jwk' has more than {NAME_BYTES} bytes.")));
    }
    let stored = serde_json::to_string(&jwk).map_err(|fault| ApiError::server(fault.to_string()))?;
    Ok((kid, stored))
}

fn scope(words: &[String]) -> Result<String, ApiError> {
    let refused = || ApiError::malformed("Field 'scope' must be a list of scopes without spaces.");
    if words.iter().any(|word| word.is_empty() || word.contains(char::is_whitespace)) {
        return Err(refused());
    }
    let scope = Scope::parse(&words.join(" ")).map_err(|_| refused())?;
    limits::check_scope("scope", &scope).map_err(|fault| ApiError::malformed(format!("Field {fault}.")))?;
    Ok(scope.to_string())
}

/// The id in the path, which is a UUID.
fn id(request: &Request) -> Result<String, ApiError> {
    let id = path_segment(request, PATH)?;
    let is_uuid = id.len() == 36
        && id.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    if !is_uuid {
        return Err(ApiError::malformed("Unable to parse parameter id: it is not a UUID."));
    }
    Ok(id.to_ascii_lowercase())
}

async fn read(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let trusted = context.store.trusted_issuer(&id(request)?).await?.ok_or_else(ApiError::absent)?;
    Ok(exchange::json(StatusCode::OK, &shown(&trusted)))
}

async fn remove(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let id = id(request)?;
    if !context.store.delete_trusted_issuer(&id).await? {
        return Err(ApiError::absent());
    }
    trail::tell(&Event::IssuerDistrusted { id: &id });
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}

async fn enumerate(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let page = Page::read(context, request, LIST)?;
    let issuer = request.query_parameter("issuer");
    let found = context.store.list_trusted_issuers(issuer.as_deref(), page.after.as_deref(), page.size + 1).await?;
    let on_page = &found[..found.len().min(page.size as usize)];
    let mut answer = exchange::json(StatusCode::OK, &on_page.iter().map(shown).collect::<Vec<_>>());
    let next = on_page.last().filter(|_| found.len() > on_page.len()).map(|last| (LIST, last.id.as_str()));
    page.link(context, request, &mut answer, next);
    Ok(answer)
}
