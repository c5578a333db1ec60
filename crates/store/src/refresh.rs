//! Refresh tokens (RFC 6749 §6, RFC 9700 §4.14.2). A refresh token names its grant, a branch and a generation. Rotating a
//! generation moves its branch on by one, in one conditional statement. When a token that was used may be used again, the
//! repetition begins a branch of its own, with its own generations, so that what two tabs were given never collides. The
//! first branch (0) is part of the grant's row; a row is written for further ones only, and their number is bounded.
//!
//! What was never shown is in no branch's past; a token from a branch's past was used before. Whether that is forgiven is
//! the server's business; the times of the last rotations are kept for it.

use symbolon_types::GrantId;

use crate::batch::{Batch, Condition, Expect};
use crate::branch::Branch;
use crate::error::{StoreError, WriteError};
use crate::store::Store;
use crate::value::Value;

/// Most branches of a grant besides the first.
pub const MOST_BRANCHES: i64 = 64;
/// A branch that was rotated is remembered for so many seconds after its last use at least: its past is what tells a
/// thief from the owner, and a thief must not be able to crowd it out.
const EVIDENCE_KEPT_SECONDS: i64 = 3600;

/// A rotation to be made.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The grant.
    pub grant_id: GrantId,
    /// Now, in Unix seconds.
    pub now: i64,
    /// The grant lives until then at least.
    pub expires_at: i64,
    /// For how many seconds the time of this rotation is of interest.
    pub kept_seconds: i64,
    /// What is changed with it, or not at all.
    pub beside: Batch,
}

/// How often a token of the past may be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeatable {
    /// Any number of times.
    Always,
    /// So many times.
    AtMost(u32),
    /// As long as nothing of its branch's current generation was used.
    UntilSuccessorSeen,
}

const ROTATE_FIRST: &str = "UPDATE grants SET generation = generation + 1, rotations = $3, successor_seen = 0, \
    expires_at = CASE WHEN expires_at > $4 THEN expires_at ELSE $4 END \
    WHERE id = $1 AND generation = $2 AND code_redeemed_at IS NOT NULL AND revoked_at IS NULL";

const PROLONG: &str = "UPDATE grants SET expires_at = CASE WHEN expires_at > $2 THEN expires_at ELSE $2 END \
    WHERE id = $1 AND revoked_at IS NULL";

const ROTATE_OTHER: &str = "UPDATE refresh_branches SET generation = generation + 1, rotations = $4, \
    successor_seen = 0, used_at = $5 WHERE grant_id = $1 AND branch = $2 AND generation = $3";

// Comes first and locks the grant, so that its branches begin one after the other. The new count is the new number.
const COUNT_BRANCH: &str = "UPDATE grants SET branches = branches + 1, \
    expires_at = CASE WHEN expires_at > $2 THEN expires_at ELSE $2 END WHERE id = $1 AND revoked_at IS NULL";

const REPEATED_LESS_OFTEN: &str = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM refresh_branches \
    WHERE grant_id = $1 AND parent_branch = $2 AND parent_generation = $3 AND repetition >= $4)";

const UNSEEN_FIRST: &str = "SELECT 1 FROM grants WHERE id = $1 AND generation = $2 AND successor_seen = 0";

const UNSEEN_OTHER: &str = "SELECT 1 FROM refresh_branches \
    WHERE grant_id = $1 AND generation = $2 AND successor_seen = 0 AND branch = $3 /* FOR SHARE */";

const BEGIN: &str = "INSERT INTO refresh_branches \
    (grant_id, branch, parent_branch, parent_generation, repetition, generation, rotations, successor_seen, used_at) \
    SELECT id, branches, $2, $3, 1 + COALESCE((SELECT MAX(repetition) FROM refresh_branches \
    WHERE grant_id = $1 AND parent_branch = $2 AND parent_generation = $3), 0), 0, $4, 0, $5 \
    FROM grants WHERE id = $1";

// What the same token began and nobody has rotated goes first: a client that asks again and again uses the last answer.
// Otherwise the one that was used longest ago goes, but not the past that is evidence ($4), nor the parent or its child.
const FORGET_ONE: &str = "DELETE FROM refresh_branches WHERE grant_id = $1 AND branch IN \
    (SELECT branch FROM refresh_branches WHERE grant_id = $1 AND (generation = 0 OR used_at < $4) \
    AND branch <> $2 AND branch <> (SELECT branches FROM grants WHERE id = $1) \
    ORDER BY CASE WHEN generation = 0 AND parent_branch = $2 AND parent_generation = $3 THEN 0 ELSE 1 END, \
    used_at, branch LIMIT 1) \
    AND (SELECT count(*) FROM refresh_branches WHERE grant_id = $1) > $5";

const NUMBER_IF_ROOM: &str = "SELECT branches FROM grants WHERE id = $1 \
    AND (SELECT count(*) FROM refresh_branches WHERE grant_id = $1) <= $2";

const SELECT: &str =
    "SELECT generation, rotations, successor_seen FROM refresh_branches WHERE grant_id = $1 AND branch = $2";

