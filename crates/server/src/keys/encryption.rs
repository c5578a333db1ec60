//! Keys that open what clients encrypt for this server: request objects (OpenID Connect Core §10.2.1). One of each kind
//! that `symbolon.keys.encryption` names is published with `use` `enc`. It is followed by a new one at the age of signing
//! keys; the old one is not published any more, and opens for as long as a client may have kept the key set. Keys are
//! rows beside those that sign, in a set of their own.

use symbolon_jose::jwe::{DecryptionKey, Jwe, JweError, KeyManagement};
use symbolon_jose::{Jwk, digest};
use symbolon_store::{Batch, SigningKey as Row, SigningKeyState, WriteError};

use super::fault::KeyFault;
use super::rotation::{published_until, retired};
use super::stored::Parts;
use crate::audit::Event;
use crate::context::Context;
use crate::error::ApiError;
use crate::identifiers;
use crate::seal::kinds;
use crate::trail;

/// How long a key stays at least that is of no use by this node's configuration, in seconds: nodes that still have the
/// former one would make another one at every turn.
const SETTLED_AFTER: i64 = 24 * 3600;

/// The name of the set.
pub const SET: &str = "symbolon.encryption";

/// The keys as one reading of the database found them.
#[derive(Default)]
pub(super) struct EncryptionKeys {
    /// Those that open, the newest first.
    opening: Vec<DecryptionKey>,
    /// Those that clients shall use.
    pub(super) published: Vec<Jwk>,
}

/// A key as it stands in the database, opened.
struct StoredKey {
    row: Row,
    alg: KeyManagement,
    key: DecryptionKey,
}

/// What tells whether the keys in the database are still those that were read.
pub(super) fn fingerprint(rows: &[Row]) -> Vec<u8> {
    let mut text = Vec::new();
    for row in rows.iter().filter(|row| row.set_name == SET) {
        text.extend_from_slice(format!("{} {:?} ", row.kid, row.state).as_bytes());
        text.extend_from_slice(&row.body);
    }
    digest::sha256(&text).to_vec()
}

/// Reads the keys and makes those that are missing.
pub(super) async fn load_or_create(parts: &Parts<'_>) -> Result<EncryptionKeys, KeyFault> {
    let mut keys = read(parts).await?;
    let signs =
        |keys: &[StoredKey], alg| keys.iter().any(|key| key.alg == alg && key.row.state == SigningKeyState::Active);
    let missing: Vec<_> = parts.options.encryption.iter().copied().filter(|alg| !signs(&keys, *alg)).collect();
    if !missing.is_empty() {
        let mut batch = Batch::new();
        for alg in missing {
            batch.insert_signing_key(&generate(parts, alg).await?);
        }
        match parts.store.write(batch).await {
            Ok(()) | Err(WriteError::Conflict(_)) => {}
            Err(fault) => return Err(fault.into()),
        }
        keys = read(parts).await?;
    }
    let is_published =
        |key: &&StoredKey| key.row.state == SigningKeyState::Active && parts.options.encryption.contains(&key.alg);
    Ok(EncryptionKeys {
        published: keys.iter().filter(is_published).map(|key| key.key.public_jwk()).collect(),
        opening: keys.into_iter().map(|key| key.key).collect(),
    })
}

async fn read(parts: &Parts<'_>) -> Result<Vec<StoredKey>, KeyFault> {
    let mut keys = Vec::new();
    for mut row in parts.store.all_signing_keys().await?.into_iter().filter(|row| row.set_name == SET) {
        let json = parts.seal.open_bytes(kinds::ENCRYPTION_KEY, &row.body).ok_or_else(|| {
            KeyFault::Key(format!(
                "the encryption keys in the database were sealed with another secret; add it to the end of \
                 secrets.system (key set {SET})"
            ))
        })?;
        reseal(parts, &mut row, &json).await?;
        let jwk: Jwk = serde_json::from_slice(&json).map_err(fault)?;
        let alg = jwk.alg.as_deref().and_then(KeyManagement::parse);
        let alg = alg.ok_or_else(|| KeyFault::Key(format!("the key {} of set {SET} opens nothing", row.kid)))?;
        let parsed = tokio::task::spawn_blocking(move || DecryptionKey::from_jwk(&jwk)).await.map_err(fault)?;
        keys.push(StoredKey { row, alg, key: parsed.map_err(fault)? });
    }
    Ok(keys)
}

