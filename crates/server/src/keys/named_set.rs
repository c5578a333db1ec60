//! Key sets of administrators (RFC 7517 §5), under names of their own: kept for them, sealed, and used for nothing here.
//! The public keys of those that `webfinger.jwks.broadcast_keys` names are published with ours.

use symbolon_jose::{Algorithm, Jwk, SigningKey, digest};
use symbolon_store::{Batch, Condition, JsonWebKey, WriteError};

use super::fault::KeyFault;
use super::incoming::{self, MOST_KEYS, NewKeyRequest};
use super::set::SetName;
use super::stored::Parts;
use crate::context::Context;
use crate::error::ApiError;
use crate::identifiers;
use crate::seal::{Seal, kinds};

/// How many keys are sealed again at once.
const CHUNK: u32 = 100;

/// The keys of a set, the newest first.
pub(super) async fn keys(context: &Context, set: &str) -> Result<Vec<Jwk>, ApiError> {
    let rows = context.store.json_web_keys(set).await?;
    Ok(rows.iter().map(|row| open(&context.seal, row)).collect::<Result<_, _>>()?)
}

/// One key of a set.
pub(super) async fn key(context: &Context, set: &str, kid: &str) -> Result<Option<Jwk>, ApiError> {
    let row = context.store.json_web_key(set, kid).await?;
    Ok(row.map(|row| open(&context.seal, &row)).transpose()?)
}

/// Makes a key and adds it to the set.
pub(super) async fn create(context: &Context, set: &str, request: NewKeyRequest) -> Result<Jwk, ApiError> {
    let algorithm = incoming::algorithm(&request.algorithm)?;
    incoming::check_word("use", &request.purpose)?;
    let kid = if request.kid.is_empty() { identifiers::uuid(&context.rng) } else { request.kid };
    incoming::check_name("'kid' of a key", &kid)?;
    // Making a key costs seconds of a core: not for a name that is taken.
    if context.store.json_web_key(set, &kid).await?.is_some() {
        return Err(ApiError::conflict());
    }
    let mut key = generate(context, algorithm, kid).await?;
    key.use_ = Some(if request.purpose.is_empty() { "sig".to_owned() } else { request.purpose });
    let mut batch = Batch::new();
    batch.insert_json_web_key(&sealed(context, set, &key)?, MOST_KEYS);
    write(context, batch).await?;
    Ok(key)
}

/// One key after the other, beside the async threads: however many are asked for, they take one core. A request that is
/// given up while it waits leaves the line.
async fn generate(context: &Context, algorithm: Algorithm, kid: String) -> Result<Jwk, ApiError> {
    let turn = context.keys.generation.clone().lock_owned().await;
    let made = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        match algorithm {
            // As large as Hydra makes them.
            Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512 => SigningKey::generate_rsa(algorithm, 4096, kid),
            _ => SigningKey::generate(algorithm, kid),
        }
    });
    let made = made.await.map_err(|fault| ApiError::server(fault.to_string()))?;
    made.map(|key| key.to_private_jwk()).map_err(|fault| ApiError::server(fault.to_string()))
}

/// Puts a key in the place of the one of its `kid`, or beside the others.
pub(super) async fn put(context: &Context, set: &str, key: &Jwk) -> Result<(), ApiError> {
    let row = sealed(context, set, key)?;
    let mut batch = Batch::new();
    batch.delete_json_web_key(set, &row.kid);
    batch.insert_json_web_key(&row, MOST_KEYS);
    write(context, batch).await
}

/// Puts these keys in the place of the whole set. The first one is the newest.
pub(super) async fn replace(context: &Context, set: &str, keys: &[Jwk]) -> Result<(), ApiError> {
    let mut batch = Batch::new();
    batch.delete_json_web_keys(set);
    for key in keys.iter().rev() {
        batch.insert_json_web_key(&sealed(context, set, key)?, MOST_KEYS);
    }
    write(context, batch).await
}