const SEEN_FIRST: &str =
    "UPDATE grants SET successor_seen = 1 WHERE id = $1 AND generation = $2 AND successor_seen = 0";

const SEEN_OTHER: &str = "UPDATE refresh_branches SET successor_seen = 1 \
    WHERE grant_id = $1 AND generation = $2 AND successor_seen = 0 AND branch = $3";

/// The statement for the first branch or that for another one, with the parameters that both have: grant and current
/// generation, and the number of another one.
fn of_branch(
    grant_id: GrantId,
    branch: &Branch,
    first: &'static str,
    other: &'static str,
) -> (&'static str, Vec<Value>) {
    let mut params = vec![grant_id.into(), branch.generation.into()];
    if branch.number == 0 {
        return (first, params);
    }
    params.push(branch.number.into());
    (other, params)
}

impl Batch {
    /// Keeps a grant until then at least. Unmet [`Condition::Grant`] when it was revoked.
    pub fn prolong_grant(&mut self, id: GrantId, expires_at: i64) -> &mut Self {
        self.add(Condition::Grant, PROLONG, vec![id.into(), expires_at.into()], Expect::OneRow)
    }
}

impl Store {
    /// A branch besides the first; `None` when the grant has none of this number, or has it no more.
    pub async fn refresh_branch(&self, grant_id: GrantId, number: i64) -> Result<Option<Branch>, StoreError> {
        let mut rows = self.read(SELECT, vec![grant_id.into(), number.into()]).await?;
        let Some(row) = rows.first_mut() else { return Ok(None) };
        Ok(Some(Branch { number, ..Branch::from_row(row, 0)? }))
    }

    /// Moves a branch on to its next generation, with what is changed beside. Unmet [`Condition::Generation`] when it has
    /// moved on meanwhile, or the grant was revoked.
    pub async fn rotate(&self, branch: &Branch, rotation: Rotation) -> Result<(), WriteError> {
        let Rotation { grant_id, now, expires_at, kept_seconds, beside } = rotation;
        let rotations = Branch::rotations_value(&branch.rotations_after(now, kept_seconds));
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
        batch.append(beside);
        self.execute(batch).await.map(drop)
    }

    /// Begins a branch for a token of `generation` in branch `parent` that is used once more, with what is changed beside;
    /// answers its number.
    ///
    /// Unmet [`Condition::Generation`] when the grant was revoked, or for [`Repeatable::UntilSuccessorSeen`] the parent
    /// is not as it was read; [`Condition::Repetition`] when the token was repeated often enough; [`Condition::Branch`]
    /// when the grant has [`MOST_BRANCHES`] of which none can be forgotten.
    pub async fn begin_branch(
        &self,
        parent: &Branch,
        generation: i64,
        repeatable: Repeatable,
        rotation: Rotation,
    ) -> Result<i64, WriteError> {
        let Rotation { grant_id, now, expires_at, beside, .. } = rotation;
        let token = || -> Vec<Value> { vec![grant_id.into(), parent.number.into(), generation.into()] };
        let with = |more: [Value; 2]| -> Vec<Value> { token().into_iter().chain(more).collect() };
        let mut batch = Batch::new();
        batch.add(Condition::Generation, COUNT_BRANCH, vec![grant_id.into(), expires_at.into()], Expect::OneRow);
        match repeatable {
            Repeatable::Always => {}
            Repeatable::AtMost(times) => {
                let mut params = token();
                params.push(times.into());
                batch.add(Condition::Repetition, REPEATED_LESS_OFTEN, params, Expect::OneRow);
            }
            Repeatable::UntilSuccessorSeen => {
                let (sql, params) = of_branch(grant_id, parent, UNSEEN_FIRST, UNSEEN_OTHER);
                batch.add(Condition::Generation, sql, params, Expect::OneRow);
            }
        }
        batch.append(beside);
        let forgotten = with([now.saturating_sub(EVIDENCE_KEPT_SECONDS).into(), MOST_BRANCHES.into()]);
        batch
            .add(Condition::Branch, BEGIN, with([Value::Blob(Vec::new()), now.into()]), Expect::OneRow)
            .add(Condition::Branch, FORGET_ONE, forgotten, Expect::Any)
            .add(Condition::Branch, NUMBER_IF_ROOM, vec![grant_id.into(), MOST_BRANCHES.into()], Expect::OneRow);
        let answers = self.execute(batch).await?;
        let number = answers.last().and_then(|answer| answer.rows.first()).map(|row| row.int(0)).transpose()?;
        number.ok_or_else(|| StoreError::Corrupt("a branch has no number".to_owned()).into())
    }

    /// Notes that something of the current generation of a branch, as it was read, was used.
    pub async fn mark_successor_seen(&self, grant_id: GrantId, branch: &Branch) -> Result<(), StoreError> {
        let (sql, params) = of_branch(grant_id, branch, SEEN_FIRST, SEEN_OTHER);
        self.change_any(|batch| batch.add(Condition::Generation, sql, params, Expect::Any)).await.map(drop)
    }
}
