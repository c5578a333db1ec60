//! Control characters (U+0000 to U+001F, U+007F to U+009F) in what a request says: refused everywhere, in the same words.
//! No parameter of a specification has them, RFC 6749 appendix A names the characters of each, and a database, a log or a
//! header stumbles over one or another. Each reader of a request asks here: `params` for queries and forms, `exchange` for
//! JSON, `routes` for the address. Texts of several lines are left as they are in the few members that hold such texts,
//! and so are line breaks between the members of a JSON document.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::OAuthError;

/// Members of JSON bodies whose texts, at any depth, may have tabulators and line breaks: an address has several lines
/// (OpenID Connect Core §5.1.1), a person writes why a request is rejected, and the others are an operator's to fill.
const WITH_LINES: [&str; 7] =
    ["address", "context", "error_debug", "error_description", "error_hint", "metadata", "session"];
/// Parameters that are JSON (OpenID Connect Core §5.5, RFC 9396 §2), which may be written in several lines.
const JSON_PARAMETERS: [&str; 3] = ["authorization_details", "claims", "registration"];

/// Checks the path and the query of an address.
pub fn check_address(path: &str, query: &str) -> Result<(), OAuthError> {
    let decoded = || percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    if has_one(path) || (path.contains('%') && has_one(&decoded())) {
        return Err(fault("The path"));
    }
    // A name or value in plain characters is what it says; decoding the others costs little, as there are few.
    if !query.contains('%') {
        return Ok(());
    }
    form_urlencoded::parse(query.as_bytes()).try_for_each(|(name, value)| check_parameter(&name, &value))
}

/// Checks a decoded parameter.
pub fn check_parameter(name: &str, value: &str) -> Result<(), OAuthError> {
    if has_one(name) {
        return Err(fault("The name of a parameter"));
    }
    if !has_one(value) {
        return Ok(());
    }
    let of_lines = JSON_PARAMETERS.contains(&name) && !value.contains(is_forbidden_in_lines);
    let is_json = || serde_json::from_str::<IgnoredAny>(value).is_ok();
    if of_lines && is_json() && found_in_json(value.as_bytes()).is_none() {
        return Ok(());
    }
    Err(fault(&format!("Parameter '{name}'")))
}

/// Checks the names and texts of a JSON document. One that is not JSON passes: whoever decodes it says so.
pub fn check_json(document: &[u8]) -> Result<(), OAuthError> {
    found_in_json(document).map_or(Ok(()), Err)
}

/// Most texts are plain, which is seen sooner byte by byte.
fn has_one(text: &str) -> bool {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~');
    !text.bytes().all(is_plain) && text.contains(char::is_control)
}

fn fault(place: &str) -> OAuthError {
    OAuthError::invalid_request(format!("{place} has a control character, such as a line break or NUL."))
}

fn is_forbidden_in_lines(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\n' | '\r')
}

fn found_in_json(document: &[u8]) -> Option<OAuthError> {
    if !mentions_one(document) {
        return None;
    }
    let mut place = None;
    let mut reader = serde_json::Deserializer::from_slice(document);
    match (Texts { rule: Rule::ByMember, member: None, place: &mut place }).deserialize(&mut reader) {
        Ok(()) => None,
        Err(_) if place.is_some() => place.map(|place| fault(&place)),
        // What cannot be read, as it is nested too deeply, may still be passed over by a decoder that has no use for it.
        Err(_) => serde_json::from_slice::<IgnoredAny>(document).is_ok().then(|| fault("The body")),
    }
}

/// Whether some text of a JSON document has a control character: as an escape (RFC 8259 §7), or as it is from U+007F on.
fn mentions_one(document: &[u8]) -> bool {
    let mut rest = document;
    while let [first, after @ ..] = rest {
        rest = match (first, after) {
            (0x7f, _) | (0xc2, [0x80..=0x9f, ..]) | (b'\\', [b'b' | b'f' | b'n' | b'r' | b't', ..]) => return true,
            (b'\\', [b'u', b'0', b'0', high, low, after @ ..]) => match (high, low) {
                (b'0' | b'1' | b'8' | b'9', _) | (b'7', b'f' | b'F') => return true,
                _ => after,
            },
            (b'\\', [_, after @ ..]) => after,
            _ => after,
        };
    }
    false
}

/// What a text may have.
#[derive(Clone, Copy)]
enum Rule {
    /// The whole document: as the member of the outermost object is named.
    ByMember,
    /// No control characters.
    Plain,
    /// Tabulators and line breaks.
    Lines,
}

/// Looks at every text of a value, and notes where it found a fault.
struct Texts<'a> {
    rule: Rule,
    /// The member of the outermost object.
    member: Option<&'a str>,
    place: &'a mut Option<String>,
}

