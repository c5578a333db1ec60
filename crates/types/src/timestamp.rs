//! Instants in JSON: RFC 3339 in UTC outside, Unix seconds or microseconds inside. The modules
//! [`seconds`] and [`micros`] are for `#[serde(with = …)]`; both write what the name says and read
//! any RFC 3339 text, with `null` as 0.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const MICROS: i64 = 1_000_000;

/// Whole Unix seconds as `2026-11-23T09:36:57Z`. Years outside of 0 to 9999 become the epoch.
pub fn format_seconds(unix_seconds: i64) -> String {
    let instant = OffsetDateTime::from_unix_timestamp(unix_seconds)
        .ok()
        .filter(|instant| (0..=9999).contains(&instant.year()))
        .unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        instant.year(),
        u8::from(instant.month()),
        instant.day(),
        instant.hour(),
        instant.minute(),
        instant.second()
    )
}

/// Unix microseconds as `2026-11-23T09:36:57.05Z`; trailing zeros of the fraction are cut.
pub fn format_micros(unix_micros: i64) -> String {
    let mut text = format_seconds(unix_micros.div_euclid(MICROS));
    let fraction = unix_micros.rem_euclid(MICROS);
    if fraction != 0 {
        text.pop();
        text.push_str(format!(".{fraction:06}").trim_end_matches('0'));
        text.push('Z');
    }
    text
}

/// Reads RFC 3339 with any offset into Unix microseconds, rounded down.
pub fn parse(text: &str) -> Option<i64> {
    let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(instant.unix_timestamp_nanos().div_euclid(1_000)).ok()
}

/// An instant kept in Unix seconds.
pub mod seconds {
    use serde::{Deserializer, Serializer};

    /// Writes whole seconds.
    pub fn serialize<S: Serializer>(instant: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::format_seconds(*instant))
    }

    /// Reads RFC 3339 and drops the fraction.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        super::micros::deserialize(deserializer).map(|micros| micros.div_euclid(super::MICROS))
    }
}

/// An instant kept in Unix microseconds.
pub mod micros {
    use std::borrow::Cow;

    use serde::{Deserialize, Deserializer, Serializer};

    /// Writes up to six decimals.
    pub fn serialize<S: Serializer>(instant: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::format_micros(*instant))
    }

    /// Reads RFC 3339.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        match Option::<Cow<'de, str>>::deserialize(deserializer)? {
            None => Ok(0),
            Some(text) => {
                super::parse(&text).ok_or_else(|| serde::de::Error::custom("not a time such as 2026-11-23T09:36:57Z"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_zeros_are_cut() {
        assert_eq!(format_seconds(1_795_426_617), "2026-11-23T09:36:57Z");
        assert_eq!(format_micros(1_795_426_617_052_352), "2026-11-23T09:36:57.052352Z");
        assert_eq!(format_micros(1_795_426_617_050_000), "2026-11-23T09:36:57.05Z");
        assert_eq!(format_micros(1_795_426_617_000_000), "2026-11-23T09:36:57Z");
        assert_eq!(format_micros(-1), "1969-12-31T23:59:59.999999Z");
    }

    #[test]
    fn any_offset_is_read() {
        assert_eq!(parse("2026-11-23T10:36:57.0523529+01:00"), Some(1_795_426_617_052_352));
        assert_eq!(parse("1969-12-31T23:59:59.999999Z"), Some(-1));
        for text in ["", "now", "2026-11-23", "2026-11-23T09:36:57", "1795426617"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn absurd_instants_do_not_panic() {
        for instant in [i64::MIN, i64::MAX] {
            assert_eq!(format_seconds(instant), "1970-01-01T00:00:00Z");
            assert!(format_micros(instant).ends_with('Z'));
        }
    }
}
