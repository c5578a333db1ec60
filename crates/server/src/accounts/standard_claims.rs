//! The standard claims of an account (OpenID Connect Core §5.1): one table says which there are, which scope asks for each
//! (§5.4) and what may stand in it. `updated_at` is not among them: the server keeps it itself.

use serde_json::{Map, Value};
use url::Url;

/// Claims by name; only names of [`CLAIMS`], with values that fit.
pub type Claims = Map<String, Value>;

/// A standard claim.
#[derive(Debug)]
pub struct StandardClaim {
    /// Its name, which is also the member of the management API.
    pub name: &'static str,
    /// The scope that asks for it.
    pub scope: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Address,
    WebAddress,
    Email,
    Birthdate,
    TimeZone,
    Locale,
    PhoneNumber,
    /// Whether somebody made sure of the claim of that name.
    VerificationOf(&'static str),
}

const fn claim(scope: &'static str, name: &'static str, kind: Kind) -> StandardClaim {
    StandardClaim { name, scope, kind }
}

/// All of them.
pub const CLAIMS: &[StandardClaim] = &[
    claim("profile", "name", Kind::Text),
    claim("profile", "given_name", Kind::Text),
    claim("profile", "family_name", Kind::Text),
    claim("profile", "middle_name", Kind::Text),
    claim("profile", "nickname", Kind::Text),
    claim("profile", "preferred_username", Kind::Text),
    claim("profile", "profile", Kind::WebAddress),
    claim("profile", "picture", Kind::WebAddress),
    claim("profile", "website", Kind::WebAddress),
    claim("profile", "gender", Kind::Text),
    claim("profile", "birthdate", Kind::Birthdate),
    claim("profile", "zoneinfo", Kind::TimeZone),
    claim("profile", "locale", Kind::Locale),
    claim("email", "email", Kind::Email),
    claim("email", "email_verified", Kind::VerificationOf("email")),
    claim("phone", "phone_number", Kind::PhoneNumber),
    claim("phone", "phone_number_verified", Kind::VerificationOf("phone_number")),
    claim("address", "address", Kind::Address),
];

/// Members of `address` (OpenID Connect Core §5.1.1); those with `true` may have several lines.
const ADDRESS: [(&str, bool); 6] = [
    ("formatted", true),
    ("street_address", true),
    ("locality", false),
    ("region", false),
    ("postal_code", false),
    ("country", false),
];

/// Longest text, in bytes.
const LONGEST_TEXT: usize = 1_000;
/// Longest address of the web or of e-mail, in bytes.
const LONGEST_ADDRESS: usize = 2_000;

/// A value that a claim cannot have.
#[derive(Debug, PartialEq, Eq)]
pub struct ClaimFault {
    /// The claim, or the member of `address`.
    pub name: String,
    /// What it has to be.
    pub expected: &'static str,
}

/// Applies a change (JSON Merge Patch, RFC 7396): `null` removes a claim, and so does empty text. A changed e-mail
/// address or telephone number is one that nobody made sure of, unless the change says so itself.
pub fn merge(claims: &mut Claims, mut change: Claims) -> Result<(), ClaimFault> {
    if let Some(name) = change.keys().find(|name| CLAIMS.iter().all(|claim| claim.name != *name)) {
        return Err(ClaimFault { name: name.clone(), expected: "left out: there is no such member" });
    }
    // In the order of the table: what was made sure of comes after what it is about.
    for StandardClaim { name, kind, .. } in CLAIMS {
        let Some(value) = change.remove(*name) else { continue };
        let value = match kind {
            Kind::Address => merged_address(claims.get("address"), value)?,
            kind => kept(*kind, value).map_err(|expected| ClaimFault { name: (*name).to_owned(), expected })?,
        };
        if claims.get(*name) != value.as_ref() {
            verification_of(name).map(|verification| claims.remove(verification));
        }
        match value {
            Some(value) => claims.insert((*name).to_owned(), value),
            None => claims.remove(*name),
        };
    }
    let nothing_verified = |claim: &&StandardClaim| match claim.kind {
        Kind::VerificationOf(other) => claims.contains_key(claim.name) && !claims.contains_key(other),
        _ => false,
    };
    match CLAIMS.iter().find(nothing_verified) {
        Some(claim) => {
            Err(ClaimFault { name: claim.name.to_owned(), expected: "left out: there is nothing to verify" })
        }
        None => Ok(()),
    }
}

/// The claim that says whether somebody made sure of the one of this name.
pub fn verification_of(name: &str) -> Option<&'static str> {
    CLAIMS
        .iter()
        .find(|claim| matches!(claim.kind, Kind::VerificationOf(other) if other == name))
        .map(|claim| claim.name)
}

