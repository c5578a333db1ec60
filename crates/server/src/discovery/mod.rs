//! Discovery (OpenID Connect Discovery §4, RFC 8414 §3) and the published keys (RFC 7517), rendered once and kept until the
//! keys change. What the documents say of this server is in [`metadata`]. A document is served as it was rendered, with a tag
//! by which a client learns that it has not changed.

mod metadata;

use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderValue, StatusCode};
use parking_lot::RwLock;
use serde::Serialize;
use symbolon_jose::digest;

use crate::config::Config;
use crate::context::Context;
use crate::exchange::{self, Answer, PLAIN_JSON, Request};

use metadata::{Extent, metadata};

/// Rendered documents.
pub struct RenderedDocuments {
    /// Which reading of the signing keys they show.
    version: u64,
    /// As OpenID Connect Discovery has it.
    openid: Document,
    /// As RFC 8414 has it.
    oauth: Document,
    keys: Document,
}

struct Document {
    body: Bytes,
    tag: HeaderValue,
}

/// `GET /.well-known/openid-configuration`.
pub async fn openid_configuration(context: &Context, request: Request) -> Answer {
    serve(&rendered(context).openid, &request)
}

/// `GET /.well-known/oauth-authorization-server`: the same, whatever SDKs of Ory can read.
pub async fn oauth_authorization_server(context: &Context, request: Request) -> Answer {
    serve(&rendered(context).oauth, &request)
}

/// `GET /.well-known/jwks.json`.
pub async fn keys(context: &Context, request: Request) -> Answer {
    serve(&rendered(context).keys, &request)
}

/// Whether what follows the well-known name in a path is the path of the issuer (RFC 8414 §3.1).
pub fn is_of_issuer(config: &Config, path: &str) -> bool {
    let named = path.strip_prefix("/.well-known/").and_then(|rest| rest.split_once('/')).map(|(_, named)| named);
    let issuer = url::Url::parse(config.issuer()).ok();
    let own = issuer.as_ref().map(|issuer| issuer.path().trim_matches('/')).filter(|own| !own.is_empty());
    own.is_some() && named.map(|named| named.trim_end_matches('/')) == own
}

fn serve(document: &Document, request: &Request) -> Answer {
    let tags = request.list(&IF_NONE_MATCH);
    let known = tags.split(',').any(|tag| tag.trim().trim_start_matches("W/").as_bytes() == document.tag.as_bytes());
    let mut answer = if known { exchange::empty(StatusCode::NOT_MODIFIED) } else { Answer::new(document.body.clone()) };
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PLAIN_JSON));
    headers.insert(ETAG, document.tag.clone());
    answer
}

fn rendered(context: &Context) -> Arc<RenderedDocuments> {
    let keys = context.keys.current();
    of_version(&context.rendered, keys.version(), || {
        let algorithms = keys.signed_response_algorithms(context.keys.offered());
        let full = metadata(context, &algorithms, Extent::Full);
        let strict = context.config.symbolon.compatibility.strict_sdk_discovery;
        let openid =
            if strict { render(&metadata(context, &algorithms, Extent::KnownToStrictSdk)) } else { render(&full) };
        [openid, render(&full), render(&keys.public())]
    })
}

/// The documents of one version of the keys: those that are kept, or new ones. Keys may change while documents are
/// rendered, so each knows its version: it is never served for another, nor kept in the place of a later one.
fn of_version(
    kept: &RwLock<Option<Arc<RenderedDocuments>>>,
    version: u64,
    render: impl FnOnce() -> [Document; 3],
) -> Arc<RenderedDocuments> {
    if let Some(rendered) = kept.read().clone().filter(|rendered| rendered.version == version) {
        return rendered;
    }
    let [openid, oauth, keys] = render();
    let rendered = Arc::new(RenderedDocuments { version, openid, oauth, keys });
    let mut kept = kept.write();
    if kept.as_ref().is_none_or(|kept| kept.version < version) {
        *kept = Some(rendered.clone());
    }
    rendered
}

fn render(document: &impl Serialize) -> Document {
    let mut body = serde_json::to_vec(document).unwrap_or_default();
    body.push(b'\n');
    let tag = format!("\"{}\"", digest::base64url(&digest::sha256(&body)[..12]));
    Document { tag: HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\"")), body: Bytes::from(body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(text: &'static str) -> [Document; 3] {
        [render(&text), render(&text), render(&text)]
    }

    #[test]
    fn documents_that_were_overtaken_while_they_were_rendered_are_not_kept() {
        let kept = RwLock::new(None);
        // Somebody reads the keys and begins to render; then the keys change and another request is served.
        let old = of_version(&kept, 1, || {
            let new = of_version(&kept, 2, || documents("new"));
            assert_eq!(new.keys.body, "\"new\"\n");
            documents("old")
        });
        assert_eq!(old.keys.body, "\"old\"\n");
        let served = of_version(&kept, 2, || panic!("the new documents are kept"));
        assert_eq!((served.version, &served.keys.body[..]), (2, &b"\"new\"\n"[..]));
        assert_ne!(served.keys.tag, old.keys.tag);
    }

    #[test]
    fn documents_of_former_keys_are_not_served() {
        let kept = RwLock::new(None);
        of_version(&kept, 1, || documents("old"));
        assert_eq!(of_version(&kept, 2, || documents("new")).keys.body, "\"new\"\n");
        assert_eq!(of_version(&kept, 2, || documents("again")).keys.body, "\"new\"\n");
    }
}
