//! Grants that were brought, with the tokens that lead to them.
//!
//! A grant is written once. In a later run it follows what happened in Hydra only while it is here as the last run left
//! it; whoever refreshed, revoked or redeemed something here has the last word.

use symbolon_types::{ClientId, SessionId, Subject};

use super::imported::HydraToken;
use crate::batch::{Batch, Condition, Expect};
use crate::branch::Branch;
use crate::error::{StoreError, WriteError};
use crate::grant::REVOKED_GRANT_KEPT_SECONDS;
use crate::store::Store;
use crate::value::Value;

/// A grant of Hydra's.
#[derive(Clone, Debug)]
pub struct HydraGrant {
    /// The id that it gets, the same in every run.
    pub id: symbolon_types::GrantId,
    /// The client it was given to.
    pub client_id: ClientId,
    /// The user who gave it.
    pub subject: Subject,
    /// The login session in which it was given.
    pub session_id: Option<SessionId>,
    /// When, in Unix seconds.
    pub issued_at: i64,
    /// How far it has come.
    pub progress: Progress,
    /// Until when its consent is remembered.
    pub remember_until: Option<i64>,
    /// When the last of its tokens expires.
    pub expires_at: i64,
    /// The rest, opaque to the store.
    pub body: Vec<u8>,
    /// Its tokens and codes in Hydra's form.
    pub tokens: Vec<HydraToken>,
}

/// How far a grant has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Its code was not redeemed.
    Issued,
    /// Its tokens were fetched: the first branch of its refresh tokens, others that a grace period allowed, and the
    /// generation of the token that these were begun with.
    Redeemed(Branch, Vec<Branch>, i64),
    /// Nothing of it is live; its consent may be remembered.
    Ended,
}

/// What became of a grant in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantOutcome {
    /// It is new here.
    Taken,
    /// It was here and went on in Hydra, and so it did here.
    Followed,
    /// It is here as the last run left it, or somebody went on with it here.
    Known,
    /// It was not taken: its client was not brought.
    NoClient,
}

const INSERT: &str = "INSERT INTO grants (id, client_id, subject, login_session_id, issued_at, code_redeemed_at, \
    generation, rotations, successor_seen, branches, revoked_at, remember_until, expires_at, body, \
    client_incarnation, client_revocations, subject_epoch) \
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, 0, $9, NULL, $10, $11, $12, c.incarnation, c.revocations, \
    COALESCE((SELECT epoch FROM subjects WHERE id = $3), 0) FROM clients c \
    JOIN hydra_imported h ON h.kind = 'client' AND h.id = $13 AND h.incarnation = c.incarnation \
    WHERE c.id = $2 AND NOT EXISTS (SELECT 1 FROM hydra_grants WHERE id = $1) ON CONFLICT (id) DO NOTHING";

/// The grant is as the last run left it.
macro_rules! untouched {
    ($change:literal, $rest:literal) => {
        concat!(
            $change,
            " WHERE id = $1 AND revoked_at IS NULL AND EXISTS (SELECT 1 FROM hydra_grants h WHERE h.id = grants.id \
             AND h.generation = grants.generation AND h.branches = grants.branches \
             AND h.redeemed = CASE WHEN grants.code_redeemed_at IS NULL THEN 0 ELSE 1 END ",
            $rest,
            ")"
        )
    };
}

const FOLLOW: &str = untouched!(
    "UPDATE grants SET code_redeemed_at = $2, generation = $3, rotations = $4, expires_at = $5, body = $6",
    "AND h.branches = 0 AND (h.generation < $3 OR h.redeemed = 0)"
);

const END: &str = untouched!(
    "UPDATE grants SET revoked_at = $2, expires_at = CASE WHEN expires_at > $3 THEN $3 ELSE expires_at END",
    "AND h.redeemed = 1 AND grants.expires_at > $2"
);

const NOTE: &str = "INSERT INTO hydra_grants (id, generation, branches, redeemed, run, expires_at) \
    SELECT id, generation, branches, CASE WHEN code_redeemed_at IS NULL THEN 0 ELSE 1 END, $2, $3 \
    FROM grants WHERE id = $1 ON CONFLICT (id) DO UPDATE SET run = excluded.run";

const SEEN: &str = "UPDATE hydra_grants SET run = $2 WHERE id = $1";

const NOTE_FOLLOWED: &str = "UPDATE hydra_grants SET generation = $2, redeemed = 1 WHERE id = $1 \
    AND EXISTS (SELECT 1 FROM grants g WHERE g.id = $1 AND g.generation = $2 AND g.revoked_at IS NULL)";