/// The claim that the verification of this name is about.
pub fn verified_claim(name: &str) -> Option<&'static str> {
    CLAIMS.iter().find(|claim| claim.name == name).and_then(|claim| match claim.kind {
        Kind::VerificationOf(other) => Some(other),
        _ => None,
    })
}

/// What is kept of a value; `None` when it removes the claim.
fn kept(kind: Kind, value: Value) -> Result<Option<Value>, &'static str> {
    match (kind, value) {
        (_, Value::Null) => Ok(None),
        (Kind::VerificationOf(_), Value::Bool(verified)) => Ok(Some(Value::Bool(verified))),
        (Kind::VerificationOf(_), _) => Err("true or false"),
        (_, Value::String(text)) if text.trim().is_empty() => Ok(None),
        (_, Value::String(text)) => check(kind, text.trim()).map(|()| Some(Value::String(text.trim().to_owned()))),
        _ => Err("text"),
    }
}

fn merged_address(current: Option<&Value>, change: Value) -> Result<Option<Value>, ClaimFault> {
    let fault = |name: &str, expected| ClaimFault { name: name.to_owned(), expected };
    let change = match change {
        Value::Null => return Ok(None),
        Value::Object(change) => change,
        _ => return Err(fault("address", "an object")),
    };
    let mut address = current.and_then(Value::as_object).cloned().unwrap_or_default();
    for (name, value) in change {
        let Some((_, lines)) = ADDRESS.iter().find(|(member, _)| *member == name) else {
            return Err(fault(&format!("address.{name}"), "left out: there is no such member"));
        };
        match value {
            Value::String(text) if !text.trim().is_empty() => {
                let printable = text.chars().all(|c| !c.is_control() || (*lines && matches!(c, '\n' | '\r')));
                if !printable || text.len() > LONGEST_TEXT {
                    return Err(fault(&format!("address.{name}"), "printable text of at most 1000 bytes"));
                }
                address.insert(name, Value::String(text.trim().to_owned()));
            }
            Value::String(_) | Value::Null => {
                address.remove(&name);
            }
            _ => return Err(fault(&format!("address.{name}"), "text")),
        }
    }
    Ok((!address.is_empty()).then_some(Value::Object(address)))
}

fn check(kind: Kind, text: &str) -> Result<(), &'static str> {
    let longest = if kind == Kind::WebAddress { LONGEST_ADDRESS } else { LONGEST_TEXT };
    if text.len() > longest || text.chars().any(char::is_control) {
        return Err("printable text of at most 1000 bytes, or 2000 for an address of the web");
    }
    let (fits, expected) = match kind {
        Kind::Text | Kind::Address | Kind::VerificationOf(_) => (true, ""),
        Kind::WebAddress => (is_web_address(text), "an address of the web, with https or http"),
        Kind::Email => (is_email(text), "an e-mail address, such as alice@example.com"),
        Kind::Birthdate => (is_birthdate(text), "a date as YYYY-MM-DD, with the year 0000 to leave it out, or YYYY"),
        Kind::TimeZone => (is_time_zone(text), "a time zone, such as Europe/Paris"),
        Kind::Locale => (is_locale(text), "a language tag, such as en-US"),
        Kind::PhoneNumber => (is_phone_number(text), "a telephone number, such as +1 (425) 555-1212"),
    };
    if fits { Ok(()) } else { Err(expected) }
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

