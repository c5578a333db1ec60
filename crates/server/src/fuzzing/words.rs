//! Words that people type and browsers send: user codes, usernames, origins.

use url::Url;

use crate::accounts::username::Username;
use crate::config::{OriginPattern, UserCode};
use crate::device::user_code;

/// A user code (RFC 8628 §6.1): read twice it is the same, and it never grows.
pub fn user_code(typed: &str) {
    for characters in ["ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefgh-", "abcABC123", "0123456789"] {
        let form = UserCode { length: 8, character_set: characters.to_owned() };
        let meant = user_code::canonical(typed, &form);
        assert_eq!(user_code::canonical(&meant, &form), meant, "{typed:?}");
        assert!(meant.chars().count() <= typed.chars().count(), "{typed:?} became {meant:?}");
    }
}

/// A username (RFC 8265 §3.3): what it is compared by is the same name when it is typed. A few letters, those of Cherokee
/// for one, have small forms that cannot be typed by themselves.
pub fn username(typed: &str) {
    let Some(name) = Username::parse(typed) else { return };
    assert!(!name.canonical.contains(char::is_control) && name.canonical.len() <= 256, "{typed:?}");
    let again = Username::parse(&name.canonical).map(|again| again.canonical);
    assert!(
        again.as_ref().is_none_or(|again| *again == name.canonical),
        "{typed:?} is {:?}, then {again:?}",
        name.canonical
    );
}

/// The origin of a page (RFC 6454): what an entry lets in is, for a browser, where the entry says.
pub fn origin(origin: &str) {
    let _ = OriginPattern::parse(origin).map(|pattern| pattern.matches(origin));
    let lets_in = |pattern: &str| OriginPattern::parse(pattern).is_some_and(|pattern| pattern.matches(origin));
    if lets_in("https://app.example") {
        assert_eq!(origin, "https://app.example");
    }
    // What is no address is not sent by a browser.
    let Ok(read) = Url::parse(origin) else { return };
    let of_user = !read.username().is_empty() || read.password().is_some();
    let bare = matches!(read.path(), "" | "/") && read.query().is_none() && read.fragment().is_none() && !of_user;
    let host = read.host_str().unwrap_or_default();
    if lets_in("https://*.apps.example") {
        assert!(
            bare && read.scheme() == "https" && host.ends_with(".apps.example") && read.port().is_none(),
            "{origin:?}"
        );
    }
    if lets_in("http://localhost:*") {
        assert!(bare && read.scheme() == "http" && host == "localhost", "{origin:?}");
    }
}
