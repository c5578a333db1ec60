//! Statements of any kind, which only the tests of this crate may use: they look behind the records, and damage what the
//! records must notice.

use crate::batch::{Batch, Condition, Expect};
use crate::error::StoreError;
use crate::store::Store;
use crate::value::{Row, Value};

/// Appends a statement to a batch.
pub fn add(batch: &mut Batch, condition: Condition, sql: &'static str, params: Vec<Value>, expect: Expect) {
    batch.add(condition, sql, params, expect);
}

/// Reads rows.
pub async fn read(store: &Store, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, StoreError> {
    store.read(sql, params).await
}