/// RFC 5322 §3.4.1, without quoted local parts and comments, which nobody uses.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "()<>[]:;,\\\"@".contains(c));
    // RFC 5321 §4.5.3.1: a path has at most 256 bytes, two of them brackets.
    text.len() <= 254 && plain(local) && plain(domain) && !domain.starts_with('.') && !domain.ends_with('.')
}

/// ISO 8601-1 `YYYY-MM-DD`, or `YYYY`; the year 0000 stands for one that is left out.
fn is_birthdate(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize| -> Option<u32> {
        let digits_only = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        digits_only.then(|| part.parse().ok()).flatten()
    };
    match parts.as_slice() {
        [year] => number(year, 4).is_some_and(|year| year > 0),
        [year, month, day] => match (number(year, 4), number(month, 2), number(day, 2)) {
            (Some(year), Some(month), Some(day)) => day >= 1 && day <= days_of(year, month),
            _ => false,
        },
        _ => false,
    }
}

/// Days of a month; 0 for one that does not exist. A year that is left out may be a leap year.
fn days_of(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    }
}

/// A name of the IANA time zone database. Which there are changes every year, so only the form is looked at.
fn is_time_zone(text: &str) -> bool {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
    };
    text.len() <= 64 && text.split('/').all(is_part)
}

/// BCP 47 (RFC 5646); OpenID Connect Core §5.1 knows the underscore of some implementations, too.
fn is_locale(text: &str) -> bool {
    let mut parts = text.split(['-', '_']);
    let is_language = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphabetic());
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    text.len() <= 64 && parts.next().is_some_and(is_language) && parts.all(is_part)
}

