//! The guarded batch: the only way to change anything.
//!
//! A batch is a list of statements, each with an expectation and the condition that this stands for, executed in one
//! transaction. The first expectation that is not met rolls everything back and is answered with its condition. Records
//! add their own statements to a batch by methods of their modules, so that one transaction can change several records;
//! what a change rests on without changing it is required by the statements of `requirement`.

use crate::value::{Row, Value};

/// How many rows a statement has to change or return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Exactly one; anything else rolls the batch back. The statement has to name its row by a key, so that it cannot
    /// change a second one: a batch of this statement alone is committed as it is sent.
    OneRow,
    /// Any number, none included.
    Any,
}

/// What a statement stands for: named when its expectation is not met, or when it meets a row of the same key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The account.
    Account,
    /// The request of the back channel waits, or was answered and not redeemed, and no more wait than may.
    Backchannel,
    /// The grant has room for one more branch of refresh tokens.
    Branch,
    /// The client: it exists, its id is free, it has the expected revision.
    Client,
    /// The authorization code was not redeemed.
    Code,
    /// The remembered consent.
    Consent,
    /// The device authorization waits, or was answered and not redeemed.
    Device,
    /// The flow is at the expected stage.
    Flow,
    /// The refresh token's generation is the current one.
    Generation,
    /// The grant.
    Grant,
    /// The identifier was not used before.
    Identifier,
    /// The signing key is in the expected state.
    Key,
    /// The logout token waits.
    LogoutDelivery,
    /// The refresh token may be repeated once more.
    Repetition,
    /// The proof of possession was not shown before.
    Proof,
    /// The stored request is there.
    Request,
    /// The login session has not ended.
    Session,
    /// The subject was not signed out or disabled.
    Subject,
    /// The trusted issuer: trusted still, and no other with its subject and key.
    TrustedIssuer,
    /// Nothing that anybody waits for: housekeeping.
    Housekeeping,
}

/// One statement of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) condition: Condition,
    pub(crate) sql: &'static str,
    pub(crate) params: Vec<Value>,
    pub(crate) expect: Expect,
}

/// Statements that are executed together or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    pub(crate) statements: Vec<Statement>,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends a statement; placeholders are `$1`, `$2`, ….
    pub(crate) fn add(
        &mut self,
        condition: Condition,
        sql: &'static str,
        params: Vec<Value>,
        expect: Expect,
    ) -> &mut Self {
        self.statements.push(Statement { condition, sql, params, expect });
        self
    }

    /// Appends all of another batch.
    pub fn append(&mut self, mut other: Self) -> &mut Self {
        self.statements.append(&mut other.statements);
        self
    }

    /// Whether there is nothing to execute.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}

/// What one statement did.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// Rows changed, or returned when the statement returns rows.
    pub(crate) affected: u64,
    /// The rows returned.
    pub(crate) rows: Vec<Row>,
}

impl Expect {
    pub(crate) fn is_met(self, affected: u64) -> bool {
        match self {
            Self::OneRow => affected == 1,
            Self::Any => true,
        }
    }
}
