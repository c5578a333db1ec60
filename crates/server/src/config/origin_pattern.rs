//! Which origins an entry of `allowed_origins` stands for: one origin, every host below a domain, every port of a host,
//! or all (RFC 6454 §6.2). A browser names its page's origin in small letters and without the default port, so entries
//! are kept in that form.

use url::Url;

use super::keys::Form;

/// One entry of a list of origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginPattern(Pattern);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    /// `*`.
    All,
    /// `https://*`: all hosts and ports of a scheme. The text ends with `://`.
    Scheme(String),
    /// This origin and no other.
    One(String),
    /// `https://*.example.com`: what stands before and behind the `*`.
    Below(String, String),
    /// `http://localhost:*`: the origin without a port.
    Ports(String),
}

impl OriginPattern {
    /// Reads `https://app.example.com`, `https://*.example.com`, `http://localhost:*`, `https://*` or `*`.
    pub fn parse(text: &str) -> Option<Self> {
        if !Form::Origin.fits(text) {
            return None;
        }
        let text = text.to_ascii_lowercase();
        let Some((scheme, host)) = text.split_once("://") else { return Some(Self(Pattern::All)) };
        let beginning = format!("{scheme}://");
        Some(Self(if host == "*" {
            Pattern::Scheme(beginning)
        } else if let Some(domain) = host.strip_prefix("*.") {
            let domain = serialized(&format!("{beginning}{domain}"));
            Pattern::Below(beginning, format!(".{}", domain.split_once("://")?.1))
        } else if let Some(host) = host.strip_suffix(":*") {
            Pattern::Ports(serialized(&format!("{beginning}{host}")))
        } else {
            Pattern::One(serialized(&text))
        }))
    }

    /// Whether a page of this origin is meant.
    pub fn matches(&self, origin: &str) -> bool {
        match &self.0 {
            Pattern::All => true,
            Pattern::Scheme(beginning) => origin.starts_with(beginning.as_str()),
            Pattern::One(own) => origin == own,
            Pattern::Below(beginning, ending) => {
                let labels =
                    origin.strip_prefix(beginning.as_str()).and_then(|rest| rest.strip_suffix(ending.as_str()));
                labels.is_some_and(are_labels)
            }
            Pattern::Ports(own) => match origin.strip_prefix(own.as_str()) {
                Some("") => true,
                Some(rest) => rest.strip_prefix(':').is_some_and(is_port),
                None => false,
            },
        }
    }

    /// Whether anybody's page is meant, as everybody can have a host name.
    pub fn is_anybody(&self) -> bool {
        matches!(self.0, Pattern::All | Pattern::Scheme(_))
    }
}

/// The origin as browsers write it; of a scheme that they do not know, as it is.
fn serialized(origin: &str) -> String {
    match Url::parse(origin) {
        Ok(url) if url.origin().is_tuple() => url.origin().ascii_serialization(),
        _ => origin.to_owned(),
    }
}

fn are_labels(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn is_port(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::OriginPattern;

    fn matches(pattern: &str, origin: &str) -> bool {
        OriginPattern::parse(pattern).unwrap().matches(origin)
    }

    #[test]
    fn one_origin_is_itself_and_nothing_that_looks_like_it() {
        for same in ["https://a.example", "https://A.example", "https://a.example:443"] {
            assert!(matches(same, "https://a.example"), "{same}");
        }
        for other in
            ["http://a.example", "https://a.example:8443", "https://a.example.evil", "https://xa.example", "null"]
        {
            assert!(!matches("https://a.example", other), "{other}");
        }
        assert!(matches("app+x://y", "app+x://y"));
    }

    #[test]
    fn a_star_in_front_is_one_label_or_more() {
        for inside in ["https://a.b.example", "https://a.c.b.example"] {
            assert!(matches("https://*.b.example", inside), "{inside}");
        }
        for outside in [
            "https://b.example",
            "https://.b.example",
            "https://ab.example",
            "http://a.b.example",
            "https://a.b.example:8443",
            "https://evil.example/.b.example",
            "https://evil@a.b.example",
            "https://a.b.example.evil",
        ] {
            assert!(!matches("https://*.b.example", outside), "{outside}");
        }
        assert!(matches("https://*.b.example:8443", "https://a.b.example:8443"));
    }

    #[test]
    fn a_star_behind_is_a_port() {
        for inside in ["http://localhost", "http://localhost:3000", "http://localhost:1"] {
            assert!(matches("http://localhost:*", inside), "{inside}");
        }
        for outside in ["http://localhost:", "http://localhost:a", "http://localhost.evil:1", "http://localhost:123456"]
        {
            assert!(!matches("http://localhost:*", outside), "{outside}");
        }
    }

    #[test]
    fn a_star_alone_is_anybody() {
        assert!(OriginPattern::parse("*").unwrap().is_anybody() && matches("*", "null"));
        assert!(OriginPattern::parse("https://*").unwrap().is_anybody() && matches("https://*", "https://a.example:1"));
        assert!(!matches("https://*", "http://a.example"));
        assert!(!OriginPattern::parse("https://*.example").unwrap().is_anybody());
        assert_eq!(OriginPattern::parse("a.example"), None);
    }
}
