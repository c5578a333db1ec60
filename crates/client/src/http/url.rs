//! URLs: what may be asked, and how ids become part of one.

use ::url::Url;

use crate::error::Error;

/// An absolute http or https URL; `what` names it in the error.
pub(crate) fn parse_url(text: &str, what: &str) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|error| Error::Configuration(format!("{what} '{text}' is no URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::Configuration(format!("{what} '{text}' must begin with http:// or https://")));
    }
    Ok(url)
}

/// Below `base`, one percent-encoded segment after the other.
///
/// # Errors
/// [`Error::Argument`] for a segment that no URL can carry: an empty one would name the list above it, and `.` and `..`
/// are dropped by every URL parser, also percent-encoded; tabulators and line breaks are dropped, too, so that the rest
/// would name something else.
pub(crate) fn join_segments(base: &Url, segments: &[&str]) -> Result<Url, Error> {
    if let Some(impossible) = segments.iter().find(|segment| matches!(**segment, "" | "." | "..")) {
        return Err(Error::Argument(format!("'{impossible}' cannot be an id in a URL")));
    }
    if segments.iter().any(|segment| segment.contains(char::is_control)) {
        return Err(Error::Argument("an id cannot have a control character, such as a line break".to_owned()));
    }
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_absolute_http() {
        assert!(parse_url("https://as.example/x", "the issuer").is_ok());
        for wrong in ["", "as.example", "ftp://as.example", "/x", "javascript:alert(1)"] {
            let message = parse_url(wrong, "the issuer").unwrap_err().to_string();
            assert!(message.contains("the issuer"), "{message}");
        }
    }

    #[test]
    fn segments_are_encoded_and_cannot_climb() {
        let base = Url::parse("https://h/idp/").unwrap();
        assert_eq!(join_segments(&base, &["a b/c", "?#"]).unwrap().as_str(), "https://h/idp/a%20b%2Fc/%3F%23");
        for wrong in ["", ".", "..", "a\nb", "a\tb", "a\r", "\0", "\u{7f}", "\u{85}"] {
            assert!(matches!(join_segments(&base, &["clients", wrong]), Err(Error::Argument(_))), "{wrong:?}");
        }
    }
}