/// Under the newest secret, as signing keys are.
async fn reseal(parts: &Parts<'_>, row: &mut Row, json: &[u8]) -> Result<(), KeyFault> {
    if !parts.seal.has_older_secrets() || parts.seal.is_newest(kinds::ENCRYPTION_KEY, &row.body) {
        return Ok(());
    }
    let body = parts.seal.seal_bytes(kinds::ENCRYPTION_KEY, json);
    match parts.store.reseal_signing_key(row, body.clone()).await {
        Ok(()) => row.body = body,
        Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => {}
        Err(fault) => return Err(fault.into()),
    }
    Ok(())
}

async fn generate(parts: &Parts<'_>, alg: KeyManagement) -> Result<Row, KeyFault> {
    let kid = identifiers::uuid(parts.rng);
    let made = tokio::task::spawn_blocking(move || DecryptionKey::generate(alg, kid)).await.map_err(fault)?;
    let key = made.map_err(fault)?;
    let json = serde_json::to_vec(&key.to_private_jwk()).map_err(fault)?;
    let now = parts.clock.now();
    Ok(Row {
        set_name: SET.to_owned(),
        kid: key.kid().to_owned(),
        state: SigningKeyState::Active,
        created_at: now,
        activates_at: now,
        retires_at: None,
        body: parts.seal.seal_bytes(kinds::ENCRYPTION_KEY, &json),
    })
}

/// Takes the steps that are due: a key that has grown old, or is of a kind that is not wanted any more, retires, and one
/// that nobody can have kept is forgotten. Whatever is missing then is made when the keys are read again.
pub(super) async fn take_due_steps(context: &Context) -> Result<(), KeyFault> {
    let parts = Parts::of(context);
    let now = context.clock.now();
    let period = parts.options.rotation_period_seconds;
    for StoredKey { row, alg, .. } in read(&parts).await? {
        let wanted = parts.options.encryption.contains(&alg);
        let old = period > 0 && row.activates_at.saturating_add(period) <= now;
        let unwanted = !wanted && row.activates_at.saturating_add(SETTLED_AFTER) <= now;
        match row.state {
            SigningKeyState::Active if unwanted || (old && wanted) => {
                let mut batch = Batch::new();
                batch.change_signing_key(&row, &retired(&row, now));
                if wanted {
                    batch.insert_signing_key(&generate(&parts, alg).await?);
                }
                match context.store.write(batch).await {
                    // Another node has done it.
                    Ok(()) | Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => {}
                    Err(fault) => return Err(fault.into()),
                }
                trail::tell(&Event::KeyRetired { kid: &row.kid });
            }
            SigningKeyState::Retired
                if row.retires_at.is_some_and(|at| published_until(&context.config, at) <= now) =>
            {
                context.store.delete_signing_key(&row.set_name, &row.kid).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// The keys as an operator sees them, those that are published first.
pub(super) async fn keys(context: &Context) -> Result<Vec<Jwk>, KeyFault> {
    let mut keys = read(&Parts::of(context)).await?;
    keys.sort_by_key(|key| key.row.state != SigningKeyState::Active);
    Ok(keys.into_iter().map(|key| key.key.to_private_jwk()).collect())
}

/// Deletes a key or, without a `kid`, all of them. What was encrypted with it is never opened again, and new ones take their
/// places.
pub(super) async fn delete(context: &Context, kid: Option<&str>) -> Result<(), ApiError> {
    let _turn = context.keys.turn.lock().await;
    match kid {
        Some(kid) => context.store.delete_signing_key(SET, kid).await.map(drop)?,
        None => context.store.delete_signing_keys(SET).await.map(drop)?,
    }
    super::reload(context).await?;
    Ok(())
}

fn fault(fault: impl std::fmt::Display) -> KeyFault {
    KeyFault::Key(fault.to_string())
}

/// What is inside a message for this server. A key that is not known may be one that another node has just made: the keys
/// are read again then, at most every few seconds, as anybody can send such a message.
pub async fn open(context: &Context, message: &Jwe) -> Result<Vec<u8>, JweError> {
    let opened = message.decrypt_with(&context.keys.current().encryption.opening);
    if opened != Err(JweError::NoMatchingKey) || !context.keys.may_look_again(context.clock.now()) {
        return opened;
    }
    let _turn = context.keys.turn.lock().await;
    if super::reload(context).await.is_err() {
        return opened;
    }
    message.decrypt_with(&context.keys.current().encryption.opening)
}
