//! Values and rows: the few types both databases share.
//!
//! Time is an integer (Unix seconds), identifiers such as those of flows and grants are 16 bytes, everything else is text
//! or bytes.
//! Rows are read by position; a value of another type than expected means that the database was changed by somebody
//! else and is answered as [`StoreError::Corrupt`].

use symbolon_types::{
    AuthenticationRequestId, BrowserId, ClientId, DeliveryId, DeviceId, FlowId, GrantId, RequestId, SessionId, Subject,
    TokenId,
};

use crate::error::StoreError;

/// One value of a statement's parameter or of a column.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// No value.
    Null,
    /// An integer, often a time in Unix seconds.
    Int(i64),
    /// UTF-8; PostgreSQL refuses a NUL in it.
    Text(String),
    /// Digests and sealed bodies.
    Blob(Vec<u8>),
}

// Values may be password hashes or sealed keys, so that only their shape is shown.
impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Int(number) => write!(f, "Int({number})"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Blob(bytes) => write!(f, "Blob({} bytes)", bytes.len()),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(i64::from(number))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Blob(bytes)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Blob(bytes.to_vec())
    }
}

macro_rules! identifiers_are_values {
    ($($name:ident),*) => {$(
        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                Self::Blob(id.as_bytes().to_vec())
            }
        }
    )*};
}
identifiers_are_values!(
    AuthenticationRequestId,
    BrowserId,
    DeliveryId,
    DeviceId,
    FlowId,
    GrantId,
    RequestId,
    SessionId,
    TokenId
);

macro_rules! protocol_strings_are_values {
    ($($name:ident),*) => {$(
        impl From<&$name> for Value {
            fn from(text: &$name) -> Self {
                Self::Text(text.as_str().to_owned())
            }
        }
    )*};
}
protocol_strings_are_values!(ClientId, Subject);

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer; columns are read by position, starting at 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// The integer in column `column`.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| unexpected(column, "an integer"))
    }

    /// The integer in column `column`, or `None` when it is empty.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(column) {
            Some(Value::Int(number)) => Ok(Some(*number)),
            Some(Value::Null) => Ok(None),
            _ => Err(unexpected(column, "an integer")),
        }
    }

    /// The text in column `column`.
    pub fn text(&self, column: usize) -> Result<String, StoreError> {
        self.opt_text(column)?.ok_or_else(|| unexpected(column, "text"))
    }

    /// The text in column `column`, or `None` when it is empty.
    pub fn opt_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(Some(text.clone())),
            Some(Value::Null) => Ok(None),
            _ => Err(unexpected(column, "text")),
        }
    }

    /// The bytes in column `column`.
    pub fn blob(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        match self.0.get(column) {
            Some(Value::Blob(bytes)) => Ok(bytes.clone()),
            _ => Err(unexpected(column, "bytes")),
        }
    }

    /// The bytes in column `column`, taken out of the row; the column is empty afterwards.
    pub(crate) fn take_blob(&mut self, column: usize) -> Result<Vec<u8>, StoreError> {
        match self.0.get_mut(column).map(|value| std::mem::replace(value, Value::Null)) {
            Some(Value::Blob(bytes)) => Ok(bytes),
            _ => Err(unexpected(column, "bytes")),
        }
    }

    /// The text in column `column`, taken out of the row; the column is empty afterwards.
    pub(crate) fn take_text(&mut self, column: usize) -> Result<String, StoreError> {
        match self.0.get_mut(column).map(|value| std::mem::replace(value, Value::Null)) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(unexpected(column, "text")),
        }
    }

    /// The identifier in column `column`.
    pub fn id<T: From<[u8; 16]>>(&self, column: usize) -> Result<T, StoreError> {
        self.opt_id(column)?.ok_or_else(|| unexpected(column, "an identifier"))
    }

    /// The identifier in column `column`, or `None` when it is empty.
    pub fn opt_id<T: From<[u8; 16]>>(&self, column: usize) -> Result<Option<T>, StoreError> {
        match self.0.get(column) {
            Some(Value::Blob(bytes)) => {
                let bytes: [u8; 16] =
                    bytes.as_slice().try_into().map_err(|_| unexpected(column, "an identifier of 16 bytes"))?;
                Ok(Some(T::from(bytes)))
            }
            Some(Value::Null) => Ok(None),
            _ => Err(unexpected(column, "an identifier")),
        }
    }

    /// Whether column `column` is empty.
    pub fn is_null(&self, column: usize) -> bool {
        matches!(self.0.get(column), None | Some(Value::Null))
    }
}

fn unexpected(column: usize, wanted: &str) -> StoreError {
    StoreError::Corrupt(format!("column {column} does not hold {wanted}"))
}

#[cfg(test)]
mod tests {
    use symbolon_types::GrantId;

    use super::{Row, Value};

    #[test]
    fn a_value_of_another_type_is_an_error_and_not_a_default() {
        let row = Row(vec![Value::Int(7), Value::Null, Value::Text("x".into()), Value::Blob(vec![1, 2])]);
        assert_eq!(row.int(0).unwrap(), 7);
        assert!(row.int(1).is_err());
        assert_eq!(row.opt_int(1).unwrap(), None);
        assert!(row.opt_int(2).is_err());
        assert!(row.id::<GrantId>(3).is_err());
        assert!(row.text(9).is_err());
    }

    #[test]
    fn debug_shows_no_content() {
        let shown = format!("{:?}", Value::from("secret"));
        assert!(!shown.contains("secret"), "{shown}");
    }
}
