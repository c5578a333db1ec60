//! The forms in which Hydra writes times, lists and numbers.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use symbolon_store::SourceRow;
use symbolon_types::timestamp;

/// A time of a column or of a session, in Unix microseconds; Go's zero time is none.
pub(super) fn micros(text: &str) -> Option<i64> {
    let mut text = text.trim().replacen(' ', "T", 1);
    let has_offset = text.get(10..).is_some_and(|rest| rest.contains(['Z', '+', '-']));
    if !has_offset {
        text.push('Z');
    }
    timestamp::parse(&text).filter(|micros| *micros > 0)
}

/// The same in whole seconds.
pub(super) fn seconds(text: &str) -> Option<i64> {
    micros(text).map(|micros| micros.div_euclid(1_000_000))
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|n| u8::try_from(n).ok())).collect::<Option<_>>()?;
    let (pairs, odd) = digits.as_chunks::<2>();
    odd.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// A JSON array of texts in a column; empty where there is none.
pub(super) fn list(row: &SourceRow, column: &str) -> Vec<String> {
    row.get(column).and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// A JSON array of texts in a column, empty where the column is; an error names the column that holds something else.
pub(super) fn certain_list(row: &SourceRow, column: &str) -> Result<Vec<String>, String> {
    Ok(certain_json::<Vec<String>>(row, column)?.unwrap_or_default())
}

/// JSON in a column, `None` where the column is empty; an error names the column that holds something else.
pub(super) fn certain_json<T: DeserializeOwned>(row: &SourceRow, column: &str) -> Result<Option<T>, String> {
    match row.get(column).filter(|text| !text.trim().is_empty()) {
        Some(text) => serde_json::from_str::<Option<T>>(text).map_err(|_| format!("its {column} cannot be read")),
        None => Ok(None),
    }
}

/// A number in a column, `None` where the column is empty; an error names the column that holds something else.
pub(super) fn certain_number(row: &SourceRow, column: &str) -> Result<Option<i64>, String> {
    row.get(column).map(|text| text.parse().map_err(|_| format!("its {column} is no number"))).transpose()
}

/// A JSON object in a column; empty where there is none.
pub(super) fn object(row: &SourceRow, column: &str) -> Map<String, Value> {
    row.get(column).and_then(|text| serde_json::from_str::<Option<Map<_, _>>>(text).ok()).flatten().unwrap_or_default()
}

/// What Hydra joins with bars.
pub(super) fn barred(text: &str) -> Vec<String> {
    text.split('|').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_databases_and_of_sessions_are_read() {
        let at = 1_795_854_321_252_906;
        for text in [
            "2026-11-28 08:25:21.252906338+00:00",
            "2026-11-28 08:25:21.252906",
            "2026-11-28T08:25:21.252906338Z",
            "2026-11-28T09:25:21.252906338+01:00",
        ] {
            assert_eq!(micros(text), Some(at), "{text}");
        }
        for none in ["", "0001-01-01T00:00:00Z", "yesterday", "2026-11-28"] {
            assert_eq!(micros(none), None, "{none}");
        }
        assert_eq!(seconds("2026-11-28 08:25:21"), Some(1_795_854_321));
    }

    #[test]
    fn digits_are_bytes_or_nothing() {
        assert_eq!(hex("00fF"), Some(vec![0, 255]));
        for none in ["0", "0g", "é0"] {
            assert_eq!(hex(none), None, "{none}");
        }
    }
}
