//! Our own two sets as an administrator sees and changes them. A private key that is brought signs at once: so a team
//! takes its keys along, and what they signed stays valid. There is always a key that signs; where the last one was
//! deleted a new one takes its place.

use symbolon_jose::{Algorithm, Jwk, SigningKey};
use symbolon_store::{Batch, SigningKey as Row, SigningKeyState};

use super::fault::KeyFault;
use super::incoming::{self, MOST_KEYS, NewKeyRequest};
use super::on_request::{self, ATTEMPTS, Rotation, busy};
use super::rotation::{self, Takeover, retired};
use super::set::SetName;
use super::stored::{self, Parts, StoredKey};
use crate::audit::Event;
use crate::context::Context;
use crate::error::ApiError;
use crate::trail;

/// What becomes of the keys of the set that were not brought.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// They stay published; those of the same algorithm sign no more.
    Stay,
    /// They go.
    Go,
}

/// The keys of a set: those that sign, those that wait, those that signed before. Each time those of the default
/// algorithm come first, and the newest before others: simple scripts take the first key that they find.
pub(super) async fn keys(context: &Context, set: SetName) -> Result<Vec<Jwk>, ApiError> {
    let mut keys = stored::read(&Parts::of(context)).await?;
    keys.retain(|key| key.set == set);
    let default = context.config.symbolon.keys.signing_algorithm;
    keys.sort_by_key(|key| {
        let state = match key.row.state {
            SigningKeyState::Active => 0,
            SigningKeyState::Pending => 1,
            SigningKeyState::Retired => 2,
        };
        (state, key.algorithm != default)
    });
    Ok(keys.into_iter().map(|key| key.jwk).collect())
}

/// Makes a key that signs at once, under this `kid` where there is one.
pub(super) async fn create(context: &Context, set: SetName, request: NewKeyRequest) -> Result<Jwk, ApiError> {
    let algorithm = incoming::algorithm(&request.algorithm)?;
    if !matches!(request.purpose.as_str(), "" | "sig") {
        return Err(ApiError::malformed("Keys of this set sign: 'use' must be 'sig'."));
    }
    let kid = Some(request.kid).filter(|kid| !kid.is_empty());
    if let Some(kid) = &kid {
        incoming::check_name("'kid' of a key", kid)?;
    }
    check_offered(context, set, algorithm)?;
    let rotation = Rotation { set: Some(set), algorithm: Some(algorithm), takeover: Takeover::Immediate, kid };
    let made = on_request::rotate(context, &rotation).await?;
    let kid = made.first().map(|key| key.kid.as_str()).unwrap_or_default();
    let key = keys(context, set).await?.into_iter().find(|key| key.kid.as_deref() == Some(kid));
    key.ok_or_else(|| ApiError::server("a key that was just made is gone"))
}

/// Takes private keys that were brought into the set. The first one of each algorithm signs at once, others stay for
/// what they signed.
pub(super) async fn import(context: &Context, set: SetName, jwks: &[Jwk], others: Others) -> Result<(), ApiError> {
    let brought = parse(context, set, jwks).await?;
    let _turn = context.keys.turn.lock().await;
    for _ in 0..ATTEMPTS {
        let stored = stored::read(&Parts::of(context)).await?;
        let batch = replacement(context, (set, others), &brought, &stored)?;
        if rotation::write(context, batch).await? {
            super::reload(context).await?;
            for (jwk, _) in &brought {
                let kid = jwk.kid.as_deref().unwrap_or_default();
                trail::tell(&Event::KeyImported { set: set.short(), kid });
            }
            return Ok(());
        }
    }
    Err(busy())
}

