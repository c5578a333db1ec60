//! Values on their way to and from a `PostgreSQL` server.

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::error::StoreError;
use crate::postgres_error::Failure;
use crate::value::{Row, Value};

type Refusal = Box<dyn std::error::Error + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Refusal> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            // The server may take a number that is only compared with a small constant for a smaller integer.
            Self::Int(number) => match *wanted {
                Type::INT2 => i16::try_from(*number)?.to_sql(wanted, out),
                Type::INT4 => i32::try_from(*number)?.to_sql(wanted, out),
                Type::INT8 => number.to_sql(wanted, out),
                _ => Err(refusal("an integer", wanted)),
            },
            Self::Text(text) if <&str as ToSql>::accepts(wanted) => text.as_str().to_sql(wanted, out),
            Self::Text(_) => Err(refusal("text", wanted)),
            Self::Blob(bytes) if *wanted == Type::BYTEA => bytes.as_slice().to_sql(wanted, out),
            Self::Blob(_) => Err(refusal("bytes", wanted)),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn refusal(given: &str, wanted: &Type) -> Refusal {
    format!("{given} where the server wants {wanted}").into()
}

/// A row as the records read it.
pub(crate) fn row_of(row: &tokio_postgres::Row) -> Result<Row, Failure> {
    let value = |(index, column): (usize, &tokio_postgres::Column)| -> Result<Value, Failure> {
        let read = match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(index).map(Value::from),
            Type::INT4 => row.try_get::<_, Option<i32>>(index).map(|number| number.map(i64::from).into()),
            Type::INT2 => row.try_get::<_, Option<i16>>(index).map(|number| number.map(i64::from).into()),
            Type::BOOL => row.try_get::<_, Option<bool>>(index).map(|yes| yes.map(i64::from).into()),
            Type::TEXT | Type::VARCHAR | Type::NAME => row.try_get::<_, Option<String>>(index).map(Value::from),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index).map(Value::from),
            ref other => return Err(StoreError::Statement(format!("a column of type {other}")).into()),
        };
        read.map_err(|error| StoreError::Corrupt(error.to_string()).into())
    };
    Ok(Row(row.columns().iter().enumerate().map(value).collect::<Result<_, _>>()?))
}
