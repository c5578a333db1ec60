//! Cookies: their names and attributes, and how one that is longer than browsers keep is split over several.
//!
//! On https every name has the prefix `__Host-` (RFC 6265bis §4.1.3.2), so that no other host, and nothing without TLS, can
//! set it. A value of several parts says in its first part how many there are, so that parts that were left over from a
//! longer one are not read.

use http::header::{COOKIE, HeaderMap, HeaderValue};

/// What browsers keep at least of name, value and attributes is 4096 bytes (RFC 6265bis §6.1); this leaves room for the latter.
const PART_BYTES: usize = 3800;
/// How many parts one value may have. Four are below the 16 KiB that many servers take for all headers of a request.
pub(super) const MOST_PARTS: usize = 4;

/// How a cookie is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SameSite {
    /// With requests of the same site, and when the browser goes to a page.
    Lax,
    /// With every request: what an answer by `form_post` needs, which another site posts.
    None,
}

/// The names of the application's cookies, and whether they are for https alone.
#[derive(Debug, Clone)]
pub(super) struct CookieNames {
    pub(super) name: String,
    pub(super) secure: bool,
}

/// How long the browser keeps a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keep {
    UntilBrowserEnds,
    Seconds(i64),
}

impl CookieNames {
    /// The name with its prefix.
    pub(super) fn session(&self) -> String {
        format!("{}{}", if self.secure { "__Host-" } else { "" }, self.name)
    }

    /// Of one login that is under way.
    pub(super) fn pending(&self, state_hash: &str) -> String {
        format!("{}{state_hash}", self.pending_prefix())
    }

    pub(super) fn pending_prefix(&self) -> String {
        format!("{}.login.", self.session())
    }

    /// Counts logins that did not lead to a session.
    pub(super) fn attempts(&self) -> String {
        format!("{}.attempts", self.session())
    }

    /// A `Set-Cookie` header.
    pub(super) fn set(&self, name: &str, value: &str, keep: Keep, same_site: SameSite) -> Option<HeaderValue> {
        let age = match keep {
            Keep::UntilBrowserEnds => String::new(),
            Keep::Seconds(seconds) => format!("; Max-Age={}", seconds.max(0)),
        };
        let same_site = match same_site {
            SameSite::Lax => "; SameSite=Lax",
            SameSite::None => "; SameSite=None",
        };
        // Browsers take SameSite=None from https alone, and with Secure.
        let secure = if self.secure || same_site.ends_with("None") { "; Secure" } else { "" };
        HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly{secure}{same_site}{age}")).ok()
    }

    /// Lets the browser forget the cookie, which was set with the same `same_site`: over http, browsers let nothing but
    /// `Secure` overwrite what was set with `Secure` (RFC 6265bis §5.7).
    pub(super) fn delete(&self, name: &str, same_site: SameSite) -> Option<HeaderValue> {
        self.set(name, "", Keep::Seconds(0), same_site)
    }

    /// The headers that set the session's value, and that delete parts of an older one. `None` when it is too long.
    pub(super) fn set_session(&self, value: &str, keep: Keep, sent: &Cookies) -> Option<Vec<HeaderValue>> {
        let parts: Vec<&[u8]> = value.as_bytes().chunks(PART_BYTES - self.name.len().min(200)).collect();
        if parts.len() > MOST_PARTS {
            return None;
        }
        let mut headers = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let part = std::str::from_utf8(part).ok()?;
            let value = if index == 0 { format!("{}.{part}", parts.len()) } else { part.to_owned() };
            headers.push(self.set(&self.part(index), &value, keep, SameSite::Lax)?);
        }
        headers.extend(self.delete_parts_from(parts.len(), sent));
        Some(headers)
    }

    /// The headers that delete the session's value, as far as the browser sent it.
    pub(super) fn delete_session(&self, sent: &Cookies) -> Vec<HeaderValue> {
        self.delete_parts_from(0, sent)
    }

    /// The session's value, put together again.
    pub(super) fn read_session(&self, sent: &Cookies) -> Option<String> {
        let (count, first) = sent.get(&self.session())?.split_once('.')?;
        let count: usize = count.parse().ok().filter(|count| (1..=MOST_PARTS).contains(count))?;
        let mut value = first.to_owned();
        for index in 1..count {
            value.push_str(sent.get(&self.part(index))?);
        }
        Some(value)
    }

    fn part(&self, index: usize) -> String {
        if index == 0 { self.session() } else { format!("{}.{index}", self.session()) }
    }

    fn delete_parts_from(&self, first: usize, sent: &Cookies) -> Vec<HeaderValue> {
        let names = (first..MOST_PARTS).map(|index| self.part(index));
        names.filter(|name| sent.get(name).is_some()).filter_map(|name| self.delete(&name, SameSite::Lax)).collect()
    }
}

