//! Requested audiences: reading the `audience` parameter and comparing it with what a client has
//! registered.
//!
//! The parameter is an extension of Ory Hydra. Resource indicators (RFC 8707) are compared
//! elsewhere, as their rule is equality.

use std::collections::HashSet;

use crate::membership::{SegmentTree, step};

/// Reads one or more `audience` parameters, each a space separated list. Repeated values are
/// dropped, order is kept.
pub fn parse_audience(values: &[&str]) -> Vec<String> {
    let mut seen = HashSet::new();
    let all = values.iter().flat_map(|value| value.split_ascii_whitespace());
    all.filter(|value| seen.insert(*value)).map(str::to_owned).collect()
}

/// The first requested audience that is none of the registered ones and does not lie below one: same scheme, same host,
/// and a path that continues a registered path at a slash. What is not a URL is compared in the same way as if it were
/// all path. `None` when all are allowed.
///
/// ```
/// use symbolon_types::first_foreign_audience;
/// let registered = ["https://api.example.com/users".to_owned()];
/// let foreign = |requested: &str| first_foreign_audience(&registered, &[requested.to_owned()]).is_some();
/// assert!(!foreign("https://api.example.com/users/7"));
/// assert!(foreign("https://api.example.com/users7"));
/// assert!(foreign("https://api.example.com/users/../admin"));
/// ```
pub fn first_foreign_audience<'r>(registered: &[String], requested: &'r [String]) -> Option<&'r str> {
    if requested.is_empty() {
        return None;
    }
    let mut exact = HashSet::with_capacity(registered.len());
    let mut above = SegmentTree::new();
    for own in registered {
        step();
        exact.insert(own.as_str());
        if let Some(beginning) = beginning(own) {
            above.insert(beginning.split('/'));
        }
    }
    let allowed = |value: &str| {
        step();
        exact.contains(value) || (is_plain(value) && above.has_beginning_of(value.split('/')))
    };
    requested.iter().map(String::as_str).find(|value| !allowed(value))
}

/// What may be continued of a registered audience: all of it but slashes at the end of its path.
fn beginning(registered: &str) -> Option<&str> {
    if registered.contains(['?', '#']) {
        return None;
    }
    let (origin, path) = split(registered)?;
    registered.get(..origin.len() + path.trim_end_matches('/').len())
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
mod properties;
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
            ("https://a.example/x", "https://a.example//x", false),
            ("https://a.example//x", "https://a.example//x/y", true),
            ("https://a.example", "https://a.example//x", true),
            ("/", "/x", true),
            ("/", "x", false),
            ("api", "api", true),
            ("api", "api/users", true),
            ("api", "apis", false),
            ("urn:a", "urn:a", true),
            ("urn:a", "urn:b", false),
            ("urn:a", "urn:a/b", false),
            ("", "x", false),
        ];
        for (registered, requested, expected) in table {
            let (own, wanted) = ([registered.to_owned()], [requested.to_owned()]);
            assert_eq!(first_foreign_audience(&own, &wanted).is_none(), expected, "{registered} {requested}");
        }
    }
}