/// E.164 with the usual separators, and an extension as in RFC 3966.
fn is_phone_number(text: &str) -> bool {
    let (number, extension) = text.split_once(";ext=").map_or((text, None), |(number, ext)| (number, Some(ext)));
    let number = number.strip_prefix('+').unwrap_or(number);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let separated = number.chars().all(|c| c.is_ascii_digit() || " -.()/".contains(c));
    let extension =
        extension.is_none_or(|ext| (1..=12).contains(&ext.len()) && ext.bytes().all(|b| b.is_ascii_digit()));
    text.len() <= 64 && separated && (3..=15).contains(&digits) && extension
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(current: Value, change: Value) -> Result<Value, (String, &'static str)> {
        let object = |value: Value| value.as_object().cloned().unwrap();
        let mut claims = object(current);
        merge(&mut claims, object(change)).map_err(|fault| (fault.name, fault.expected))?;
        Ok(Value::Object(claims))
    }

    #[test]
    fn every_claim_takes_what_it_is_and_nothing_else() {
        let cases: [(&str, &[&str], &[&str]); 9] = [
            ("name", &["Alice Ångström", "x"], &["a\nb", "a\0"]),
            (
                "website",
                &["https://a.example/x?y#z", "http://a"],
                &["a.example", "javascript:alert(1)", "data:,x", "https:"],
            ),
            ("picture", &["https://a.example/a.png"], &["/a.png"]),
            (
                "email",
                &["a@b", "a.b+c@d.example", "ä@ö.example"],
                &["a", "@b", "a@", "a b@c", "a@b@c", "a@.b", "<a@b>"],
            ),
            (
                "birthdate",
                &["1999-12-31", "0000-02-29", "2024-02-29", "1999"],
                &[
                    "1999-02-29",
                    "1900-02-29",
                    "1999-13-01",
                    "1999-00-01",
                    "1999-01-00",
                    "1999-1-1",
                    "99",
                    "0000",
                    "31.12.1999",
                    "1999-04-31",
                    "1999-12-31-",
                    "+199-12-31",
                ],
            ),
            (
                "zoneinfo",
                &["Europe/Paris", "UTC", "Etc/GMT+1", "America/Argentina/Buenos_Aires"],
                &["Europe/", "/x", "+01:00", "a b"],
            ),
            (
                "locale",
                &["en", "en-US", "de_CH", "zh-Hant-TW"],
                &["", "e n", "-US", "en-", "123456789", "en-123456789"][1..],
            ),
            (
                "phone_number",
                &["+1 (425) 555-1212", "+56 (2) 687 2400;ext=5678", "112"],
                &["x", "+", "12", "+1 2x3", "+1;ext=", "1234567890123456"],
            ),
            ("gender", &["female", "anything"], &["a\tb"]),
        ];
        for (name, good, bad) in cases {
            for value in good {
                assert_eq!(merged(json!({}), json!({ name: value })), Ok(json!({ name: value })), "{name}");
            }
            for value in bad {
                assert!(merged(json!({}), json!({ name: value })).is_err(), "{name}: {value:?}");
            }
            for value in [json!(7), json!(true), json!([]), json!({}), json!("x".repeat(2_001))] {
                assert!(merged(json!({}), json!({ name: value })).is_err(), "{name}: {value}");
            }
        }
        for value in [json!("true"), json!(1), json!({})] {
            assert!(merged(json!({ "email": "a@b" }), json!({ "email_verified": value })).is_err());
        }
        assert_eq!(merged(json!({}), json!({ "email_verified": true })).unwrap_err().0, "email_verified");
        assert_eq!(merged(json!({}), json!({ "sub": "x" })).unwrap_err().0, "sub");
        assert_eq!(merged(json!({}), json!({ "updated_at": 1 })).unwrap_err().0, "updated_at");
    }

    #[test]
    fn a_change_adds_replaces_and_removes() {
        let current = json!({ "name": "A", "nickname": "a", "address": { "locality": "Bern", "country": "CH" } });
        let change =
            json!({ "name": " B ", "nickname": "", "locale": null, "address": { "locality": null, "region": "BE" } });
        let expected = json!({ "name": "B", "address": { "country": "CH", "region": "BE" } });
        assert_eq!(merged(current.clone(), change), Ok(expected));
        let gone = json!({ "address": { "locality": "", "country": null } });
        assert_eq!(merged(current.clone(), gone), Ok(json!({ "name": "A", "nickname": "a" })));
        for (address, member) in [
            (json!("Bern"), "address"),
            (json!({ "city": "Bern" }), "address.city"),
            (json!({ "locality": 7 }), "address.locality"),
            (json!({ "locality": "a\nb" }), "address.locality"),
            (json!({ "formatted": "x".repeat(1_001) }), "address.formatted"),
        ] {
            assert_eq!(merged(current.clone(), json!({ "address": address })).unwrap_err().0, member);
        }
        let lines = json!({ "address": { "formatted": "1 Way\r\nBern" } });
        assert_eq!(merged(json!({}), lines.clone()), Ok(lines));
    }

    #[test]
    fn another_address_or_number_is_not_verified() {
        let verified =
            json!({ "email": "a@b", "email_verified": true, "phone_number": "123", "phone_number_verified": true });
        let same = json!({ "email": "a@b", "name": "A" });
        assert_eq!(merged(verified.clone(), same).unwrap()["email_verified"], true);
        let other = merged(verified.clone(), json!({ "email": "c@d" })).unwrap();
        assert_eq!((other.get("email_verified"), other.get("phone_number_verified")), (None, Some(&json!(true))));
        let said = json!({ "email_verified": true, "email": "c@d", "phone_number": null });
        let said = merged(verified, said).unwrap();
        assert_eq!(said, json!({ "email": "c@d", "email_verified": true }));
    }
}
