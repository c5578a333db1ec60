//! Recorded texts with placeholders: matching them against what came (which gives each placeholder its value) and
//! filling them in again for the next request. The placeholders are those of the recordings' README; a text in angle
//! brackets that is none of them is taken literally.

use std::collections::HashMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds by which an instant may be off: recordings were made with a running clock.
const TOLERANCE_SECONDS: i64 = 2;

/// What placeholders stand for in one replay, and the time.
#[derive(Debug)]
pub(super) struct Bindings {
    values: HashMap<String, String>,
    /// Unix seconds at which the replay began.
    pub(super) started_at: i64,
    /// Unix seconds now.
    pub(super) now: i64,
}

impl Bindings {
    /// The base addresses, by name: `public`, `admin`, `ui`, `rp`, `hook`.
    pub(super) fn new(bases: &[(&str, &str)], now: i64) -> Self {
        let values = bases.iter().map(|(name, url)| (format!("<{name}>"), (*url).to_owned())).collect();
        Self { values, started_at: now, now }
    }

    pub(super) fn get(&self, placeholder: &str) -> Option<&str> {
        self.values.get(placeholder).map(String::as_str)
    }

    /// Gives a placeholder its value, or another one.
    pub(super) fn bind(&mut self, placeholder: &str, value: impl Into<String>) {
        self.values.insert(placeholder.to_owned(), value.into());
    }

    /// Writes base addresses as their placeholders.
    pub(super) fn abbreviate(&self, text: &str) -> String {
        let bases = self.values.iter().filter(|(placeholder, _)| !placeholder.contains(':'));
        bases.fold(text.to_owned(), |text, (placeholder, url)| text.replace(url.as_str(), placeholder))
    }

    /// Whether `seconds` is the instant `offset` after "now": any moment since the replay began counts as now.
    pub(super) fn is_instant(&self, seconds: i64, offset: i64) -> bool {
        let earliest = self.started_at + offset - TOLERANCE_SECONDS;
        let latest = self.now + offset + TOLERANCE_SECONDS;
        (earliest..=latest).contains(&seconds)
    }

    /// Matches a whole text. What was not known before is learned, but only if everything matches.
    pub(super) fn matches(&mut self, template: &str, actual: &str) -> bool {
        let pieces = parse(template);
        let Some(learned) = self.match_from(&pieces, actual) else { return false };
        for (placeholder, value) in learned {
            self.values.entry(placeholder).or_insert(value);
        }
        true
    }

    /// Fills in what is known; the first unknown placeholder is the error.
    pub(super) fn fill(&self, template: &str) -> Result<String, String> {
        let mut filled = String::new();
        for piece in parse(template) {
            match piece {
                Piece::Text(text) => filled.push_str(&text),
                Piece::Value(placeholder) => match self.get(&placeholder) {
                    Some(value) => filled.push_str(value),
                    None => return Err(placeholder),
                },
                Piece::Form(placeholder, _) => return Err(placeholder),
            }
        }
        Ok(filled)
    }

    fn match_from(&self, pieces: &[Piece], actual: &str) -> Option<Vec<(String, String)>> {
        let Some((piece, rest)) = pieces.split_first() else { return actual.is_empty().then(Vec::new) };
        match piece {
            Piece::Text(text) => self.match_from(rest, actual.strip_prefix(text.as_str())?),
            Piece::Value(placeholder) => {
                let Some(value) = self.get(placeholder) else {
                    let (value, mut learned) = self.match_form(value_form(placeholder), rest, actual)?;
                    learned.push((placeholder.clone(), value));
                    return Some(learned);
                };
                let encoded = utf8_percent_encode(value, URL_SAFE).to_string();
                let after = actual.strip_prefix(value).or_else(|| actual.strip_prefix(encoded.as_str()))?;
                self.match_from(rest, after)
            }
            Piece::Form(_, form) => self.match_form(*form, rest, actual).map(|(_, learned)| learned),
        }
    }

    /// The longest beginning of that form after which the rest matches as well.
    fn match_form(&self, form: Form, rest: &[Piece], actual: &str) -> Option<(String, Vec<(String, String)>)> {
        let longest = actual.find(|character| !form.allows(character)).unwrap_or(actual.len());
        let ends = (1..=longest).rev().filter(|end| actual.is_char_boundary(*end));
        ends.into_iter().find_map(|end| {
            let (value, after) = actual.split_at(end);
            if !form.accepts(value) {
                return None;
            }
            self.match_from(rest, after).map(|learned| (value.to_owned(), learned))
        })
    }
}

