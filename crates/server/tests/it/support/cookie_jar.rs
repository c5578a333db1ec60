//! Cookies as a browser keeps them (RFC 6265 §5), for one host.

/// One `Set-Cookie` line, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Names and values in order; a flag has an empty value.
    pub(crate) attributes: Vec<(String, String)>,
}

impl Cookie {
    pub(crate) fn parse(line: &str) -> Self {
        let mut parts = line.split(';').map(str::trim);
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).unwrap();
        let attribute = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.to_owned(), value.to_owned())
        };
        Self { name: name.to_owned(), value: value.to_owned(), attributes: parts.map(attribute).collect() }
    }

    /// An attribute's value, empty for a flag.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// `Max-Age` in seconds.
    pub(crate) fn max_age(&self) -> Option<i64> {
        self.attribute("Max-Age").map(|seconds| seconds.parse().unwrap())
    }

    /// Whether a browser forgets the cookie at once.
    pub(crate) fn is_deletion(&self) -> bool {
        self.max_age().is_some_and(|seconds| seconds <= 0)
    }
}

#[derive(Clone, Debug)]
struct Kept {
    name: String,
    value: String,
    path: String,
    /// Unix seconds; `None` until the browser is closed.
    expires_at: Option<i64>,
}

/// The cookies of one browser.
#[derive(Clone, Debug, Default)]
pub(crate) struct CookieJar(Vec<Kept>);

impl CookieJar {
    /// Takes in what an answer sets at the instant `now`, in Unix seconds.
    pub(crate) fn store(&mut self, cookies: &[Cookie], now: i64) {
        for cookie in cookies {
            let path = cookie.attribute("Path").filter(|path| path.starts_with('/')).unwrap_or("/").to_owned();
            self.0.retain(|kept| kept.name != cookie.name || kept.path != path);
            if !cookie.is_deletion() {
                let expires_at = cookie.max_age().map(|seconds| now + seconds);
                self.0.push(Kept { name: cookie.name.clone(), value: cookie.value.clone(), path, expires_at });
            }
        }
    }

    /// Names and values of what a browser would send to `path` at the instant `now`.
    pub(crate) fn sent(&self, path: &str, now: i64) -> Vec<(String, String)> {
        let alive = |kept: &&Kept| kept.expires_at.is_none_or(|expires_at| expires_at > now);
        let matching = self.0.iter().filter(|kept| path_matches(&kept.path, path)).filter(alive);
        matching.map(|kept| (kept.name.clone(), kept.value.clone())).collect()
    }
}

fn path_matches(cookie: &str, path: &str) -> bool {
    path.strip_prefix(cookie).is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(jar: &CookieJar, path: &str, now: i64) -> Vec<String> {
        jar.sent(path, now).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn a_cookie_is_sent_below_its_path_until_it_expires() {
        let mut jar = CookieJar::default();
        jar.store(&[Cookie::parse("a=1; Path=/; Max-Age=10; HttpOnly"), Cookie::parse("b=2; Path=/sub")], 100);
        assert_eq!(names(&jar, "/", 109), ["a"]);
        assert_eq!(names(&jar, "/sub", 109), ["a", "b"]);
        assert_eq!(names(&jar, "/subordinate", 110), Vec::<String>::new());
        assert_eq!(names(&jar, "/sub/x", 110), ["b"]);
    }

    #[test]
    fn a_cookie_is_replaced_and_deleted() {
        let mut jar = CookieJar::default();
        jar.store(&[Cookie::parse("a=1; Path=/")], 0);
        jar.store(&[Cookie::parse("a=2; Path=/")], 0);
        assert_eq!(jar.sent("/", 0), [("a".to_owned(), "2".to_owned())]);
        let deletion = Cookie::parse("a=gone; Path=/; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0");
        assert!(deletion.is_deletion());
        jar.store(&[deletion], 0);
        assert!(jar.sent("/", 0).is_empty());
    }
}
