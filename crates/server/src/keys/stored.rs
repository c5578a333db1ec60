//! Keys in the database: a private JWK, sealed, one row per key. Two nodes that start on an empty database at once may
//! both make keys; both sets of keys are valid, are published by both nodes, and the newest of them signs.

use std::fmt::Write as _;

use symbolon_jose::{Algorithm, Jwk, Rng, SigningKey};
use symbolon_store::{Batch, SigningKeyState, Store, WriteError};

use super::{ACCESS_TOKEN_SET, ID_TOKEN_SET, KeySet, Keys, OFFERED};
use crate::clock::Clock;
use crate::context::Context;
use crate::identifiers;
use crate::seal::{Seal, kinds};

/// What loading needs; the context does not exist yet at start.
pub struct Parts<'a> {
    /// Database.
    pub store: &'a Store,
    /// Opens the rows.
    pub seal: &'a Seal,
    /// Now.
    pub clock: &'a Clock,
    /// Names new keys.
    pub rng: &'a Rng,
    /// Configured algorithm.
    pub default: Algorithm,
}

impl<'a> Parts<'a> {
    /// Those of a running server.
    pub fn of(context: &'a Context) -> Self {
        Self {
            store: &context.store,
            seal: &context.seal,
            clock: &context.clock,
            rng: &context.rng,
            default: context.keys.default_algorithm(),
        }
    }
}

/// Reads both sets and makes what is missing.
pub async fn load_or_create(parts: &Parts<'_>) -> Result<Keys, String> {
    let id_token = load_set(parts, ID_TOKEN_SET).await?;
    let access_token = load_set(parts, ACCESS_TOKEN_SET).await?;
    let fingerprint = fingerprint(parts.store).await?;
    let keys = Keys::new(parts.default, id_token, access_token).map(|keys| keys.read_as(fingerprint));
    keys.ok_or_else(|| {
        format!("there is no active signing key for {}; delete the key set to have one made", parts.default)
    })
}

async fn load_set(parts: &Parts<'_>, set_name: &str) -> Result<KeySet, String> {
    let (mut active, mut retired) = read_set(parts, set_name).await?;
    let offered: &[Algorithm] = if set_name == ID_TOKEN_SET { &OFFERED } else { &[] };
    let mut missing: Vec<Algorithm> = Vec::new();
    for algorithm in offered.iter().copied().chain([parts.default]) {
        if !missing.contains(&algorithm) && !active.iter().any(|key| key.algorithm() == algorithm) {
            missing.push(algorithm);
        }
    }
    if !missing.is_empty() {
        create(parts, set_name, missing, None).await?;
        (active, retired) = read_set(parts, set_name).await?;
    }
    Ok(KeySet::new(parts.default, active, &retired))
}

type ActiveAndRetired = (Vec<SigningKey>, Vec<SigningKey>);

async fn read_set(parts: &Parts<'_>, set_name: &str) -> Result<ActiveAndRetired, String> {
    let rows = parts.store.signing_keys(set_name).await.map_err(|fault| fault.to_string())?;
    let (mut active, mut retired) = (Vec::new(), Vec::new());
    for row in rows {
        let json = parts.seal.open_bytes(kinds::SIGNING_KEY, &row.body).ok_or_else(|| {
            format!(
                "the signing keys in the database were sealed with another secret; add it to the end of \
                 secrets.system (key set {set_name})"
            )
        })?;
        rewrap(parts, &row, &json).await?;
        let jwk: Jwk = serde_json::from_slice(&json).map_err(|fault| fault.to_string())?;
        let key = SigningKey::from_jwk(&jwk).map_err(|fault| fault.to_string())?;
        match row.state {
            SigningKeyState::Active => active.push(key),
            SigningKeyState::Pending | SigningKeyState::Retired => retired.push(key),
        }
    }
    Ok((active, retired))
}

/// Seals a key again under the newest secret where there are older ones, so that these can be retired once the server has
/// started with the new one.
async fn rewrap(parts: &Parts<'_>, row: &symbolon_store::SigningKey, json: &[u8]) -> Result<(), String> {
    if !parts.seal.has_older_secrets() || parts.seal.is_newest(kinds::SIGNING_KEY, &row.body) {
        return Ok(());
    }
    let renewed = symbolon_store::SigningKey { body: parts.seal.seal_bytes(kinds::SIGNING_KEY, json), ..row.clone() };
    match parts.store.update_signing_key(&renewed).await {
        Ok(()) | Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => Ok(()),
        Err(fault) => Err(fault.to_string()),
    }
}

/// What tells whether the keys in the database are still those that were read: set, name and state of each.
pub async fn fingerprint(store: &Store) -> Result<Vec<u8>, String> {
    let rows = store.all_signing_keys().await.map_err(|fault| fault.to_string())?;
    let mut text = String::new();
    for row in rows {
        let _ = writeln!(text, "{} {} {:?}", row.set_name, row.kid, row.state);
    }
    Ok(text.into_bytes())
}

/// Makes one key per algorithm. RSA keys take time, so they are made beside the async threads.
/// With `activates_at` they are pending until then; without, they sign at once.
pub(super) async fn create(
    parts: &Parts<'_>,
    set_name: &str,
    algorithms: Vec<Algorithm>,
    activates_at: Option<i64>,
) -> Result<(), String> {
    let state = if activates_at.is_some() { SigningKeyState::Pending } else { SigningKeyState::Active };
    let mut batch = Batch::new();
    for algorithm in algorithms {
        let kid = identifiers::uuid(parts.rng);
        let key = tokio::task::spawn_blocking(move || SigningKey::generate(algorithm, kid))
            .await
            .map_err(|fault| fault.to_string())?
            .map_err(|fault| fault.to_string())?;
        let json = serde_json::to_vec(&key.to_private_jwk()).map_err(|fault| fault.to_string())?;
        batch.insert_signing_key(&symbolon_store::SigningKey {
            set_name: set_name.to_owned(),
            kid: key.kid().to_owned(),
            state,
            created_at: parts.clock.now(),
            activates_at: activates_at.unwrap_or_else(|| parts.clock.now()),
            retires_at: None,
            body: parts.seal.seal_bytes(kinds::SIGNING_KEY, &json),
        });
    }
    match parts.store.write(batch).await {
        Ok(_) | Err(WriteError::Conflict(_)) => Ok(()),
        Err(fault) => Err(fault.to_string()),
    }
}