/// Deletes a key or, without a `kid`, the whole set; whether or not they are there.
pub(super) async fn delete(context: &Context, set: &str, kid: Option<&str>) -> Result<(), ApiError> {
    let mut batch = Batch::new();
    match kid {
        Some(kid) => batch.delete_json_web_key(set, kid),
        None => batch.delete_json_web_keys(set),
    };
    write(context, batch).await
}

async fn write(context: &Context, batch: Batch) -> Result<(), ApiError> {
    match context.store.write(batch).await {
        Ok(()) => Ok(()),
        Err(WriteError::Conflict(Condition::Key)) => Err(ApiError::conflict()),
        Err(WriteError::Unmet(Condition::Key)) => Err(incoming::full()),
        Err(fault) => Err(fault.into()),
    }
}

fn sealed(context: &Context, set: &str, key: &Jwk) -> Result<JsonWebKey, ApiError> {
    let json = serde_json::to_vec(key).map_err(|fault| ApiError::server(fault.to_string()))?;
    let kid = key.kid.clone().unwrap_or_default();
    Ok(JsonWebKey { set_name: set.to_owned(), kid, body: context.seal.seal_bytes(kinds::KEY_IN_SET, &json) })
}

fn open(seal: &Seal, row: &JsonWebKey) -> Result<Jwk, KeyFault> {
    let json = seal.open_bytes(kinds::KEY_IN_SET, &row.body).ok_or_else(|| {
        KeyFault::Key(format!(
            "the key set {set} in the database was sealed with another secret; add it to the end of secrets.system",
            set = row.set_name
        ))
    })?;
    serde_json::from_slice(&json).map_err(|fault| KeyFault::Key(fault.to_string()))
}

/// The keys of the sets that are published besides ours, as they stand in the database.
pub(super) async fn published_rows(parts: &Parts<'_>) -> Result<Vec<JsonWebKey>, KeyFault> {
    let mut rows = Vec::new();
    for (position, set) in parts.published_sets.iter().enumerate() {
        let named_before = parts.published_sets.iter().take(position).any(|before| before == set);
        if SetName::of(set).is_none() && !named_before {
            rows.extend(parts.store.json_web_keys(set).await?);
        }
    }
    Ok(rows)
}

/// The public parts of these keys. A symmetric key has none.
pub(super) fn public_keys(seal: &Seal, rows: &[JsonWebKey]) -> Result<Vec<Jwk>, KeyFault> {
    let mut keys = Vec::new();
    for row in rows {
        let key = open(seal, row)?;
        if key.kty != "oct" {
            keys.push(key.to_public());
        }
    }
    Ok(keys)
}

/// What tells whether the published sets have changed.
pub(super) fn fingerprint(rows: &[JsonWebKey]) -> Vec<u8> {
    let bodies: Vec<u8> = rows.iter().flat_map(|row| digest::sha256(&row.body)).collect();
    digest::sha256(&bodies).to_vec()
}

/// Seals all keys again under the newest secret where there are older ones, so that these can be retired once the server
/// has started with the new one.
pub(super) async fn reseal(parts: &Parts<'_>) -> Result<(), KeyFault> {
    if !parts.seal.has_older_secrets() {
        return Ok(());
    }
    let (mut set, mut kid) = (String::new(), String::new());
    loop {
        let rows = parts.store.json_web_keys_after(&set, &kid, CHUNK).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        (set, kid) = (last.set_name.clone(), last.kid.clone());
        for row in rows.iter().filter(|row| !parts.seal.is_newest(kinds::KEY_IN_SET, &row.body)) {
            let json = serde_json::to_vec(&open(parts.seal, row)?).map_err(|fault| KeyFault::Key(fault.to_string()))?;
            let body = parts.seal.seal_bytes(kinds::KEY_IN_SET, &json);
            match parts.store.reseal_json_web_key(row, body).await {
                // Unmet: another node has done it, or the key is gone.
                Ok(()) | Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => {}
                Err(fault) => return Err(fault.into()),
            }
        }
    }
}
