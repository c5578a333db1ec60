//! Which paths need somebody who is logged in, and how a request without one is answered.

use http::Method;
use http::header::{ACCEPT, HeaderMap, REFERER};
use url::Url;

/// Paths that everybody may ask for.
#[derive(Debug, Clone, Default)]
pub(super) struct PublicPaths {
    exact: Vec<String>,
    /// With the slash at the end.
    prefixes: Vec<String>,
    all: bool,
}

impl PublicPaths {
    /// `/about` is that path, `/assets/*` is everything below `/assets/`, and `/*` is everything.
    pub(super) fn add(&mut self, pattern: &str) {
        match pattern.strip_suffix('*') {
            Some("/") => self.all = true,
            Some(prefix) => self.prefixes.push(prefix.to_owned()),
            None => self.exact.push(pattern.to_owned()),
        }
    }

    pub(super) fn contains(&self, path: &str) -> bool {
        let below = |prefix: &String| path.starts_with(prefix.as_str()) && is_plain(path);
        self.all || self.exact.iter().any(|exact| exact == path) || self.prefixes.iter().any(below)
    }
}

/// Whether a path is what it looks like. Somebody behind this layer may decode and resolve `/assets/%2e%2e/admin`.
fn is_plain(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    !["..", "//", "\\", "%2e", "%2f", "%5c", "%00"].iter().any(|odd| path.contains(odd))
}

/// Whether a pattern is one that [`PublicPaths::add`] understands.
pub(super) fn is_pattern(pattern: &str) -> bool {
    let path = pattern.strip_suffix("/*").unwrap_or(pattern);
    (path.is_empty() || path.starts_with('/')) && !pattern.is_empty() && !path.contains(['*', '?', '#'])
}

/// Whether the browser goes to a page, rather than a script that asks: only a page may be answered with a redirect to the
/// login. Browsers say it themselves; of others, whoever asks for HTML is taken for one.
pub(super) fn is_navigation(headers: &HeaderMap) -> bool {
    match text(headers, "sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => text(headers, ACCEPT.as_str()).is_some_and(|accept| accept.contains("text/html")),
    }
}

/// Whether a request that changes something comes from the application's own pages. `Sec-Fetch-Site` says it; where it is
/// missing, `Origin` does, and where both are, the browser is so old that `SameSite` has to be enough.
pub(super) fn is_own_form(headers: &HeaderMap, own: &Url) -> bool {
    match (text(headers, "sec-fetch-site"), text(headers, "origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin == own.origin().ascii_serialization(),
        (None, None) => true,
    }
}

/// Whether the browser follows a link of the application's own pages. A GET has no `Origin`, and `SameSite` lets it pass, so
/// an old browser has to say with `Referer` where the link was.
pub(super) fn is_own_link(headers: &HeaderMap, own: &Url) -> bool {
    let is_own = match (text(headers, "sec-fetch-site"), text(headers, REFERER.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(referer)) => Url::parse(referer).is_ok_and(|page| page.origin() == own.origin()),
        (None, None) => false,
    };
    is_own && is_navigation(headers)
}

/// The methods that a browser sends to look at a page.
pub(super) fn is_reading(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    // What is there and cannot be read counts as there, and is nothing good.
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use http::header::HeaderName;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn public_paths_are_exact_or_below() {
        let mut public = PublicPaths::default();
        public.add("/");
        public.add("/about");
        public.add("/assets/*");
        for path in ["/", "/about", "/assets/", "/assets/a/b.css", "/assets/a-b_c~d%20e.js"] {
            assert!(public.contains(path), "{path}");
        }
        for path in [
            "/about/",
            "/about/x",
            "/aboutx",
            "/ABOUT",
            "/assets",
            "/assetsx",
            "//",
            "/assets/../admin",
            "/assets/%2e%2E/admin",
            "/assets/..%2fadmin",
            "/assets//admin",
            "/assets/..\\admin",
            "/assets/%5c",
            "/admin",
            "",
        ] {
            assert!(!public.contains(path), "{path}");
        }
        public.add("/*");
        assert!(public.contains("/admin"));
    }

    #[test]
    fn patterns_are_paths() {
        for good in ["/", "/*", "/a", "/a/*"] {
            assert!(is_pattern(good), "{good}");
        }
        for bad in ["", "*", "a", "/a*", "/*/b", "/a?b", "a/*"] {
            assert!(!is_pattern(bad), "{bad}");
        }
    }

    #[test]
    fn only_pages_are_navigations() {
        for (pairs, expected) in [
            (&[("sec-fetch-mode", "navigate"), ("accept", "*/*")][..], true),
            (&[("sec-fetch-mode", "cors"), ("accept", "text/html")], false),
            (&[("sec-fetch-mode", "same-origin")], false),
            (&[("accept", "text/html,application/xhtml+xml;q=0.9")], true),
            (&[("accept", "application/json")], false),
            (&[("accept", "*/*")], false),
            (&[], false),
        ] {
            assert_eq!(is_navigation(&headers(pairs)), expected, "{pairs:?}");
        }
    }

    #[test]
    fn other_sites_are_told_apart() {
        let own = Url::parse("https://app.example/auth/callback").unwrap();
        for (pairs, expected) in [
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")][..], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site"), ("origin", "https://app.example")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "")], false),
            (&[("origin", "https://app.example")], true),
            (&[("origin", "https://app.example:8443")], false),
            (&[("origin", "http://app.example")], false),
            (&[("origin", "null")], false),
            (&[], true),
        ] {
            assert_eq!(is_own_form(&headers(pairs), &own), expected, "{pairs:?}");
        }
    }

    #[test]
    fn only_links_of_own_pages_count() {
        let own = Url::parse("https://app.example/auth/callback").unwrap();
        for (pairs, expected) in [
            (&[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "navigate")][..], true),
            (&[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "no-cors")], false),
            (&[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")], false),
            (&[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "navigate")], false),
            (&[("sec-fetch-site", "cross-site"), ("referer", "https://app.example/"), ("accept", "text/html")], false),
            (&[("referer", "https://app.example/page"), ("accept", "text/html")], true),
            (&[("referer", "https://app.example/page"), ("accept", "image/png")], false),
            (&[("referer", "https://app.example.evil.example/"), ("accept", "text/html")], false),
            (&[("referer", "http://app.example/"), ("accept", "text/html")], false),
            (&[("accept", "text/html")], false),
            (&[], false),
        ] {
            assert_eq!(is_own_link(&headers(pairs), &own), expected, "{pairs:?}");
        }
    }
}
