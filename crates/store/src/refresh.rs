//! Branches of refresh tokens (RFC 6749 §6, RFC 9700 §4.14.2). A refresh token names its grant, a branch and a
//! generation. Rotating a generation moves its branch on by one, in one conditional statement. When a token that was used
//! may be used again, the repetition begins a branch of its own, with its own generations, so that what two tabs were
//! given never collides. The first branch (0) is part of the grant's row; a row is written for further ones only.
//!
//! What was never shown is in no branch's past; a token from a branch's past was used before. Whether that is forgiven is
//! the server's business; the times of the last rotations are kept for it.

use symbolon_types::GrantId;

use crate::batch::{Batch, Condition, Expect};
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::{Row, Value};

/// Most branches of a grant besides the first; beyond, the one that was used longest ago is forgotten.
pub const MOST_BRANCHES: i64 = 32;
/// Most rotations whose times are kept.
pub const MOST_ROTATIONS: usize = 32;

/// One branch of a grant's refresh tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branch {
    /// Its number; 0 is the first one.
    pub number: i64,
    /// Which generation is current, counted from 0.
    pub generation: i64,
    /// When the last rotations happened, the newest first, in Unix seconds: the first entry is the first use of
    /// generation `generation - 1`. Older ones are left out.
    pub rotations: Vec<i64>,
    /// Whether anything of the current generation was used.
    pub successor_seen: bool,
}

impl Branch {
    /// When a generation of the past was used first; `None` when that is so long ago that nobody kept it.
    pub fn first_use_of(&self, generation: i64) -> Option<i64> {
        let place = usize::try_from(self.generation.checked_sub(generation)?.checked_sub(1)?).ok()?;
        self.rotations.get(place).copied()
    }

    /// The times to keep after a rotation at `now`: those of the last `kept_seconds`.
    fn rotations_after(&self, now: i64, kept_seconds: i64) -> Value {
        let recent = self.rotations.iter().copied().filter(|at| now.saturating_sub(*at) <= kept_seconds);
        let times = std::iter::once(now).chain(recent).take(MOST_ROTATIONS);
        Value::Blob(times.flat_map(i64::to_be_bytes).collect())
    }

    pub(crate) fn columns(&self) -> (Value, Value, Value) {
        let rotations = self.rotations.iter().flat_map(|at| at.to_be_bytes()).collect();
        (self.generation.into(), Value::Blob(rotations), i64::from(self.successor_seen).into())
    }

    /// Reads `generation`, `rotations` and `successor_seen`, which begin at `column`, as the first branch.
    pub(crate) fn from_row(row: &mut Row, column: usize) -> Result<Self, StoreError> {
        let bytes = row.take_blob(column + 1)?;
        let (times, rest) = bytes.as_chunks::<8>();
        if !rest.is_empty() {
            return Err(StoreError::Corrupt("the times of a refresh token's rotations".to_owned()));
        }
        Ok(Self {
            number: 0,
            generation: row.int(column)?,
            rotations: times.iter().map(|time| i64::from_be_bytes(*time)).collect(),
            successor_seen: row.int(column + 2)? != 0,
        })
    }
}

/// A rotation to be made.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// The grant.
    pub grant_id: GrantId,
    /// Now, in Unix seconds.
    pub now: i64,
    /// The grant lives until then at least.
    pub expires_at: i64,
    /// For how many seconds the time of this rotation is of interest.
    pub kept_seconds: i64,
}

const ROTATE_FIRST: &str = "UPDATE grants SET generation = generation + 1, rotations = $3, successor_seen = 0, \
    expires_at = CASE WHEN expires_at > $4 THEN expires_at ELSE $4 END \
    WHERE id = $1 AND generation = $2 AND code_redeemed_at IS NOT NULL AND revoked_at IS NULL";

const PROLONG: &str = "UPDATE grants SET expires_at = CASE WHEN expires_at > $2 THEN expires_at ELSE $2 END \
    WHERE id = $1 AND revoked_at IS NULL";

const ROTATE_OTHER: &str = "UPDATE refresh_branches SET generation = generation + 1, rotations = $4, \
    successor_seen = 0, used_at = $5 WHERE grant_id = $1 AND branch = $2 AND generation = $3";

// Together with the statement after it: the number of the new branch is the grant's count.
const COUNT_BRANCH: &str = "UPDATE grants SET branches = branches + 1, \
    expires_at = CASE WHEN expires_at > $2 THEN expires_at ELSE $2 END WHERE id = $1 AND revoked_at IS NULL";

const REPEATED_LESS_OFTEN: &str = "SELECT 1 WHERE (SELECT count(*) FROM refresh_branches WHERE grant_id = $1 \
    AND parent_branch = $2 AND parent_generation = $3) < $4";

const BEGIN: &str = "INSERT INTO refresh_branches \
    (grant_id, branch, parent_branch, parent_generation, generation, rotations, successor_seen, used_at) \
    SELECT id, branches, $2, $3, 0, $4, 0, $5 FROM grants WHERE id = $1";

