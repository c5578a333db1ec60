//! Rotation: a new key is published ahead of its use, so that every cache of the key set knows it when it begins to sign;
//! the old one stays published until nothing that it signed counts any more. Each step is one batch, whose conditions are
//! the states that it was decided on, so several nodes may do this at once: one of them changes something, the others
//! find that it has been done.

use symbolon_jose::Algorithm;
use symbolon_store::{Batch, SigningKey as Row, SigningKeyState, WriteError};

use super::fault::KeyFault;
use super::set::SetName;
use super::stored::{self, NewKey, Parts, StoredKey};
use crate::audit::Event;
use crate::config::Config;
use crate::context::Context;
use crate::trail;

/// How long a new key is published before it signs, in seconds, at most.
const PUBLISHED_AHEAD: i64 = 24 * 3600;
/// How long a key is published after it signed last, besides the lifetime of what it signed: 30 days, as ID tokens are
/// used as hints after they have expired.
const PUBLISHED_AFTER: i64 = 30 * 24 * 3600;

/// When a new key begins to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takeover {
    /// When it has been published long enough for every cache to know it.
    AfterPublication,
    /// At once. Whoever keeps the key set in a cache does not know it at first.
    Immediate,
}

/// A key that follows others.
pub(super) struct Succession {
    /// The new key, or the one that was waiting already.
    pub(super) key: Row,
    /// Those that it replaces, with the time at which they stop to sign.
    pub(super) replaced: Vec<Row>,
}

/// The keys of one set and algorithm, one of which signs.
pub(super) struct Line<'k> {
    pub(super) set: SetName,
    pub(super) algorithm: Algorithm,
    rows: Vec<&'k Row>,
}

impl<'k> Line<'k> {
    /// Those of `keys`.
    pub(super) fn of(set: SetName, algorithm: Algorithm, keys: &'k [StoredKey]) -> Self {
        let own = keys.iter().filter(|key| key.set == set && key.algorithm == algorithm);
        Self { set, algorithm, rows: own.map(|key| &key.row).collect() }
    }

    fn in_state(&self, state: SigningKeyState) -> impl Iterator<Item = &'k Row> + Clone + use<'_, 'k> {
        self.rows.iter().copied().filter(move |row| row.state == state)
    }
}

/// Takes every step that is due.
pub(super) async fn take_due_steps(context: &Context) -> Result<(), KeyFault> {
    let keys = stored::read(&Parts::of(context)).await?;
    let mut seen: Vec<(SetName, Algorithm)> = Vec::new();
    for key in &keys {
        if seen.contains(&(key.set, key.algorithm)) {
            continue;
        }
        seen.push((key.set, key.algorithm));
        let line = Line::of(key.set, key.algorithm, &keys);
        if key.set.algorithms(&context.config.symbolon.keys).contains(&key.algorithm) {
            activate(context, &line).await?;
            announce(context, &line).await?;
        } else {
            withdraw(context, &line).await?;
        }
        remove(context, &line).await?;
    }
    Ok(())
}

/// Adds to a batch what gives the line a new key. A key that waits for its time already is the new one, unless one is to
/// sign at once: then it may have been stolen together with the key that signs, and retires like that one.
pub(super) async fn succeed(
    context: &Context,
    line: &Line<'_>,
    (takeover, kid): (Takeover, Option<String>),
    batch: &mut Batch,
) -> Result<Succession, KeyFault> {
    let now = context.clock.now();
    let (active, pending) = (line.in_state(SigningKeyState::Active), line.in_state(SigningKeyState::Pending));
    let until = |at: i64| move |row: &Row| Row { retires_at: Some(at), ..row.clone() };
    let (before, after, activates_at): (Vec<&Row>, Vec<Row>, _) = match (takeover, pending.clone().next()) {
        (Takeover::AfterPublication, Some(next)) => {
            let replaced = active.map(until(next.activates_at)).collect();
            return Ok(Succession { key: next.clone(), replaced });
        }
        // Without a key that signs there is nothing to wait for.
        (Takeover::AfterPublication, None) if active.clone().next().is_some() => {
            let at = now.saturating_add(published_ahead(&context.config));
            (active.clone().collect(), active.map(until(at)).collect(), Some(at))
        }
        _ => {
            let all = active.chain(pending);
            (all.clone().collect(), all.map(|row| retired(row, now)).collect(), None)
        }
    };
    for (before, after) in before.iter().zip(&after) {
        batch.change_signing_key(before, after);
    }
    let new = NewKey { set: line.set, algorithm: line.algorithm, activates_at, kid };
    let key = stored::generate(&Parts::of(context), new).await?;
    batch.insert_signing_key(&key);
    Ok(Succession { key, replaced: after })
}