const BRANCH: &str = "INSERT INTO refresh_branches \
    (grant_id, branch, parent_branch, parent_generation, repetition, generation, rotations, successor_seen, used_at) \
    SELECT g.id, $2, 0, $3, $2, $4, $5, 0, $6 FROM grants g JOIN hydra_grants h ON h.id = g.id \
    WHERE g.id = $1 AND g.revoked_at IS NULL AND h.run = $7 AND g.generation = h.generation \
    AND g.branches = h.branches AND g.branches >= $2 ON CONFLICT (grant_id, branch) DO NOTHING";

const TOKEN: &str = "INSERT INTO hydra_tokens (id, grant_id, run, expires_at, body) \
    SELECT $1, g.id, $3, $4, $5 FROM grants g JOIN hydra_grants h ON h.id = g.id \
    WHERE g.id = $2 AND g.revoked_at IS NULL AND g.generation = h.generation AND g.branches = h.branches \
    ON CONFLICT (id) DO UPDATE SET run = excluded.run";

const SEE_TOKEN: &str = "UPDATE hydra_tokens SET run = $2 WHERE id = $1";

const END_UNSEEN: &str = "UPDATE grants SET revoked_at = $2, remember_until = NULL, \
    expires_at = CASE WHEN expires_at > $3 THEN $3 ELSE expires_at END WHERE id IN (SELECT g.id FROM grants g \
    JOIN hydra_grants h ON h.id = g.id WHERE h.run < $1 AND (g.revoked_at IS NULL OR g.remember_until IS NOT NULL) \
    AND g.generation = h.generation AND g.branches = h.branches \
    AND h.redeemed = CASE WHEN g.code_redeemed_at IS NULL THEN 0 ELSE 1 END LIMIT 500)";

/// Hydra looks at the newest remembered consent of a person to a client alone. Ids are in the order of time.
const KEEP_NEWEST: &str = "UPDATE grants SET remember_until = NULL WHERE id IN (SELECT g.id FROM grants g \
    JOIN hydra_grants h ON h.id = g.id WHERE g.remember_until IS NOT NULL AND EXISTS (SELECT 1 FROM grants n \
    JOIN hydra_grants m ON m.id = n.id WHERE n.subject = g.subject AND n.client_id = g.client_id \
    AND n.remember_until IS NOT NULL AND n.id > g.id) LIMIT 500)";

/// How many statements a grant has before those of its branches and tokens.
const HEAD: usize = 5;

impl HydraGrant {
    /// `code_redeemed_at`, `generation`, `rotations` and the number of branches besides the first.
    fn columns(&self) -> [Value; 4] {
        let at: Value = self.issued_at.into();
        match &self.progress {
            Progress::Issued => [Value::Null, 0_i64.into(), Value::Blob(Vec::new()), 0_i64.into()],
            Progress::Redeemed(first, others, _) => {
                let (generation, rotations, _) = first.columns();
                let others = i64::try_from(others.len()).unwrap_or(i64::MAX);
                [at, generation, rotations, others.into()]
            }
            Progress::Ended => [at, 0_i64.into(), Value::Blob(Vec::new()), 0_i64.into()],
        }
    }

    fn add_to(&self, batch: &mut Batch, run: i64, now: i64) {
        let [redeemed, generation, rotations, branches] = self.columns();
        let id = || -> Value { self.id.into() };
        let insert = vec![
            id(),
            (&self.client_id).into(),
            (&self.subject).into(),
            self.session_id.into(),
            self.issued_at.into(),
            redeemed.clone(),
            generation.clone(),
            rotations.clone(),
            branches,
            self.remember_until.into(),
            self.expires_at.into(),
            self.body.as_slice().into(),
            self.client_id.as_str().as_bytes().into(),
        ];
        batch.add(Condition::Grant, INSERT, insert, Expect::Any);
        let kept_until = now.saturating_add(REVOKED_GRANT_KEPT_SECONDS);
        match &self.progress {
            Progress::Redeemed(_, others, _) if others.is_empty() => {
                let follow = vec![
                    id(),
                    redeemed,
                    generation.clone(),
                    rotations,
                    self.expires_at.into(),
                    self.body.as_slice().into(),
                ];
                batch.add(Condition::Grant, FOLLOW, follow, Expect::Any);
            }
            Progress::Ended => {
                batch.add(Condition::Grant, END, vec![id(), now.into(), kept_until.into()], Expect::Any);
            }
            Progress::Issued | Progress::Redeemed(..) => {
                batch.add(Condition::Grant, SEEN, vec![id(), run.into()], Expect::Any);
            }
        }
        // The ledger outlives the grant: what was revoked here must not come again.
        let remembered = self.remember_until.unwrap_or_default().max(self.expires_at);
        let ledger_until = remembered.max(kept_until);
        batch.add(Condition::Grant, NOTE, vec![id(), run.into(), ledger_until.into()], Expect::Any);
        batch.add(Condition::Grant, SEEN, vec![id(), run.into()], Expect::Any);
        match &self.progress {
            Progress::Redeemed(..) => batch.add(Condition::Grant, NOTE_FOLLOWED, vec![id(), generation], Expect::Any),
            // What was redeemed or ended here is not Hydra's doing.
            Progress::Issued | Progress::Ended => {
                batch.add(Condition::Grant, SEEN, vec![id(), run.into()], Expect::Any)
            }
        };
        self.add_what_leads_to_it(batch, run, now);
    }

