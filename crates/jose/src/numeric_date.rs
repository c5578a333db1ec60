//! Times in claims: `NumericDate` (RFC 7519 §2), seconds since 1970 as a JSON number that may have a fraction or an
//! exponent.

use serde_json::Value;

/// The latest second that is read: up to here every whole number means the same to all readers of JSON (RFC 8259 §6).
const LATEST: i64 = (1 << 53) - 1;

/// The whole seconds of a `NumericDate`, from 0 to 2^53 − 1.
///
/// A fraction is cut off, so that `12.0`, `12.9` and `1.2e1` are all 12: a token that ends at `12.9` is taken to end at 12,
/// and one that begins then to begin at 12. Anything else is `None`: what is no number, a number that has no finite value,
/// a time before 1970 (no token is as old as that), and one later than the range.
///
/// ```
/// use serde_json::json;
/// use symbolon_jose::numeric_date;
///
/// assert_eq!(numeric_date(&json!(1_800_000_000.5)), Some(1_800_000_000));
/// assert_eq!(numeric_date(&json!("1800000000")), None);
/// ```
pub fn numeric_date(value: &Value) -> Option<i64> {
    let whole = value.as_i64().or_else(|| whole_seconds(value.as_f64()?));
    whole.filter(|seconds| (0..=LATEST).contains(seconds))
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked first, and only the fraction is lost")]
fn whole_seconds(number: f64) -> Option<i64> {
    // A number that is not finite is in no range.
    const BEYOND: f64 = 9_007_199_254_740_992.0;
    (0.0..BEYOND).contains(&number).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<i64> {
        numeric_date(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn every_spelling_of_a_number_is_read_and_its_fraction_cut() {
        for (text, seconds) in [
            ("0", 0),
            ("0.0", 0),
            ("-0.0", 0),
            ("1795853773", 1_795_853_773),
            ("1795853773.0", 1_795_853_773),
            ("1795853773.5", 1_795_853_773),
            ("1795853773.999", 1_795_853_773),
            ("1.795853773e9", 1_795_853_773),
            ("1.8E+09", 1_800_000_000),
            ("18000000000e-1", 1_800_000_000),
            ("9007199254740991", LATEST),
        ] {
            assert_eq!(read(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "-1",
            "-0.5",
            "-1.8e9",
            "9007199254740992",
            "9007199254740992.0",
            "9223372036854775807",
            "18446744073709551615",
            "1e16",
            "1e300",
            "-1e300",
            "\"1795853773\"",
            "\"\"",
            "true",
            "false",
            "null",
            "[1795853773]",
            "{\"seconds\":1}",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        // JSON cannot write these, but a number made from them is `null`.
        for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(numeric_date(&Value::from(number)), None, "{number}");
            assert_eq!(whole_seconds(number), None, "{number}");
        }
    }
}