const FORGET_OLDEST: &str = "DELETE FROM refresh_branches WHERE grant_id = $1 AND branch IN \
    (SELECT branch FROM refresh_branches WHERE grant_id = $1 ORDER BY used_at DESC, branch DESC LIMIT 1000 OFFSET $2)";

const SELECT: &str =
    "SELECT generation, rotations, successor_seen FROM refresh_branches WHERE grant_id = $1 AND branch = $2";

const SEEN_FIRST: &str =
    "UPDATE grants SET successor_seen = 1 WHERE id = $1 AND generation = $2 AND successor_seen = 0";

const SEEN_OTHER: &str = "UPDATE refresh_branches SET successor_seen = 1 \
    WHERE grant_id = $1 AND branch = $3 AND generation = $2 AND successor_seen = 0";

const NUMBER: &str = "SELECT branches FROM grants WHERE id = $1";

impl Store {
    /// A branch besides the first; `None` when the grant has none of this number, or has it no more.
    pub async fn refresh_branch(&self, grant_id: GrantId, number: i64) -> Result<Option<Branch>, StoreError> {
        let mut rows = self.read(SELECT, vec![grant_id.into(), number.into()]).await?;
        let Some(row) = rows.first_mut() else { return Ok(None) };
        Ok(Some(Branch { number, ..Branch::from_row(row, 0)? }))
    }

    /// Moves a branch on to its next generation. Unmet [`Condition::Generation`] when it has moved on meanwhile, or the
    /// grant was revoked.
    pub async fn rotate(&self, branch: &Branch, rotation: Rotation) -> Result<(), WriteError> {
        let Rotation { grant_id, now, expires_at, kept_seconds } = rotation;
        let rotations = branch.rotations_after(now, kept_seconds);
        let mut batch = Batch::new();
        if branch.number == 0 {
            let params = vec![grant_id.into(), branch.generation.into(), rotations, expires_at.into()];
            batch.add(Condition::Generation, ROTATE_FIRST, params, Expect::OneRow);
        } else {
            let params = vec![grant_id.into(), branch.number.into(), branch.generation.into(), rotations, now.into()];
            batch.add(Condition::Generation, PROLONG, vec![grant_id.into(), expires_at.into()], Expect::OneRow).add(
                Condition::Generation,
                ROTATE_OTHER,
                params,
                Expect::OneRow,
            );
        }
        self.execute(batch).await.map(drop)
    }

    /// Begins a branch for a token of `generation` in branch `parent` that is used once more; answers its number. Unmet
    /// [`Condition::Repetition`] when that happened `most` times before (0: any number), [`Condition::Generation`] when
    /// the grant was revoked.
    pub async fn begin_branch(
        &self,
        parent: &Branch,
        generation: i64,
        most: u32,
        rotation: Rotation,
    ) -> Result<i64, WriteError> {
        let Rotation { grant_id, now, expires_at, .. } = rotation;
        let mut batch = Batch::new();
        batch.add(Condition::Generation, COUNT_BRANCH, vec![grant_id.into(), expires_at.into()], Expect::OneRow);
        if most > 0 {
            let params = vec![grant_id.into(), parent.number.into(), generation.into(), most.into()];
            batch.add(Condition::Repetition, REPEATED_LESS_OFTEN, params, Expect::OneRow);
        }
        let begun = vec![grant_id.into(), parent.number.into(), generation.into(), Value::Blob(Vec::new()), now.into()];
        batch
            .add(Condition::Generation, BEGIN, begun, Expect::OneRow)
            .add(Condition::Generation, FORGET_OLDEST, vec![grant_id.into(), MOST_BRANCHES.into()], Expect::Any)
            .add(Condition::Generation, NUMBER, vec![grant_id.into()], Expect::OneRow);
        let answers = self.execute(batch).await?;
        let number = answers.last().and_then(|answer| answer.rows.first()).map(|row| row.int(0)).transpose()?;
        number.ok_or_else(|| StoreError::Corrupt("a branch has no number".to_owned()).into())
    }

    /// Notes that something of the current generation of a branch was used.
    pub async fn mark_successor_seen(&self, grant_id: GrantId, branch: i64, generation: i64) -> Result<(), StoreError> {
        let mut params = vec![grant_id.into(), generation.into()];
        let sql = if branch == 0 {
            SEEN_FIRST
        } else {
            params.push(branch.into());
            SEEN_OTHER
        };
        self.change_any(|batch| batch.add(Condition::Generation, sql, params, Expect::Any)).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::Branch;

    #[test]
    fn the_past_of_a_branch_is_known_as_far_as_it_was_kept() {
        let branch = Branch { generation: 5, rotations: vec![50, 40, 30], ..Branch::default() };
        let known: Vec<_> = (0..7).map(|generation| branch.first_use_of(generation)).collect();
        assert_eq!(known, [None, None, Some(30), Some(40), Some(50), None, None]);
    }
}
