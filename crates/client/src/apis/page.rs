//! Lists that come in pages, with the way to the next one in the header `Link` (RFC 8288), which the generated crate drops.

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on this page
    pub items: Vec<T>,
    /// What to pass as `page_token` for the page after this one; `None` on the last page
    pub next_page_token: Option<String>,
}

/// The `page_token` of the link with `rel="next"` (RFC 8288 §3): commas separate links, but may also be part of a URL.
pub(super) fn next_page_token(header: &str) -> Option<String> {
    let next = header.split('<').find(|link| {
        let parameters = link.split_once('>').map_or("", |(_, parameters)| parameters);
        let mut relations = parameters.split(';').filter_map(|part| part.trim().strip_prefix("rel="));
        relations.any(|relation| relation.trim_end_matches([',', ' ']).trim_matches('"') == "next")
    })?;
    let (target, _) = next.split_once('>')?;
    let (_, query) = target.split_once('?')?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "page_token").map(|(_, token)| token.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_page_is_found_among_links() {
        let header = "</admin/clients?page_size=2&page_token=first>; rel=\"first\",\
                      </admin/clients?page_size=2&page_token=a%3D%3D>; rel=\"next\"";
        assert_eq!(next_page_token(header).as_deref(), Some("a=="));
        for none in ["", "</x?page_token=a>; rel=\"first\"", "</x>; rel=\"next\"", "rel=\"next\"", "<<>>;;,,"] {
            assert_eq!(next_page_token(none), None, "{none}");
        }
    }
}