impl Texts<'_> {
    fn inner(&mut self) -> Texts<'_> {
        let rule = if matches!(self.rule, Rule::Lines) { Rule::Lines } else { Rule::Plain };
        Texts { rule, member: self.member, place: self.place }
    }

    fn refuse<E: Error>(self, what: &str) -> E {
        *self.place = Some(what.to_owned());
        E::custom("a control character")
    }
}

impl<'de> DeserializeSeed<'de> for Texts<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Texts<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let bad = match self.rule {
            Rule::Lines => text.contains(is_forbidden_in_lines),
            Rule::ByMember | Rule::Plain => text.contains(char::is_control),
        };
        if !bad {
            return Ok(());
        }
        let place = self.member.map_or_else(|| "The body".to_owned(), |member| format!("Member '{member}'"));
        Err(self.refuse(&place))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut access: A) -> Result<(), A::Error> {
        while access.next_element_seed(self.inner())?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut access: A) -> Result<(), A::Error> {
        while let Some(name) = access.next_key::<String>()? {
            if name.contains(char::is_control) {
                return Err(self.refuse("The name of a member"));
            }
            let outermost = matches!(self.rule, Rule::ByMember);
            let mut inner = self.inner();
            if outermost {
                inner.member = Some(&name);
                if WITH_LINES.contains(&name.as_str()) {
                    inner.rule = Rule::Lines;
                }
            }
            access.next_value_seed(inner)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is not allowed, where lines are not either.
    const CONTROLS: [char; 7] = ['\0', '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}'];

    fn hint(outcome: Result<(), OAuthError>) -> String {
        outcome.map_or_else(|fault| fault.hint.into_owned(), |()| String::new())
    }

    #[test]
    fn parameters_and_paths_have_none() {
        for control in CONTROLS {
            assert!(hint(check_parameter("state", &format!("a{control}"))).starts_with("Parameter 'state' has"));
            assert!(hint(check_parameter(&format!("s{control}"), "a")).starts_with("The name of a parameter has"));
            let encoded: String = form_urlencoded::byte_serialize(control.to_string().as_bytes()).collect();
            assert!(check_address(&format!("/admin/clients/{encoded}"), "").is_err(), "{control:?}");
            assert!(check_address("/", &format!("a=b&c={encoded}")).is_err(), "{control:?}");
            assert!(check_address("/", &format!("a=b&{encoded}")).is_err(), "{control:?}");
        }
        assert!(check_parameter("state", "f\u{fc}r \u{1f600} \u{a0}\\ %00").is_ok());
        assert!(check_address("/a%2Fb/%ff/%c3%bc", "a=%ff&b=%2500&c=+").is_ok());
    }

    #[test]
    fn a_parameter_of_json_may_have_several_lines_and_its_texts_not() {
        for name in JSON_PARAMETERS {
            assert!(check_parameter(name, "{\r\n\t\"userinfo\": {}\n}").is_ok());
            for bad in
                ["{\n\"a\": \"b\\n\"}", "{\n\"a\\u0000\": 1}", "{\n\"a\": \"\u{85}\"}", "{}\0", "{\u{1b}}", "\n", "a\n"]
            {
                assert!(check_parameter(name, bad).is_err(), "{bad:?}");
            }
        }
    }

    #[test]
    fn texts_of_json_have_none_where_they_have_no_lines() {
        for control in CONTROLS {
            let text = serde_json::to_string(&format!("a{control}")).unwrap();
            for (document, place) in [
                (format!("{{\"a\": {text}}}"), "Member 'a'"),
                (format!("{{\"a\": [{{\"metadata\": {text}}}]}}"), "Member 'a'"),
                (format!("{{\"b\": 1, {text}: true}}"), "The name of a member"),
                (format!("{{\"metadata\": {{{text}: 1.5}}}}"), "The name of a member"),
                (format!("[null, -1, {text}]"), "The body"),
                (text.clone(), "The body"),
            ] {
                assert!(hint(check_json(document.as_bytes())).starts_with(place), "{document}");
            }
            let lines = matches!(control, '\t' | '\n' | '\r');
            for member in WITH_LINES {
                let document = format!("{{\"{member}\": {{\"a\": [{text}]}}}}");
                assert_eq!(check_json(document.as_bytes()).is_ok(), lines, "{document}");
            }
        }
        assert!(check_json("{\n\"a\": \"\\\\n \\u00e9 \\ud83d\\ude00\"\r\n}".as_bytes()).is_ok());
    }

    #[test]
    fn what_is_nested_too_deeply_hides_nothing() {
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        assert!(check_json(format!("{{\"x\": {deep}, \"a\": \"\\u0000\"}}").as_bytes()).is_err());
        for no_json in ["{\"a\": \"\\u0000\"", "\\", "{\"a\": \"\\x\"}", "{\"a\": 1} \\"] {
            let refused = check_json(no_json.as_bytes()).is_err();
            assert!(!refused || no_json.contains("u0000"), "{no_json}");
        }
    }
}
