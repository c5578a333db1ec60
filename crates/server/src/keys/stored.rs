//! Keys in the database: a private JWK, sealed, one row per key. Two nodes that start on an empty database at once may
//! both make keys; both sets of keys are valid, are published by both nodes, and the newest of them signs.

use symbolon_jose::{Algorithm, Jwk, Rng, SigningKey, digest};
use symbolon_store::{Batch, SigningKey as Row, SigningKeyState, Store, WriteError};

use super::encryption;
use super::fault::KeyFault;
use super::named_set;
use super::set::{KeySet, KeySets, SetName};
use crate::clock::Clock;
use crate::config::SigningKeys;
use crate::context::Context;
use crate::identifiers;
use crate::seal::{Seal, kinds};

/// What loading needs; the context does not exist yet at start.
pub struct Parts<'a> {
    /// Holds the rows, which other processes change too.
    pub store: &'a Store,
    /// Opens the rows.
    pub seal: &'a Seal,
    /// Says which keys are due.
    pub clock: &'a Clock,
    /// Names new keys.
    pub rng: &'a Rng,
    /// Which algorithms.
    pub options: &'a SigningKeys,
    /// Which sets of administrators are published besides ours.
    pub published_sets: &'a [String],
}

impl<'a> Parts<'a> {
    /// Those of a running server.
    pub fn of(context: &'a Context) -> Self {
        Self {
            store: &context.store,
            seal: &context.seal,
            clock: &context.clock,
            rng: &context.rng,
            options: &context.config.symbolon.keys,
            published_sets: &context.config.webfinger.broadcast_keys,
        }
    }
}

/// A key as it stands in the database, opened.
pub(super) struct StoredKey {
    pub(super) row: Row,
    pub(super) set: SetName,
    pub(super) algorithm: Algorithm,
    pub(super) jwk: Jwk,
}

/// Which key is to be made.
pub(super) struct NewKey {
    pub(super) set: SetName,
    pub(super) algorithm: Algorithm,
    /// From when it signs; until then it is only published. `None` is at once.
    pub(super) activates_at: Option<i64>,
    /// Its name; one is chosen where there is none.
    pub(super) kid: Option<String>,
}

/// Reads both sets and makes what is missing.
pub(super) async fn load_or_create(parts: &Parts<'_>) -> Result<KeySets, KeyFault> {
    let mut keys = read(parts).await?;
    let mut missing = missing(parts.options, &keys);
    if !missing.is_empty() {
        let mut batch = Batch::new();
        for new in missing.drain(..) {
            batch.insert_signing_key(&generate(parts, new).await?);
        }
        match parts.store.write(batch).await {
            Ok(()) | Err(WriteError::Conflict(_)) => {}
            Err(fault) => return Err(fault.into()),
        }
        keys = read(parts).await?;
    }
    let published = named_set::published_rows(parts).await?;
    let mut sets = parse(parts.options.clone(), keys).await?;
    sets.published = named_set::public_keys(parts.seal, &published)?;
    sets.fingerprint.extend(named_set::fingerprint(&published));
    sets.encryption = encryption::load_or_create(parts).await?;
    sets.fingerprint.extend(encryption::fingerprint(&parts.store.all_signing_keys().await?));
    Ok(sets)
}

/// The keys of both sets, set by set, the newest first.
pub(super) async fn read(parts: &Parts<'_>) -> Result<Vec<StoredKey>, KeyFault> {
    let mut keys = Vec::new();
    for mut row in parts.store.all_signing_keys().await? {
        let Some(set) = SetName::of(&row.set_name) else { continue };
        let json = parts.seal.open_bytes(kinds::SIGNING_KEY, &row.body).ok_or_else(|| {
            KeyFault::Key(format!(
                "the signing keys in the database were sealed with another secret; add it to the end of \
                 secrets.system (key set {set})",
                set = set.as_str()
            ))
        })?;
        reseal(parts, &mut row, &json).await?;
        let jwk: Jwk = serde_json::from_slice(&json).map_err(|fault| KeyFault::Key(fault.to_string()))?;
        let algorithm = jwk
            .signature_algorithm()
            .ok_or_else(|| KeyFault::Key(format!("the key {} of set {} does not sign", row.kid, row.set_name)))?;
        keys.push(StoredKey { row, set, algorithm, jwk });
    }
    Ok(keys)
}

/// Seals a key again under the newest secret where there are older ones, so that these can be retired once the server has
/// started with the new one.
async fn reseal(parts: &Parts<'_>, row: &mut Row, json: &[u8]) -> Result<(), KeyFault> {
    if !parts.seal.has_older_secrets() || parts.seal.is_newest(kinds::SIGNING_KEY, &row.body) {
        return Ok(());
    }
    let body = parts.seal.seal_bytes(kinds::SIGNING_KEY, json);
    match parts.store.reseal_signing_key(row, body.clone()).await {
        Ok(()) => row.body = body,
        // Another node has done it, or the key is gone.
        Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => {}
        Err(fault) => return Err(fault.into()),
    }
    Ok(())
}

