//! The signing keys as an operator sees them: which key does what, since when, and when the next one takes its place. All
//! times follow from the states in the database and the configuration of this node; nothing is changed by looking.

use symbolon_jose::Algorithm;
use symbolon_store::SigningKeyState;

use super::rotation;
use super::set::SetName;
use super::stored::{self, Parts};
use crate::context::Context;
use crate::error::ApiError;

/// A signing key and its times, in Unix seconds.
pub struct ListedKey {
    /// Its set.
    pub set: SetName,
    /// Its algorithm.
    pub algorithm: Algorithm,
    /// Its name.
    pub kid: String,
    /// What it is used for at present.
    pub state: SigningKeyState,
    /// When it was made or brought.
    pub created_at: i64,
    /// Its age in seconds.
    pub age: i64,
    /// From when it signs.
    pub activates_at: i64,
    /// From when it signs no more, where that is known already.
    pub retires_at: Option<i64>,
    /// Until when it stays published, where that is known already.
    pub published_until: Option<i64>,
    /// When another key takes the place of one that signs: of its own accord, or as it was announced. `None` where
    /// rotation is off, and for keys that do not sign.
    pub next_rotation_at: Option<i64>,
}

/// All signing keys, set by set, the newest first.
pub async fn list(context: &Context) -> Result<Vec<ListedKey>, ApiError> {
    let (config, now) = (&context.config, context.clock.now());
    let period = config.symbolon.keys.rotation_period_seconds;
    let keys = stored::read(&Parts::of(context)).await?;
    let listed = keys.into_iter().map(|key| {
        let row = key.row;
        let by_age = (period > 0).then(|| row.activates_at.saturating_add(period));
        let signs = row.state == SigningKeyState::Active;
        ListedKey {
            set: key.set,
            algorithm: key.algorithm,
            state: row.state,
            created_at: row.created_at,
            age: now.saturating_sub(row.created_at).max(0),
            activates_at: row.activates_at,
            retires_at: row.retires_at,
            published_until: row.retires_at.map(|at| rotation::published_until(config, at)),
            next_rotation_at: row.retires_at.or(by_age).filter(|_| signs),
            kid: row.kid,
        }
    });
    Ok(listed.collect())
}
