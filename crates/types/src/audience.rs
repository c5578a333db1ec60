//! Requested audiences: reading the `audience` parameter and comparing it with what a client has
//! registered.
//!
//! The parameter is an extension of Ory Hydra. Resource indicators (RFC 8707) are compared
//! elsewhere, as their rule is equality.

use std::collections::HashSet;

/// Reads one or more `audience` parameters, each a space separated list. Repeated values are
/// dropped, order is kept.
pub fn parse_audience(values: &[&str]) -> Vec<String> {
    let mut seen = HashSet::new();
    let all = values.iter().flat_map(|value| value.split_ascii_whitespace());
    all.filter(|value| seen.insert(*value)).map(str::to_owned).collect()
}

/// Whether the requested audience is one of the registered ones or lies below one: same scheme,
/// same host, and a path that continues a registered path at a slash. What is not a URL is compared
/// in the same way as if it were all path.
///
/// ```
/// use symbolon_types::audience_allowed;
/// let registered = ["https://api.example.com/users".to_owned()];
/// assert!(audience_allowed(&registered, "https://api.example.com/users/7"));
/// assert!(!audience_allowed(&registered, "https://api.example.com/users7"));
/// assert!(!audience_allowed(&registered, "https://api.example.com/users/../admin"));
/// ```
pub fn audience_allowed(registered: &[String], requested: &str) -> bool {
    registered.iter().any(|own| own == requested)
        || (is_plain(requested) && registered.iter().any(|own| lies_below(own, requested)))
}

/// Only a path of ordinary segments may be compared by its beginning: a dot segment would climb
/// out of the registered path, and a query or fragment is no part of it.
fn is_plain(requested: &str) -> bool {
    let Some((_, path)) = split(requested) else {
        return false;
    };
    !requested.contains(['?', '#', '\\'])
        && !path.split('/').any(|segment| {
            let segment = segment.to_ascii_lowercase().replace("%2e", ".");
            segment == "." || segment == ".." || segment.contains("%2f") || segment.contains("%5c")
        })
}

fn lies_below(registered: &str, requested: &str) -> bool {
    if registered.contains(['?', '#']) {
        return false;
    }
    let (Some((own_origin, own_path)), Some((origin, path))) = (split(registered), split(requested)) else {
        return false;
    };
    let own_path = own_path.trim_end_matches('/');
    own_origin == origin && path.strip_prefix(own_path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Splits into what must be equal and what may continue. An opaque URI (`urn:…`) has no path to
/// continue and gives `None`.
fn split(uri: &str) -> Option<(&str, &str)> {
    if let Some((_, rest)) = uri.split_once("://") {
        let start = uri.len() - rest.len();
        let end = rest.find(['/', '?', '#']).map_or(uri.len(), |index| start + index);
        (end > start).then(|| uri.split_at(end))
    } else if uri.contains(':') || uri.is_empty() {
        None
    } else {
        Some(("", uri))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_may_be_repeated_or_lists() {
        assert_eq!(parse_audience(&["a  b", "c", "a", ""]), ["a", "b", "c"]);
        assert!(parse_audience(&[]).is_empty());
    }

    #[test]
    fn only_equal_or_lower_paths_pass() {
        let table = [
            ("https://a.example/x", "https://a.example/x", true),
            ("https://a.example/x", "https://a.example/x/", true),
            ("https://a.example/x/", "https://a.example/x", true),
            ("https://a.example/x", "https://a.example/x/y/z", true),
            ("https://a.example", "https://a.example/anything", true),
            ("https://a.example/x", "https://a.example/xy", false),
            ("https://a.example/x", "https://a.example", false),
            ("https://a.example/x", "http://a.example/x", false),
            ("https://a.example/x", "https://a.example:8443/x", false),
            ("https://a.example/x", "https://b.example/x", false),
            ("https://a.example/x", "https://a.example@b.example/x", false),
            ("https://a.example", "https://a.example.evil.example/", false),
            ("https://a.example", "https://a.example@evil.example/", false),
            ("https://a.example", "https://a.example\\@evil.example/", false),
            ("https://a.example/x", "https://a.example/x/../y", false),
            ("https://a.example/x", "https://a.example/x/%2E%2e/y", false),
            ("https://a.example/x", "https://a.example/x/..%2fy", false),
            ("https://a.example/x", "https://a.example/x?y", false),
            ("https://a.example/x?y", "https://a.example/x?y", true),
            ("https://a.example/x", "https://a.example/x#y", false),
            ("api", "api", true),
            ("api", "api/users", true),
            ("api", "apis", false),
            ("urn:a", "urn:a", true),
            ("urn:a", "urn:b", false),
            ("urn:a", "urn:a/b", false),
            ("", "x", false),
        ];
        for (registered, requested, expected) in table {
            assert_eq!(audience_allowed(&[registered.to_owned()], requested), expected, "{registered} {requested}");
        }
    }
}