/// Only what can sign for clients comes in: private keys, of an algorithm that is offered.
async fn parse(context: &Context, set: SetName, jwks: &[Jwk]) -> Result<Vec<(Jwk, Algorithm)>, ApiError> {
    let jwks = jwks.to_vec();
    let parsed = tokio::task::spawn_blocking(move || {
        let parse = |jwk: Jwk| {
            if jwk.kty == "oct" || !jwk.is_private() {
                return Err(ApiError::malformed(
                    "Keys of this set sign tokens that others verify: each must be an asymmetric private key.",
                ));
            }
            let key = SigningKey::from_jwk(&jwk).map_err(|fault| {
                ApiError::malformed(format!("The key cannot sign: {}.", fault.to_string().replace('"', "'")))
            })?;
            Ok((key.to_private_jwk(), key.algorithm()))
        };
        jwks.into_iter().map(parse).collect::<Result<Vec<_>, ApiError>>()
    });
    let parsed = parsed.await.map_err(|fault| ApiError::server(fault.to_string()))??;
    for (_, algorithm) in &parsed {
        check_offered(context, set, *algorithm)?;
    }
    Ok(parsed)
}

fn check_offered(context: &Context, set: SetName, algorithm: Algorithm) -> Result<(), ApiError> {
    let offered = set.algorithms(&context.config.symbolon.keys);
    if offered.contains(&algorithm) {
        return Ok(());
    }
    let names: Vec<&str> = offered.iter().map(|algorithm| algorithm.as_str()).collect();
    Err(ApiError::malformed(format!(
        "A key for {algorithm} would never sign: this set signs with {}. See symbolon.keys.signing_algorithm and \
         symbolon.keys.offered_algorithms.",
        names.join(", ")
    )))
}

fn replacement(
    context: &Context,
    (set, others): (SetName, Others),
    brought: &[(Jwk, Algorithm)],
    stored: &[StoredKey],
) -> Result<Batch, ApiError> {
    let now = context.clock.now();
    let is_brought = |kid: &str| brought.iter().any(|(jwk, _)| jwk.kid.as_deref() == Some(kid));
    let mut batch = Batch::new();
    let staying = stored.iter().filter(|key| key.set == set && !is_brought(&key.row.kid)).count();
    if others == Others::Stay && staying + brought.len() > MOST_KEYS as usize {
        return Err(incoming::full());
    }
    for key in stored.iter().filter(|key| key.set == set) {
        let (kid, row) = (key.row.kid.as_str(), &key.row);
        if is_brought(kid) || others == Others::Go {
            batch.delete_signing_key(&row.set_name, kid);
        } else if row.state != SigningKeyState::Retired && brought.iter().any(|(_, own)| *own == key.algorithm) {
            batch.change_signing_key(row, &retired(row, now));
        }
    }
    let mut signing: Vec<Algorithm> = Vec::new();
    for ((jwk, algorithm), position) in brought.iter().zip(0_i64..) {
        check_name_is_free(jwk, others, stored, set)?;
        let signs = !signing.contains(algorithm);
        signing.push(*algorithm);
        let json = serde_json::to_vec(jwk).map_err(|fault| KeyFault::Key(fault.to_string()))?;
        batch.insert_signing_key(&Row {
            set_name: set.as_str().to_owned(),
            kid: jwk.kid.clone().unwrap_or_default(),
            state: if signs { SigningKeyState::Active } else { SigningKeyState::Retired },
            // Keeps their order.
            created_at: now.saturating_sub(position),
            activates_at: now,
            retires_at: (!signs).then_some(now),
            body: context.seal.seal_bytes(crate::seal::kinds::SIGNING_KEY, &json),
        });
    }
    Ok(batch)
}

/// One name is one key in all that is published: with a second key under it, what the first one signed would be taken
/// for forged.
fn check_name_is_free(brought: &Jwk, others: Others, stored: &[StoredKey], set: SetName) -> Result<(), ApiError> {
    let taken = stored.iter().any(|key| {
        let goes = key.set == set && others == Others::Go;
        !goes && brought.kid == key.jwk.kid && brought.thumbprint() != key.jwk.thumbprint()
    });
    if taken { Err(ApiError::conflict()) } else { Ok(()) }
}

/// Deletes a key or, without a `kid`, the whole set. What it signed does not count any more.
pub(super) async fn delete(context: &Context, set: SetName, kid: Option<&str>) -> Result<(), ApiError> {
    let _turn = context.keys.turn.lock().await;
    match kid {
        Some(kid) => context.store.delete_signing_key(set.as_str(), kid).await.map(drop)?,
        None => context.store.delete_signing_keys(set.as_str()).await.map(drop)?,
    }
    super::reload(context).await?;
    Ok(())
}
