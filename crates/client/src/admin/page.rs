//! Lists that come in pages, with the way to the next one in the header `Link` (RFC 8288).

use serde::de::DeserializeOwned;
use url::Url;

use super::AdminClient;
use crate::error::Error;

/// One page of a list.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on this page
    pub items: Vec<T>,
    /// What to pass for the page after this one; `None` on the last page
    pub next_page_token: Option<String>,
}

impl AdminClient {
    /// One page of what is listed at `/admin/{name}`.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        name: &str,
        page_size: u32,
        page_token: Option<&str>,
    ) -> Result<Page<T>, Error> {
        self.list_at(self.url(&[name])?, page_size, page_token).await
    }

    /// One page of what is listed at a URL.
    pub(super) async fn list_at<T: DeserializeOwned>(
        &self,
        mut url: Url,
        page_size: u32,
        page_token: Option<&str>,
    ) -> Result<Page<T>, Error> {
        url.query_pairs_mut().append_pair("page_size", &page_size.to_string());
        if let Some(token) = page_token {
            url.query_pairs_mut().append_pair("page_token", token);
        }
        let answer = self.send(self.http().get(url)).await?;
        let mut links = answer.headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
        let next_page_token = links.find_map(next_page_token);
        Ok(Page { items: answer.json("the list")?, next_page_token })
    }
}

/// The `page_token` of the link with `rel="next"` (RFC 8288 §3): commas separate links, but may also be part of a URL.
fn next_page_token(header: &str) -> Option<String> {
    let next = header.split('<').find(|link| {
        let parameters = link.split_once('>').map_or("", |(_, parameters)| parameters);
        let mut relations = parameters.split(';').filter_map(|part| part.trim().strip_prefix("rel="));
        relations.any(|relation| relation.trim_end_matches([',', ' ']).trim_matches('"') == "next")
    })?;
    let (target, _) = next.split_once('>')?;
    let (_, query) = target.split_once('?')?;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
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
        assert_eq!(next_page_token("</x?page_token=a>; rel=next").as_deref(), Some("a"));
        for none in ["", "</x?page_token=a>; rel=\"first\"", "</x>; rel=\"next\"", "rel=\"next\"", "<<>>;;,,"] {
            assert_eq!(next_page_token(none), None, "{none}");
        }
    }
}