    /// Its further branches, and its tokens in Hydra's form.
    fn add_what_leads_to_it(&self, batch: &mut Batch, run: i64, now: i64) {
        if let Progress::Redeemed(_, others, begun_with) = &self.progress {
            for branch in others {
                let (generation, rotations, _) = branch.columns();
                let params = vec![
                    self.id.into(),
                    branch.number.into(),
                    (*begun_with).into(),
                    generation,
                    rotations,
                    now.into(),
                    run.into(),
                ];
                batch.add(Condition::Grant, BRANCH, params, Expect::Any);
            }
        }
        for token in &self.tokens {
            let of = token.id.as_slice();
            let params =
                vec![of.into(), self.id.into(), run.into(), token.expires_at.into(), token.body.as_slice().into()];
            batch.add(Condition::Grant, TOKEN, params, Expect::Any);
            batch.add(Condition::Grant, SEE_TOKEN, vec![of.into(), run.into()], Expect::Any);
        }
    }

    fn statements(&self) -> usize {
        let branches = if let Progress::Redeemed(_, others, _) = &self.progress { others.len() } else { 0 };
        HEAD + branches + 2 * self.tokens.len()
    }
}

impl Store {
    /// Brings grants with their tokens, in one transaction; says what became of each.
    pub async fn import_hydra_grants(
        &self,
        grants: &[HydraGrant],
        run: i64,
        now: i64,
    ) -> Result<Vec<GrantOutcome>, StoreError> {
        let mut batch = Batch::new();
        for grant in grants {
            grant.add_to(&mut batch, run, now);
        }
        let answers = self.execute(batch).await.map_err(WriteError::unexpected)?;
        let mut outcomes = Vec::with_capacity(grants.len());
        let mut place = 0;
        for grant in grants {
            let affected = |offset: usize| answers.get(place + offset).map_or(0, |answer| answer.affected);
            let follows = !matches!(&grant.progress, Progress::Issued)
                && !matches!(&grant.progress, Progress::Redeemed(_, others, _) if !others.is_empty());
            outcomes.push(match (affected(0), affected(1), affected(3)) {
                (1.., _, _) => GrantOutcome::Taken,
                (_, 1.., _) if follows => GrantOutcome::Followed,
                (_, _, 1..) => GrantOutcome::Known,
                _ => GrantOutcome::NoClient,
            });
            place += grant.statements();
        }
        Ok(outcomes)
    }

    /// Of the consents that were brought, leaves the newest of each person to each client remembered.
    pub async fn keep_newest_hydra_consents(&self) -> Result<(), StoreError> {
        loop {
            let change = self.change_any(|batch| batch.add(Condition::Consent, KEEP_NEWEST, Vec::new(), Expect::Any));
            if change.await? < 500 {
                return Ok(());
            }
        }
    }

    /// Ends the grants that were brought, that nobody went on with here, and that Hydra has not any more; with their
    /// remembered consents. Answers how many.
    pub async fn end_unseen_hydra_grants(&self, run: i64, now: i64) -> Result<u64, StoreError> {
        let mut ended = 0;
        loop {
            let params = vec![run.into(), now.into(), now.saturating_add(REVOKED_GRANT_KEPT_SECONDS).into()];
            let some = self.change_any(|batch| batch.add(Condition::Grant, END_UNSEEN, params, Expect::Any)).await?;
            ended += some;
            if some < 500 {
                return Ok(ended);
            }
        }
    }
}
