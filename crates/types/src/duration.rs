//! Durations as Go writes them (`1h30m0s`), the form that Ory's configuration files and client
//! metadata use.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A span of time in nanoseconds, up to about 292 years either way. Negative values are possible
/// because Hydra stores them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoDuration(i64);

#[cfg(feature = "json-schema")]
impl schemars::JsonSchema for GoDuration {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "duration".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^-?([0-9]+([.][0-9]+)?(ns|us|µs|ms|s|m|h))+$"})
    }
}

/// The text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDuration {
    text: String,
}

impl fmt::Display for InvalidDuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "'{}' is not a duration such as '90m' or '1h30m0s'", self.text)
    }
}

impl std::error::Error for InvalidDuration {}

const MICROSECOND: i64 = 1_000;
const MILLISECOND: i64 = 1_000 * MICROSECOND;
const SECOND: i64 = 1_000 * MILLISECOND;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

impl GoDuration {
    /// A span of nanoseconds.
    pub fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(nanoseconds)
    }

    /// A span of whole seconds; beyond 292 years it is cut off there.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND))
    }

    /// The span in nanoseconds.
    pub fn nanoseconds(self) -> i64 {
        self.0
    }

    /// The span in whole seconds, rounded toward zero.
    pub fn seconds(self) -> i64 {
        self.0 / SECOND
    }

    /// Reads numbers with units: `300ms`, `1.5h`, `2h45m`, `-5m`. Units are `ns`, `us`, `µs`, `ms`,
    /// `s`, `m`, `h`; only zero may go without.
    pub fn parse(text: &str) -> Result<Self, InvalidDuration> {
        Self::read(text).map(Self).ok_or_else(|| InvalidDuration { text: text.to_owned() })
    }

    fn read(text: &str) -> Option<i64> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if unsigned == "0" {
            return Some(0);
        }
        let mut rest = unsigned;
        let mut sum: i64 = 0;
        loop {
            let (value, after) = read_component(rest)?;
            sum = sum.checked_add(value)?;
            rest = after;
            if rest.is_empty() {
                return Some(if negative { -sum } else { sum });
            }
        }
    }
}

/// One number with its unit at the beginning of the text: the nanoseconds and what follows.
fn read_component(text: &str) -> Option<(i64, &str)> {
    let (whole, rest) = split_digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(after_dot) => split_digits(after_dot),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let unit_length = rest.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(unit_length);
    let unit = match unit {
        "ns" => 1,
        "us" | "\u{b5}s" | "\u{3bc}s" => MICROSECOND,
        "ms" => MILLISECOND,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        _ => return None,
    };
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let value = whole.checked_mul(unit)?.checked_add(fraction_of(fraction, unit))?;
    Some((value, rest))
}

/// `0.{digits}` of a unit, rounded down. Digits below a nanosecond of an hour do not count.
fn fraction_of(digits: &str, unit: i64) -> i64 {
    let mut sum: i128 = 0;
    let mut scale: i128 = 1;
    for digit in digits.bytes().take(18) {
        sum = sum * 10 + i128::from(digit - b'0');
        scale *= 10;
    }
    i64::try_from(sum * i128::from(unit) / scale).unwrap_or(0)
}

fn split_digits(text: &str) -> (&str, &str) {
    let length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(length)
}

impl fmt::Display for GoDuration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let total = self.0.unsigned_abs();
        let (unit, name) = match total {
            0 => return formatter.write_str("0s"),
            1..1_000 => (1, "ns"),
            1_000..1_000_000 => (1_000, "µs"),
            1_000_000..1_000_000_000 => (1_000_000, "ms"),
            _ => return write_from_seconds(formatter, sign, total),
        };
        write!(formatter, "{sign}{}{name}", with_fraction(total, unit))
    }
}

fn write_from_seconds(formatter: &mut fmt::Formatter<'_>, sign: &str, total: u64) -> fmt::Result {
    let second = SECOND.unsigned_abs();
    let minutes = total / (60 * second);
    formatter.write_str(sign)?;
    if minutes >= 60 {
        write!(formatter, "{}h", minutes / 60)?;
    }
    if minutes > 0 {
        write!(formatter, "{}m", minutes % 60)?;
    }
    write!(formatter, "{}s", with_fraction(total % (60 * second), second))
}

/// The amount in units, with as many decimals as it takes.
fn with_fraction(amount: u64, unit: u64) -> String {
    let width = unit.checked_ilog10().unwrap_or(0) as usize;
    let text = if width == 0 {
        return amount.to_string();
    } else {
        format!("{}.{:0width$}", amount / unit, amount % unit)
    };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Serialize for GoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for GoDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_go_writes_them() {
        let table = [
            ("1h", "1h0m0s"),
            ("90m", "1h30m0s"),
            ("1.5h", "1h30m0s"),
            ("36h", "36h0m0s"),
            ("17m", "17m0s"),
            ("-5m", "-5m0s"),
            ("+5m", "5m0s"),
            ("90s", "1m30s"),
            ("1.5s", "1.5s"),
            ("500ms", "500ms"),
            ("1500us", "1.5ms"),
            ("1500µs", "1.5ms"),
            ("1500ns", "1.5µs"),
            ("7ns", "7ns"),
            ("0", "0s"),
            ("0s", "0s"),
            ("-0", "0s"),
            (".5s", "500ms"),
            ("5.s", "5s"),
            ("1h0m0.000000001s", "1h0m0.000000001s"),
            ("720h", "720h0m0s"),
            ("60s", "1m0s"),
        ];
        for (input, output) in table {
            let duration = GoDuration::parse(input).unwrap();
            assert_eq!(duration.to_string(), output, "{input}");
            assert_eq!(GoDuration::parse(output), Ok(duration), "{output}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "-",
            "soon",
            "5",
            "-1",
            "1h5",
            "s",
            ".s",
            "1 h",
            "1H",
            "1d",
            "1h-5m",
            "3000000h",
            "99999999999999999999s",
        ] {
            assert!(GoDuration::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn seconds_are_whole() {
        assert_eq!(GoDuration::parse("1m1.9s").unwrap().seconds(), 61);
        assert_eq!(GoDuration::from_seconds(-3).to_string(), "-3s");
        assert_eq!(GoDuration::from_seconds(i64::MAX).nanoseconds(), i64::MAX);
    }

    #[test]
    fn json_is_a_string() {
        assert_eq!(serde_json::to_string(&GoDuration::from_seconds(60)).unwrap(), "\"1m0s\"");
        assert!(serde_json::from_str::<GoDuration>("5").is_err());
    }
}
