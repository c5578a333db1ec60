//! Signing keys at the management API. The path is one of our own: everything below `/admin/keys` belongs to Hydra's
//! interface for key sets, in which any first segment may be the name of a set.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use symbolon_jose::Algorithm;
use symbolon_store::SigningKeyState;
use symbolon_types::timestamp;

use crate::context::Context;
use crate::control_characters;
use crate::error::ApiError;
use crate::exchange::{self, Answer, Request};
use crate::keys::{self, ListedKey, ReplacedKey, RotatedKey, Rotation, SetName, Takeover};

/// What may be asked for; an absent member does not narrow.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    set: Option<String>,
    #[serde(default)]
    immediately: bool,
}

#[derive(Serialize)]
struct RotationAnswer {
    keys: Vec<RotatedKeyAnswer>,
}

#[derive(Serialize)]
struct RotatedKeyAnswer {
    set: &'static str,
    alg: &'static str,
    kid: String,
    state: &'static str,
    activates_at: String,
    replaces: Vec<ReplacedKeyAnswer>,
}

#[derive(Serialize)]
struct ReplacedKeyAnswer {
    kid: String,
    retires_at: String,
    published_until: String,
}

#[derive(Serialize)]
struct ListAnswer {
    rotation_period_seconds: i64,
    keys: Vec<ListedKeyAnswer>,
}

#[derive(Serialize)]
struct ListedKeyAnswer {
    set: &'static str,
    kid: String,
    alg: &'static str,
    #[serde(rename = "use")]
    purpose: &'static str,
    state: &'static str,
    created_at: String,
    age_seconds: i64,
    activates_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_rotation_at: Option<String>,
}

/// `GET /admin/signing-keys`: every signing key with its state and times (RFC 3339). There are as many as fit on one page.
pub async fn list(context: &Context, _request: Request) -> Answer {
    let listed = keys::list(context).await.map(|keys| {
        let rotation_period_seconds = context.config.symbolon.keys.rotation_period_seconds;
        let answer = ListAnswer { rotation_period_seconds, keys: keys.into_iter().map(shown_listed).collect() };
        exchange::json(StatusCode::OK, &answer)
    });
    super::answer(listed)
}

fn shown_listed(key: ListedKey) -> ListedKeyAnswer {
    ListedKeyAnswer {
        set: key.set.short(),
        kid: key.kid,
        alg: key.algorithm.as_str(),
        purpose: "sig",
        state: match key.state {
            SigningKeyState::Pending => "pending",
            SigningKeyState::Active => "active",
            SigningKeyState::Retired => "retired",
        },
        created_at: timestamp::format_seconds(key.created_at),
        age_seconds: key.age,
        activates_at: timestamp::format_seconds(key.activates_at),
        retires_at: key.retires_at.map(timestamp::format_seconds),
        published_until: key.published_until.map(timestamp::format_seconds),
        next_rotation_at: key.next_rotation_at.map(timestamp::format_seconds),
    }
}

/// `POST /admin/signing-keys/rotate`: gives one algorithm or all a new key. Times in the answer are RFC 3339.
pub async fn rotate(context: &Context, request: Request) -> Answer {
    respond(context, &request).await.unwrap_or_else(|error| error.answer())
}

async fn respond(context: &Context, request: &Request) -> Result<Answer, ApiError> {
    let rotation = read(request)?;
    let rotated = keys::rotate(context, &rotation).await?;
    Ok(exchange::json(StatusCode::OK, &RotationAnswer { keys: rotated.into_iter().map(shown).collect() }))
}

fn read(request: &Request) -> Result<Rotation, ApiError> {
    control_characters::check_json(&request.body)?;
    let body = if request.body.trim_ascii().is_empty() {
        Body::default()
    } else {
        // A misspelt member must not be passed over: without it, more keys would be rotated than was meant.
        request.json::<Body>().map_err(|_| {
            ApiError::malformed(
                "The request body must be a JSON object with no members but 'alg' and 'set' (texts) and 'immediately' \
                 (true or false).",
            )
        })?
    };
    let algorithm = body.alg.map(|alg| {
        let unknown = || ApiError::malformed("Member 'alg' is not the name of a signature algorithm, as 'ES256' is.");
        Algorithm::parse(&alg).ok_or_else(unknown)
    });
    let set = body.set.map(|set| {
        let unknown = || ApiError::malformed("Member 'set' must be 'id-token' or 'access-token'.");
        SetName::parse(&set).ok_or_else(unknown)
    });
    let takeover = if body.immediately { Takeover::Immediate } else { Takeover::AfterPublication };
    Ok(Rotation { set: set.transpose()?, algorithm: algorithm.transpose()?, takeover, kid: None })
}

fn shown(key: RotatedKey) -> RotatedKeyAnswer {
    RotatedKeyAnswer {
        set: key.set.short(),
        alg: key.algorithm.as_str(),
        kid: key.kid,
        state: if key.signs { "active" } else { "pending" },
        activates_at: timestamp::format_seconds(key.activates_at),
        replaces: key.replaced.into_iter().map(shown_replaced).collect(),
    }
}

fn shown_replaced(key: ReplacedKey) -> ReplacedKeyAnswer {
    ReplacedKeyAnswer {
        kid: key.kid,
        retires_at: timestamp::format_seconds(key.retires_at),
        published_until: timestamp::format_seconds(key.published_until),
    }
}