/// What tells whether the keys in the database are still those that were read.
pub(super) async fn fingerprint(parts: &Parts<'_>) -> Result<Vec<u8>, KeyFault> {
    let own = parts.store.all_signing_keys().await?;
    let mut fingerprint = fingerprint_of(own.iter().filter(|row| SetName::of(&row.set_name).is_some()));
    fingerprint.extend(named_set::fingerprint(&named_set::published_rows(parts).await?));
    fingerprint.extend(encryption::fingerprint(&own));
    Ok(fingerprint)
}

fn fingerprint_of<'r>(rows: impl Iterator<Item = &'r Row>) -> Vec<u8> {
    let mut text = Vec::new();
    for row in rows {
        text.extend_from_slice(format!("{} {} {:?} ", row.set_name, row.kid, row.state).as_bytes());
        text.extend_from_slice(&digest::sha256(&row.body));
    }
    digest::sha256(&text).to_vec()
}

/// Which algorithms have no key that signs.
fn missing(options: &SigningKeys, keys: &[StoredKey]) -> Vec<NewKey> {
    let signs = |set: SetName, algorithm: Algorithm| {
        keys.iter().any(|key| key.set == set && key.algorithm == algorithm && key.row.state == SigningKeyState::Active)
    };
    let needed = SetName::ALL.into_iter().flat_map(|set| {
        set.algorithms(options).into_iter().map(move |algorithm| NewKey {
            set,
            algorithm,
            activates_at: None,
            kid: None,
        })
    });
    needed.filter(|new| !signs(new.set, new.algorithm)).collect()
}

/// Makes a key, ready to be inserted. RSA keys take time, so they are made beside the async threads.
pub(super) async fn generate(parts: &Parts<'_>, new: NewKey) -> Result<Row, KeyFault> {
    let kid = new.kid.unwrap_or_else(|| identifiers::uuid(parts.rng));
    let made = tokio::task::spawn_blocking(move || SigningKey::generate(new.algorithm, kid)).await;
    let key = made.map_err(|fault| KeyFault::Key(fault.to_string()))?;
    let key = key.map_err(|fault| KeyFault::Key(fault.to_string()))?;
    let json = serde_json::to_vec(&key.to_private_jwk()).map_err(|fault| KeyFault::Key(fault.to_string()))?;
    let now = parts.clock.now();
    Ok(Row {
        set_name: new.set.as_str().to_owned(),
        kid: key.kid().to_owned(),
        state: if new.activates_at.is_some() { SigningKeyState::Pending } else { SigningKeyState::Active },
        created_at: now,
        activates_at: new.activates_at.unwrap_or(now),
        retires_at: None,
        body: parts.seal.seal_bytes(kinds::SIGNING_KEY, &json),
    })
}

/// Parses what was read. RSA keys are checked, which takes time, so this happens beside the async threads as well.
async fn parse(options: SigningKeys, keys: Vec<StoredKey>) -> Result<KeySets, KeyFault> {
    let parsed = tokio::task::spawn_blocking(move || {
        let fingerprint = fingerprint_of(keys.iter().map(|key| &key.row));
        let id_token = parse_set(&options, SetName::IdToken, &keys)?;
        let access_token = parse_set(&options, SetName::AccessToken, &keys)?;
        Ok::<_, KeyFault>(KeySets::new(options.signing_algorithm, id_token, access_token, fingerprint))
    });
    let parsed = parsed.await.map_err(|fault| KeyFault::Key(fault.to_string()))??;
    parsed
        .ok_or_else(|| KeyFault::Key("there is no active signing key; delete the key set to have one made".to_owned()))
}

/// A key of an algorithm that is not offered any more signs nothing, whatever its state.
fn parse_set(options: &SigningKeys, set: SetName, keys: &[StoredKey]) -> Result<KeySet, KeyFault> {
    let algorithms = set.algorithms(options);
    let (mut signing, mut published) = (Vec::new(), Vec::new());
    for stored in keys.iter().filter(|key| key.set == set) {
        let key = SigningKey::from_jwk(&stored.jwk).map_err(|fault| KeyFault::Key(fault.to_string()))?;
        let signs = stored.row.state == SigningKeyState::Active && algorithms.contains(&stored.algorithm);
        if signs { signing.push(key) } else { published.push(key) }
    }
    Ok(KeySet::new(options.signing_algorithm, signing, &published))
}
