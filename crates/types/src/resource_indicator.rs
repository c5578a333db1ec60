//! Resource indicators (RFC 8707 §2): absolute URIs without a fragment, compared after the normalisation of RFC 3986 §6.2
//! that changes nothing a server could tell apart. Clients write the same address in several ways: scripts in browsers make
//! `https://a.example/` of `https://a.example`, and others strip the slash again.

use std::fmt;

/// A resource indicator, as it is compared: scheme and host in small letters, without the port that the scheme has anyway,
/// and with `/` for an empty path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResourceIndicator(String);

/// Why a text is no resource indicator, to follow its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceIndicatorFault(&'static str);

impl fmt::Display for ResourceIndicatorFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for ResourceIndicatorFault {}

impl ResourceIndicator {
    /// Reads an indicator.
    ///
    /// ```
    /// use symbolon_types::ResourceIndicator;
    /// let same = ResourceIndicator::parse("HTTPS://API.example:443").unwrap();
    /// assert_eq!(same, ResourceIndicator::parse("https://api.example/").unwrap());
    /// assert!(ResourceIndicator::parse("https://api.example/#part").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, ResourceIndicatorFault> {
        const RELATIVE: ResourceIndicatorFault = ResourceIndicatorFault("is not an absolute URI");
        if text.contains('#') {
            return Err(ResourceIndicatorFault("must not have a fragment"));
        }
        let (scheme, rest) = text.split_once(':').ok_or(RELATIVE)?;
        let begins = scheme.starts_with(|first: char| first.is_ascii_alphabetic());
        let scheme_follows = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        if !begins || !scheme_follows || rest.is_empty() {
            return Err(RELATIVE);
        }
        if !has_characters_of_a_uri(rest) {
            return Err(ResourceIndicatorFault("has a character that a URI cannot have"));
        }
        let scheme = scheme.to_ascii_lowercase();
        let Some(hierarchical) = rest.strip_prefix("//") else { return Ok(Self(format!("{scheme}:{rest}"))) };
        let end = hierarchical.find(['/', '?']).unwrap_or(hierarchical.len());
        let (authority, after) = hierarchical.split_at(end);
        if authority.contains('@') {
            return Err(ResourceIndicatorFault("must not have a user name"));
        }
        let authority = normal_authority(&scheme, authority).ok_or(ResourceIndicatorFault("has no valid host"))?;
        let slash = if after.starts_with('/') { "" } else { "/" };
        Ok(Self(format!("{scheme}://{authority}{slash}{after}")))
    }
}

/// RFC 3986 §2: unreserved, reserved, and percent signs with two digits.
fn has_characters_of_a_uri(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = match byte {
            b'%' => {
                bytes.next().is_some_and(|high| high.is_ascii_hexdigit())
                    && bytes.next().is_some_and(|low| low.is_ascii_hexdigit())
            }
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=".contains(&byte),
        };
        if !fits {
            return false;
        }
    }
    true
}

/// Host in small letters, and the port where it is not the scheme's own (RFC 3986 §6.2.2.1, §6.2.3).
fn normal_authority(scheme: &str, authority: &str) -> Option<String> {
    let (host, port) = match authority.rfind(':') {
        // Inside of brackets it is a part of the address.
        Some(at) if !authority[at..].contains(']') => (&authority[..at], &authority[at + 1..]),
        _ => (authority, ""),
    };
    let bracketed = host.starts_with('[') && host.ends_with(']');
    if host.is_empty() || (!bracketed && host.contains(['[', ']', ':'])) {
        return None;
    }
    let host = host.to_ascii_lowercase();
    if port.is_empty() {
        return Some(host);
    }
    let number: u16 = Some(port).filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()?;
    let own = matches!((scheme, number), ("https" | "wss", 443) | ("http" | "ws", 80));
    Some(if own { host } else { format!("{host}:{number}") })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_address_are_the_same() {
        for spellings in [
            &["https://a.example", "https://a.example/", "HTTPS://A.Example:443", "https://a.example:/"][..],
            &["http://a.example:80/x", "http://a.example/x", "http://A.example:0080/x"],
            &["https://a.example?q", "https://a.example/?q"],
            &["https://[2001:DB8::1]:443/mcp", "https://[2001:db8::1]/mcp"],
            &["URN:example:API", "urn:example:API"],
        ] {
            let first = ResourceIndicator::parse(spellings[0]).unwrap();
            for spelling in spellings {
                assert_eq!(ResourceIndicator::parse(spelling).as_ref(), Ok(&first), "{spelling}");
            }
        }
    }

    #[test]
    fn what_a_server_can_tell_apart_stays_apart() {
        let all = [
            "https://a.example/",
            "http://a.example/",
            "https://a.example/x",
            "https://a.example/x/",
            "https://a.example/X",
            "https://a.example/%78",
            "https://a.example/y/../x",
            "https://a.example:8443/",
            "https://a.example/?",
            "https://b.example/",
            "urn:a",
            "urn:A",
        ];
        for (index, one) in all.iter().enumerate() {
            for other in &all[..index] {
                assert_ne!(ResourceIndicator::parse(one).unwrap(), ResourceIndicator::parse(other).unwrap());
            }
        }
    }

    #[test]
    fn what_is_no_absolute_uri_is_refused() {
        for text in [
            "",
            "a",
            "/a",
            "//a.example",
            "a.example/x",
            ":x",
            "1a:x",
            "https:",
            "https://",
            "https:///x",
            "https://:443/",
            "https://a.example/#",
            "https://a.example#x",
            "https://u@a.example/",
            "https://u:p@a.example/",
            "https://a.example:x/",
            "https://a.example:99999/",
            "https://a.example:4 43/",
            "https://a.example/ x",
            "https://a.example/\\x",
            "https://ä.example/",
            "https://a.example/%zz",
            "https://a.example/%4",
            "https://a:b:c/",
            "https://[::1/",
            "https://::1]/",
            "urn:a b",
            "https://a.example/\"",
        ] {
            assert!(ResourceIndicator::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

        // What is compared is itself an indicator, and the same one.
        #[test]
        fn the_normal_form_is_normal(text in "[a-zA-Z]{1,6}:(//)?[a-zA-Z0-9.:\\[\\]@%/?-]{0,24}") {
            if let Ok(indicator) = ResourceIndicator::parse(&text) {
                prop_assert_eq!(ResourceIndicator::parse(&indicator.0), Ok(indicator));
            }
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,40}") {
            let _ = ResourceIndicator::parse(&text);
        }
    }
}
