//! The guarded batch: the only way to change anything.
//!
//! A batch is a list of statements, each with a name and an expectation, executed in one transaction. The first
//! expectation that is not met rolls everything back and names its statement. Records add their own statements to a
//! batch by methods of their modules, so that one transaction can change several records.

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

/// One statement of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) name: &'static str,
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

    /// Appends a statement. `name` is what a failed expectation is reported as; placeholders are `$1`, `$2`, ….
    pub fn add(&mut self, name: &'static str, sql: &'static str, params: Vec<Value>, expect: Expect) -> &mut Self {
        self.statements.push(Statement { name, sql, params, expect });
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
