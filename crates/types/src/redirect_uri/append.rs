//! Putting the parameters of an authorization response onto a redirect URI, in its query
//! (RFC 6749 §4.1.2) or its fragment (OAuth 2.0 Multiple Response Type Encoding Practices §2.1).

/// Adds parameters to the query. What the URI had in its query stays as it is, byte for byte, save
/// that parameters of the same name give way: two `code` would be ambiguous.
///
/// ```
/// use symbolon_types::redirect_uri::append_query;
/// let uri = append_query("https://app.example/cb?a=1%2f2&code=old", &[("code", "x y")]);
/// assert_eq!(uri, "https://app.example/cb?a=1%2f2&code=x+y");
/// ```
pub fn append_query(uri: &str, pairs: &[(&str, &str)]) -> String {
    let (before_fragment, fragment) = split_at_mark(uri, '#');
    let (base, query) = split_at_mark(before_fragment, '?');
    let kept = query.split('&').filter(|segment| {
        !segment.is_empty()
            && form_urlencoded::parse(segment.as_bytes()).all(|(name, _)| pairs.iter().all(|(new, _)| name != *new))
    });
    let mut parts: Vec<&str> = kept.collect();
    let added = encode(pairs);
    if !added.is_empty() {
        parts.push(&added);
    }
    let mut result = base.to_owned();
    if !parts.is_empty() || uri.contains('?') {
        result.push('?');
        result.push_str(&parts.join("&"));
    }
    if uri.contains('#') {
        result.push('#');
        result.push_str(fragment);
    }
    result
}

/// Sets the fragment to the parameters; a fragment that was there is replaced.
pub fn append_fragment(uri: &str, pairs: &[(&str, &str)]) -> String {
    let (base, _) = split_at_mark(uri, '#');
    format!("{base}#{}", encode(pairs))
}

fn encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn split_at_mark(text: &str, mark: char) -> (&str, &str) {
    text.split_once(mark).unwrap_or((text, ""))
}