/// The cookies of a request, in the order in which they came.
#[derive(Default, Clone)]
pub(super) struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// Reads all headers `Cookie`: HTTP/2 has several (RFC 9113 §8.2.3). A cookie that is no text is another program's,
    /// and does not spoil those beside it.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let parts = headers.get_all(COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
        let pairs = parts.filter_map(|part| std::str::from_utf8(part).ok()?.trim().split_once('='));
        Self(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn with_prefix(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter(move |(name, _)| name.starts_with(prefix)).map(|(name, value)| (&**name, &**value))
    }
}

/// A name that a cookie may have (RFC 6265 §4.1.1) and that no prefix can spoil.
pub(super) fn is_name(name: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-^_`|~".contains(&byte);
    !name.is_empty() && name.len() <= 100 && name.bytes().all(token) && !name.starts_with("__")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> CookieNames {
        CookieNames { name: "app".into(), secure: true }
    }

    /// What a browser sends after these answers.
    fn sent(headers: &[HeaderValue]) -> Cookies {
        let pairs = headers.iter().map(|header| header.to_str().unwrap().split(';').next().unwrap());
        let text = pairs.collect::<Vec<_>>().join("; ");
        Cookies::of(&HeaderMap::from_iter([(COOKIE, HeaderValue::try_from(text).unwrap())]))
    }

    #[test]
    fn a_value_comes_back_whatever_its_length() {
        for length in [0_usize, 1, 3796, 3797, 3798, 7594, 15_188] {
            let value = "v".repeat(length);
            let set = names().set_session(&value, Keep::UntilBrowserEnds, &Cookies::default());
            let back = set.and_then(|headers| names().read_session(&sent(&headers)));
            assert_eq!(back, (length > 0).then_some(value), "{length}");
        }
        let long = "v".repeat(15_189);
        assert!(names().set_session(&long, Keep::UntilBrowserEnds, &Cookies::default()).is_none());
    }

    #[test]
    fn each_part_is_one_that_browsers_keep() {
        let headers = names().set_session(&"v".repeat(15_000), Keep::Seconds(100_000), &Cookies::default()).unwrap();
        assert_eq!(headers.len(), 4);
        for header in headers {
            let text = header.to_str().unwrap();
            assert!(text.len() <= 4096 && text.starts_with("__Host-app"), "{}", text.len());
            for attribute in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age=100000"] {
                assert!(text.contains(attribute), "{attribute}");
            }
        }
    }

    #[test]
    fn parts_of_a_longer_value_are_deleted_and_not_read() {
        let long = names().set_session(&"o".repeat(9000), Keep::UntilBrowserEnds, &Cookies::default()).unwrap();
        let short = names().set_session("new", Keep::UntilBrowserEnds, &sent(&long)).unwrap();
        let texts: Vec<_> = short.iter().map(|header| header.to_str().unwrap()).collect();
        assert_eq!(texts.len(), 3);
        assert!(texts[1].starts_with("__Host-app.1=;") && texts[2].starts_with("__Host-app.2=;"));
        assert!(texts[1].contains("Max-Age=0"));
        let mixed = sent(&[short[0].clone(), long[1].clone(), long[2].clone()]);
        assert_eq!(names().read_session(&mixed).as_deref(), Some("new"));
    }

    #[test]
    fn what_is_no_value_is_none() {
        for value in ["", "x", "0.x", "5.x", "2.x", "-1.x", ".x", "99999999999999999999.x"] {
            let header = HeaderValue::try_from(format!("__Host-app={value}")).unwrap();
            assert_eq!(names().read_session(&sent(&[header])), None, "{value}");
        }
    }

    #[test]
    fn a_cookie_of_somebody_else_does_not_spoil_the_own_one() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_bytes(b"theme=\xe4; __Host-app=1.x; other=\xc3\xa4").unwrap());
        headers.append(COOKIE, HeaderValue::from_static("more=y;;=;z"));
        let cookies = Cookies::of(&headers);
        assert_eq!(names().read_session(&cookies).as_deref(), Some("x"));
        assert_eq!((cookies.get("more"), cookies.get("theme"), cookies.get("z")), (Some("y"), None, None));
    }

    #[test]
    fn names_are_plain() {
        for good in ["app", "my-app_2"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "a b", "a=b", "a;b", "a.b", "__Host-a", "ä", &"a".repeat(101)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
