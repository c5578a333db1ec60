//! JSON Web Key Sets (RFC 7517) at the management API: `/admin/keys/{set}` and `/admin/keys/{set}/{kid}`. What a key must
//! be and what it does is decided by `keys`.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use symbolon_jose::{Jwk, JwkSet};

use super::answer;
use crate::clients::change;
use crate::context::Context;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};
use crate::keys::{self, NewKeyRequest};

const PREFIX: &str = "/admin/keys/";

/// What a new key shall be. An absent member is an empty one.
#[derive(Default, Deserialize)]
struct NewKeyBody {
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    #[serde(rename = "use", default)]
    purpose: Option<String>,
}

/// A set that is brought. Unlike one that somebody else publishes it must be understood as a whole.
#[derive(Deserialize)]
struct SetBody {
    keys: Vec<Jwk>,
}

/// `GET /admin/keys/{set}`.
pub async fn get_set(context: &Context, request: Request) -> Answer {
    answer(read_set(context, &request).await)
}

/// `GET /admin/keys/{set}/{kid}`.
pub async fn get_key(context: &Context, request: Request) -> Answer {
    answer(read_key(context, &request).await)
}

/// `POST /admin/keys/{set}`.
pub async fn create(context: &Context, request: Request) -> Answer {
    answer(generate(context, &request).await)
}

/// `PUT /admin/keys/{set}`.
pub async fn replace_set(context: &Context, request: Request) -> Answer {
    answer(replace(context, &request).await)
}

/// `PUT /admin/keys/{set}/{kid}`.
pub async fn put_key(context: &Context, request: Request) -> Answer {
    answer(put(context, &request).await)
}

/// `DELETE /admin/keys/{set}`.
pub async fn delete_set(context: &Context, request: Request) -> Answer {
    answer(delete(context, &request).await)
}

/// `DELETE /admin/keys/{set}/{kid}`.
pub async fn delete_key(context: &Context, request: Request) -> Answer {
    answer(delete(context, &request).await)
}

/// The set, and the key where the path names one.
fn names(request: &Request) -> Result<(String, Option<String>), ApiError> {
    let mut segments = request.path.strip_prefix(PREFIX).unwrap_or_default().splitn(2, '/');
    let mut next = || {
        let decoded = segments.next().map(|text| percent_encoding::percent_decode_str(text).decode_utf8());
        decoded.transpose().map_err(|_| ApiError::absent())
    };
    let set = next()?.filter(|set| !set.is_empty()).ok_or_else(ApiError::absent)?;
    let kid = next()?.map(std::borrow::Cow::into_owned);
    Ok((set.into_owned(), kid))
}

async fn read_set(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let (set, _) = names(request)?;
    let keys = keys::keys_of(context, &set).await?;
    if keys.is_empty() {
        return Err(ApiError::unknown_challenge());
    }
    Ok(exchange::json(StatusCode::OK, &JwkSet { keys }))
}

async fn read_key(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let (set, kid) = names(request)?;
    let key = keys::key_of(context, &set, &kid.unwrap_or_default()).await?.ok_or_else(ApiError::absent)?;
    Ok(exchange::json(StatusCode::OK, &JwkSet { keys: vec![key] }))
}

async fn generate(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let (set, _) = names(request)?;
    let body: NewKeyBody = request.json()?;
    let new = NewKeyRequest {
        algorithm: body.alg.unwrap_or_default(),
        kid: body.kid.unwrap_or_default(),
        purpose: body.purpose.unwrap_or_default(),
    };
    let key = keys::create_key(context, &set, new).await?;
    let mut answer = exchange::json(StatusCode::CREATED, &JwkSet { keys: vec![key] });
    if let Ok(location) = HeaderValue::from_str(&format!("{PREFIX}{}", change::path_segment(&set))) {
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

async fn replace(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let (set, _) = names(request)?;
    let body: SetBody = request.json()?;
    let keys = keys::replace_set(context, &set, body.keys).await?;
    Ok(exchange::json(StatusCode::OK, &JwkSet { keys }))
}

async fn put(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let (set, kid) = names(request)?;
    let key: Jwk = request.json()?;
    let key = keys::put_key(context, &set, key, kid.unwrap_or_default()).await?;
    Ok(exchange::json(StatusCode::OK, &key))
}

async fn delete(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let (set, kid) = names(request)?;
    keys::delete_keys(context, &set, kid.as_deref()).await?;
    Ok(exchange::empty(StatusCode::NO_CONTENT))
}