/// How long a new key is published before it signs, in seconds.
fn published_ahead(config: &Config) -> i64 {
    match config.symbolon.keys.rotation_period_seconds {
        0 => PUBLISHED_AHEAD,
        period => PUBLISHED_AHEAD.min(period / 4),
    }
}

/// Until when a key is published that signs no more since `retired_at`.
pub(super) fn published_until(config: &Config, retired_at: i64) -> i64 {
    let longest = config.ttl.id_token.max(config.ttl.access_token);
    retired_at.saturating_add(PUBLISHED_AFTER).saturating_add(longest)
}

/// A pending key whose time has come signs from now on, and those that signed before retire.
async fn activate(context: &Context, line: &Line<'_>) -> Result<(), KeyFault> {
    let now = context.clock.now();
    let Some(next) = line.in_state(SigningKeyState::Pending).find(|row| row.activates_at <= now) else {
        return Ok(());
    };
    let mut batch = Batch::new();
    batch.change_signing_key(next, &Row { state: SigningKeyState::Active, ..next.clone() });
    for old in line.in_state(SigningKeyState::Active) {
        batch.change_signing_key(old, &retired(old, now));
    }
    if write(context, batch).await? {
        trail::tell(&Event::KeyActivated { kid: &next.kid });
    }
    Ok(())
}

/// A key that will soon be old enough gets a successor, which is published at once.
async fn announce(context: &Context, line: &Line<'_>) -> Result<(), KeyFault> {
    let period = context.config.symbolon.keys.rotation_period_seconds;
    let waits = line.in_state(SigningKeyState::Pending).next().is_some();
    let newest = line.in_state(SigningKeyState::Active).map(|row| row.activates_at).max();
    let Some(newest) = newest.filter(|_| period > 0 && !waits) else { return Ok(()) };
    let due_at = newest.saturating_add(period).saturating_sub(published_ahead(&context.config));
    if context.clock.now() < due_at {
        return Ok(());
    }
    let mut batch = Batch::new();
    let succession = succeed(context, line, (Takeover::AfterPublication, None), &mut batch).await?;
    if write(context, batch).await? {
        let kid = succession.key.kid;
        trail::tell(&Event::KeyAnnounced { kid: &kid });
    }
    Ok(())
}

/// Keys of an algorithm that is not offered any more retire. A key that signs since less than a day stays: nodes that
/// still have the former configuration would make another one at every turn.
async fn withdraw(context: &Context, line: &Line<'_>) -> Result<(), KeyFault> {
    let now = context.clock.now();
    let mut batch = Batch::new();
    let settled = |row: &&Row| row.activates_at.saturating_add(PUBLISHED_AHEAD) <= now;
    let active = line.in_state(SigningKeyState::Active).filter(settled);
    for old in active.chain(line.in_state(SigningKeyState::Pending)) {
        batch.change_signing_key(old, &retired(old, now));
    }
    if !batch.is_empty() && write(context, batch).await? {
        let algorithm = line.algorithm.as_str();
        trail::tell(&Event::KeysWithdrawn { algorithm });
    }
    Ok(())
}

/// A retired key is forgotten when nothing that it signed can count any more.
async fn remove(context: &Context, line: &Line<'_>) -> Result<(), KeyFault> {
    let now = context.clock.now();
    for old in line.in_state(SigningKeyState::Retired) {
        if old.retires_at.is_some_and(|at| published_until(&context.config, at) <= now) {
            context.store.delete_signing_key(&old.set_name, &old.kid).await?;
        }
    }
    Ok(())
}

pub(super) fn retired(row: &Row, now: i64) -> Row {
    Row { state: SigningKeyState::Retired, retires_at: Some(now), ..row.clone() }
}

/// Writes a batch, and tells whether it was written. When its conditions are not met, another node was faster.
pub(super) async fn write(context: &Context, batch: Batch) -> Result<bool, KeyFault> {
    if batch.is_empty() {
        return Ok(true);
    }
    match context.store.write(batch).await {
        Ok(()) => Ok(true),
        Err(WriteError::Unmet(_) | WriteError::Conflict(_)) => Ok(false),
        Err(fault) => Err(fault.into()),
    }
}