/// What a form-encoder leaves as it is.
const URL_SAFE: &percent_encoding::AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'*');

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// A placeholder with one value in the whole file.
    Value(String),
    /// A placeholder whose value may be another each time.
    Form(String, Form),
}

/// What may stand behind a placeholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Uuid,
    Hex32,
    /// A token with its prefix.
    Token(&'static str),
    Opaque,
    Digits,
    Anything,
}

impl Form {
    fn allows(self, character: char) -> bool {
        match self {
            Self::Uuid => character.is_ascii_hexdigit() || character == '-',
            Self::Hex32 => character.is_ascii_hexdigit(),
            Self::Token(_) | Self::Opaque => character.is_ascii_alphanumeric() || "-_.~".contains(character),
            Self::Digits => character.is_ascii_digit(),
            Self::Anything => true,
        }
    }

    fn accepts(self, value: &str) -> bool {
        match self {
            Self::Uuid => {
                value.len() == 36
                    && value
                        .char_indices()
                        .all(|(index, character)| (character == '-') == [8, 13, 18, 23].contains(&index))
            }
            Self::Hex32 => value.len() == 32,
            Self::Token(prefix) => value.len() > prefix.len() && value.starts_with(prefix),
            Self::Opaque | Self::Digits | Self::Anything => true,
        }
    }
}

fn value_form(placeholder: &str) -> Form {
    let name = placeholder.trim_start_matches('<');
    let is = |prefix: &str| name.starts_with(prefix);
    match () {
        () if is("uuid:") => Form::Uuid,
        () if is("hex32:") => Form::Hex32,
        () if is("token:ory_at_") => Form::Token("ory_at_"),
        () if is("token:ory_rt_") => Form::Token("ory_rt_"),
        () if is("token:ory_ac_") => Form::Token("ory_ac_"),
        () if is("token:ory_dc_") => Form::Token("ory_dc_"),
        () => Form::Opaque,
    }
}

