//! Rotation at an operator's request: the same steps as those that time brings, begun now.

use symbolon_jose::Algorithm;
use symbolon_store::{Batch, SigningKeyState};

use super::incoming::{self, MOST_KEYS};
use super::rotation::{self, Line, Succession, Takeover};
use super::set::SetName;
use super::stored::{self, Parts, StoredKey};
use crate::audit::Event;
use crate::context::Context;
use crate::error::ApiError;
use crate::trail;

/// How often a rotation is begun anew when other nodes change the same keys meanwhile. Each time that one is beaten,
/// another one was made, so there are as many as rotations that anybody asks for at once.
pub(super) const ATTEMPTS: usize = 64;

/// What an operator asks for.
pub struct Rotation {
    /// In one set only.
    pub set: Option<SetName>,
    /// For one algorithm only.
    pub algorithm: Option<Algorithm>,
    /// When the new keys begin to sign.
    pub takeover: Takeover,
    /// What the new key is called; a name is chosen where there is none. For one set and algorithm only.
    pub kid: Option<String>,
}

/// A new key, and what becomes of those that it replaces.
pub struct RotatedKey {
    /// Its set.
    pub set: SetName,
    /// Its algorithm.
    pub algorithm: Algorithm,
    /// Its name.
    pub kid: String,
    /// Whether it signs already.
    pub signs: bool,
    /// From when it signs, in Unix seconds.
    pub activates_at: i64,
    /// The keys that it replaces.
    pub replaced: Vec<ReplacedKey>,
}

/// A key that is replaced.
pub struct ReplacedKey {
    /// Its name.
    pub kid: String,
    /// From when it signs no more, in Unix seconds.
    pub retires_at: i64,
    /// Until when it stays published, in Unix seconds.
    pub published_until: i64,
}

/// Makes new keys, all of them or none. This node uses what has changed at once, others when they look at the database
/// again. A key that is waiting for its time already is not followed by a second one.
pub async fn rotate(context: &Context, rotation: &Rotation) -> Result<Vec<RotatedKey>, ApiError> {
    let lines = lines(context, rotation)?;
    let _turn = context.keys.turn.lock().await;
    rotation::take_due_steps(context).await?;
    for _ in 0..ATTEMPTS {
        let keys = stored::read(&Parts::of(context)).await?;
        check_room(rotation, &keys)?;
        let (mut batch, mut rotated) = (Batch::new(), Vec::new());
        for (set, algorithm) in &lines {
            let line = Line::of(*set, *algorithm, &keys);
            let succession =
                rotation::succeed(context, &line, (rotation.takeover, rotation.kid.clone()), &mut batch).await?;
            rotated.push(describe(context, &line, succession));
        }
        if rotation::write(context, batch).await? {
            super::reload(context).await?;
            for key in &rotated {
                let (kid, set, algorithm) = (&key.kid, key.set.short(), key.algorithm.as_str());
                trail::tell(&Event::KeyRotated { set, kid, algorithm });
            }
            return Ok(rotated);
        }
    }
    Err(busy())
}

/// Other nodes were faster each time.
pub(super) fn busy() -> ApiError {
    ApiError::new(
        http::StatusCode::CONFLICT,
        "Conflict",
        "Other nodes are changing the signing keys at the same time. Try again.",
    )
}

/// A key that gets a name must not have that of another one, in either set: both are published together. And what is
/// published has an end.
fn check_room(rotation: &Rotation, keys: &[StoredKey]) -> Result<(), ApiError> {
    if rotation.kid.as_ref().is_some_and(|kid| keys.iter().any(|key| key.row.kid == *kid)) {
        return Err(ApiError::conflict());
    }
    let most = usize::try_from(MOST_KEYS).unwrap_or(usize::MAX);
    let full = |set: &SetName| keys.iter().filter(|key| key.set == *set).count() >= most;
    if SetName::ALL.iter().any(full) { Err(incoming::full()) } else { Ok(()) }
}

/// The sets and algorithms that are asked for; an error names what there is.
fn lines(context: &Context, rotation: &Rotation) -> Result<Vec<(SetName, Algorithm)>, ApiError> {
    let options = &context.config.symbolon.keys;
    let sets = SetName::ALL.into_iter().filter(|set| rotation.set.is_none_or(|wanted| wanted == *set));
    let there: Vec<_> =
        sets.flat_map(|set| set.algorithms(options).into_iter().map(move |algorithm| (set, algorithm))).collect();
    let wanted = |line: &&(SetName, Algorithm)| rotation.algorithm.is_none_or(|wanted| wanted == line.1);
    let lines: Vec<_> = there.iter().filter(wanted).copied().collect();
    if lines.is_empty() {
        let mut names: Vec<&str> = Vec::new();
        for (_, algorithm) in &there {
            if !names.contains(&algorithm.as_str()) {
                names.push(algorithm.as_str());
            }
        }
        let hint = format!("There are no keys of this 'alg': it must be one of {}.", names.join(", "));
        return Err(ApiError::malformed(hint));
    }
    Ok(lines)
}

fn describe(context: &Context, line: &Line<'_>, succession: Succession) -> RotatedKey {
    let Succession { key, replaced } = succession;
    let replaced = replaced.into_iter().map(|old| {
        let retires_at = old.retires_at.unwrap_or(key.activates_at);
        ReplacedKey {
            kid: old.kid,
            retires_at,
            published_until: rotation::published_until(&context.config, retires_at),
        }
    });
    RotatedKey {
        set: line.set,
        algorithm: line.algorithm,
        signs: key.state == SigningKeyState::Active,
        activates_at: key.activates_at,
        replaced: replaced.collect(),
        kid: key.kid,
    }
}
