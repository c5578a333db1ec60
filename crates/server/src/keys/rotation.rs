//! Rotation: a new key is published ahead of its use, so that every cache of the key set knows it when it begins to sign;
//! the old one stays published until nothing that it signed counts any more. Each step is a conditional statement on the
//! key's state, so several nodes may do this at once.

use symbolon_jose::Algorithm;
use symbolon_store::{Batch, SigningKey, SigningKeyState, WriteError};

use super::stored::{Parts, create};
use super::{ACCESS_TOKEN_SET, ID_TOKEN_SET};
use crate::context::Context;

/// How long a new key is published before it signs, in seconds, at most.
const PUBLISHED_AHEAD: i64 = 24 * 3600;
/// How long a key is published after it signed last, besides the lifetime of what it signed: 30 days, as ID tokens are
/// used as hints after they have expired.
const PUBLISHED_AFTER: i64 = 30 * 24 * 3600;

/// Takes every step that is due.
pub(super) async fn rotate(context: &Context) -> Result<(), String> {
    for set_name in [ID_TOKEN_SET, ACCESS_TOKEN_SET] {
        let rows = context.store.signing_keys(set_name).await.map_err(|fault| fault.to_string())?;
        let mut algorithms: Vec<Algorithm> =
            rows.iter().filter_map(|row| context.keys.algorithm_of(&row.kid)).collect();
        algorithms.sort_unstable_by_key(|algorithm| algorithm.as_str());
        algorithms.dedup();
        for algorithm in algorithms {
            let same = |row: &&SigningKey| context.keys.algorithm_of(&row.kid) == Some(algorithm);
            let keys: Vec<&SigningKey> = rows.iter().filter(same).collect();
            activate(context, &keys).await?;
            announce(context, set_name, algorithm, &keys).await?;
            remove(context, &keys).await?;
        }
    }
    Ok(())
}

/// A pending key whose time has come signs from now on, and those that signed before retire.
async fn activate(context: &Context, keys: &[&SigningKey]) -> Result<(), String> {
    let now = context.clock.now();
    let Some(next) = keys.iter().find(|key| key.state == SigningKeyState::Pending && key.activates_at <= now) else {
        return Ok(());
    };
    let mut batch = Batch::new();
    batch.move_signing_key(&next.set_name, &next.kid, SigningKeyState::Pending, SigningKeyState::Active);
    for old in keys.iter().filter(|key| key.state == SigningKeyState::Active) {
        let retired = SigningKey { state: SigningKeyState::Retired, retires_at: Some(now), ..(*old).clone() };
        batch.update_signing_key(&retired);
    }
    tracing::info!(target: "audit", event = "key_activated", kid = next.kid, "a signing key took over");
    tolerate(context.store.write(batch).await.map(drop))
}

/// A key that will soon be old enough gets a successor, which is published at once.
async fn announce(context: &Context, set_name: &str, algorithm: Algorithm, keys: &[&SigningKey]) -> Result<(), String> {
    let period = context.config.symbolon.keys.rotation_period_seconds;
    let pending = keys.iter().any(|key| key.state == SigningKeyState::Pending);
    let newest = keys.iter().filter(|key| key.state == SigningKeyState::Active).map(|key| key.activates_at).max();
    let Some(newest) = newest.filter(|_| period > 0 && !pending) else { return Ok(()) };
    let ahead = PUBLISHED_AHEAD.min(period / 4);
    let now = context.clock.now();
    if now < newest.saturating_add(period).saturating_sub(ahead) {
        return Ok(());
    }
    // One node makes the key; making two would do no harm, but RSA keys take time.
    let held = context.store.lease("key rotation", &context.node, now, now + 60).await;
    if !held.map_err(|fault| fault.to_string())? {
        return Ok(());
    }
    create(&Parts::of(context), set_name, vec![algorithm], Some(now.saturating_add(ahead))).await
}

/// A retired key is forgotten when nothing that it signed can count any more.
async fn remove(context: &Context, keys: &[&SigningKey]) -> Result<(), String> {
    let ttl = &context.config.ttl;
    let kept = PUBLISHED_AFTER.saturating_add(ttl.id_token.max(ttl.access_token));
    for old in keys.iter().filter(|key| key.state == SigningKeyState::Retired) {
        if old.retires_at.is_some_and(|at| at.saturating_add(kept) <= context.clock.now()) {
            let removed = context.store.delete_signing_key(&old.set_name, &old.kid).await;
            removed.map_err(|fault| fault.to_string())?;
        }
    }
    Ok(())
}

/// Another node that was faster has done the same.
fn tolerate(outcome: Result<(), WriteError>) -> Result<(), String> {
    match outcome {
        Ok(()) | Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => Ok(()),
        Err(fault) => Err(fault.to_string()),
    }
}