/// Splits a text at its placeholders.
fn parse(template: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('<') {
        let placeholder = rest[start..].find('>').map(|end| &rest[start..=start + end]);
        let piece = placeholder.and_then(|placeholder| Some((placeholder, classify(placeholder)?)));
        text.push_str(&rest[..start]);
        if let Some((placeholder, piece)) = piece {
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(piece);
            rest = &rest[start + placeholder.len()..];
        } else {
            text.push('<');
            rest = &rest[start + 1..];
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

fn classify(placeholder: &str) -> Option<Piece> {
    let name = placeholder.strip_prefix('<')?.strip_suffix('>')?;
    let form = match name {
        "public" | "admin" | "ui" | "rp" | "hook" => return Some(Piece::Value(placeholder.to_owned())),
        "murmur3" | "seconds" => Form::Digits,
        "at_hash" | "c_hash" => Form::Opaque,
        "http-date" | "gotime" | "cookie" | "memory address" | "sql" => Form::Anything,
        _ => {
            let (kind, number) = name.rsplit_once(':')?;
            let known =
                !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:".contains(&byte));
            let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            return (known && numbered && kind != "seconds").then(|| Piece::Value(placeholder.to_owned()));
        }
    };
    Some(Piece::Form(placeholder.to_owned(), form))
}

/// A placeholder that is the whole value of a member and says its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// RFC 3339 in UTC, this many seconds after now; whole seconds unless fractions are allowed.
    Time { offset: i64, fraction: bool },
    /// A JSON number, seconds since 1970, this many seconds after now.
    Epoch(i64),
    /// A JSON number of seconds, or one less.
    Seconds(i64),
}

impl Typed {
    pub(super) fn parse(template: &str) -> Option<Self> {
        let name = template.strip_prefix('<')?.strip_suffix('>')?;
        let (kind, rest) = name.split_once(':')?;
        let offset =
            || rest.strip_prefix("now").map(|offset| if offset.is_empty() { Some(0) } else { offset.parse().ok() });
        match kind {
            "time" => Some(Self::Time { offset: offset()??, fraction: false }),
            "time-with-fraction" => Some(Self::Time { offset: offset()??, fraction: true }),
            "epoch" | "epoch-as-float" => Some(Self::Epoch(offset()??)),
            "seconds" => rest.parse().ok().map(Self::Seconds),
            _ => None,
        }
    }

    /// A value of that kind, `now` being Unix seconds.
    pub(super) fn example(self, now: i64) -> Value {
        match self {
            Self::Time { offset, .. } => {
                OffsetDateTime::from_unix_timestamp(now + offset).unwrap().format(&Rfc3339).unwrap().into()
            }
            Self::Epoch(offset) => (now + offset).into(),
            Self::Seconds(seconds) => seconds.into(),
        }
    }

    /// Whether a value is of that kind and means that.
    pub(super) fn fits(self, value: &Value, names: &Bindings) -> bool {
        match self {
            Self::Epoch(offset) => value.as_i64().is_some_and(|seconds| names.is_instant(seconds, offset)),
            Self::Seconds(wanted) => value.as_i64().is_some_and(|seconds| [wanted, wanted - 1].contains(&seconds)),
            Self::Time { offset, fraction } => {
                let text = value.as_str().filter(|text| text.ends_with('Z') && (fraction || !text.contains('.')));
                let time = text.and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
                time.is_some_and(|time| names.is_instant(time.unix_timestamp(), offset))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bindings() -> Bindings {
        Bindings::new(&[("public", "http://127.0.0.1:4444"), ("rp", "http://127.0.0.1:5555")], 1_000)
    }

    #[test]
    fn a_placeholder_keeps_the_value_of_its_first_appearance() {
        let mut names = bindings();
        assert!(names.matches("<uuid:1>", "0123abcd-0123-4123-8123-0123456789ab"));
        assert!(!names.matches("<uuid:1>", "9999abcd-0123-4123-8123-0123456789ab"));
        assert!(!names.matches("<uuid:2>", "0123abcd0123412381230123456789ab"));
        assert!(names.matches("<hex32:1>", "0123abcd0123412381230123456789ab"));
        assert_eq!(
            names.fill("/a/<uuid:1>?x=<hex32:1>").unwrap(),
            "/a/0123abcd-0123-4123-8123-0123456789ab?x=0123abcd0123412381230123456789ab"
        );
        assert_eq!(names.fill("<uuid:7>"), Err("<uuid:7>".to_owned()));
    }

    #[test]
    fn placeholders_match_inside_addresses_and_encoded() {
        let mut names = bindings();
        let template = "<public>/oauth2/auth?redirect_uri=<rp>%2Fcallback&login_verifier=<login_verifier:1>&z=1";
        assert!(names.matches(
            template,
            "http://127.0.0.1:4444/oauth2/auth?redirect_uri=http%3A%2F%2F127.0.0.1%3A5555%2Fcallback&login_verifier=a-b_c&z=1"
        ));
        assert_eq!(names.get("<login_verifier:1>"), Some("a-b_c"));
        assert!(!names.matches("<rp>/a", "http://127.0.0.1:4444/a"));
        assert!(names.matches("ory_hydra_login_csrf_dev_<murmur3>", "ory_hydra_login_csrf_dev_123"));
        assert!(names.matches("ory_hydra_login_csrf_dev_<murmur3>", "ory_hydra_login_csrf_dev_456"));
    }

    #[test]
    fn tokens_are_matched_by_prefix() {
        let mut names = bindings();
        assert!(names.matches("<token:ory_at_:1>", "ory_at_abc-_"));
        assert!(!names.matches("<token:ory_rt_:1>", "ory_at_abc-_"));
        assert!(!names.matches("<token:ory_rt_:2>", "ory_rt_"));
    }

    #[test]
    fn other_angle_brackets_are_text() {
        let mut names = bindings();
        assert!(names.matches("<b>&\"'", "<b>&\"'"));
        assert!(names.matches("Some <text>", "Some <text>"));
        assert!(names.matches("a < b", "a < b"));
        assert_eq!(names.fill("<b> <text> <").unwrap(), "<b> <text> <");
    }

    #[test]
    fn nothing_is_learned_from_half_a_match() {
        let mut names = bindings();
        assert!(!names.matches("<token:ory_at_:1> and more", "ory_at_abc and less"));
        assert_eq!(names.get("<token:ory_at_:1>"), None);
    }

    #[test]
    fn typed_placeholders_are_read() {
        assert_eq!(Typed::parse("<epoch:now+3600>"), Some(Typed::Epoch(3600)));
        assert_eq!(Typed::parse("<epoch:now>"), Some(Typed::Epoch(0)));
        assert_eq!(Typed::parse("<time-with-fraction:now-5>"), Some(Typed::Time { offset: -5, fraction: true }));
        assert_eq!(Typed::parse("<seconds:3600>"), Some(Typed::Seconds(3600)));
        assert_eq!(Typed::parse("<uuid:1>"), None);
        assert_eq!(Typed::parse("plain"), None);
    }

    #[test]
    fn an_instant_is_any_moment_since_the_replay_began() {
        let mut names = bindings();
        names.now = 1_010;
        for (seconds, fits) in [(1_095, false), (1_098, true), (1_105, true), (1_112, true), (1_113, false)] {
            assert_eq!(names.is_instant(seconds, 100), fits, "{seconds}");
        }
    }
}
