//! How documents are fetched, and how often (OAuth Client ID Metadata Document §5, §8.6, §8.7). Anybody can make this server
//! call an address by naming it, so: one call at a time for an address, few in a minute to a host, few in a minute
//! altogether to hosts of which nothing is known, and what was read serves for a while. Failures are not kept beyond the
//! second in which they happened.

use std::sync::Arc;
use std::time::Duration;

use symbolon_jose::digest::{base64url, sha256};

use super::address::DocumentAddress;
use super::named;
use crate::clock::Clock;
use crate::context::Context;
use crate::minute_limit::MinuteLimit;
use crate::outbound::{Fetched, NamedAddress, Outbound};

/// Largest document, in bytes.
const LIMIT_BYTES: usize = 10 * 1024;
/// Longest time for reading one. Applications wait ten seconds for an answer.
const WITHIN: Duration = Duration::from_secs(5);
/// How long a document serves whose answer does not say, in seconds.
const USUAL: i64 = 3600;
/// How long one serves at least and at most, whatever its answer says, in seconds.
const BOUNDS: (i64, i64) = (300, 24 * 3600);
/// How long a failure counts, in seconds: for those who wait at the same time.
const FAILURE: i64 = 1;
/// How soon one is read again that is said to have changed, in seconds.
const PAUSE: i64 = 60;
/// Calls to one host in a minute for documents of which nothing is known.
const PER_HOST: u32 = 10;
/// Calls in a minute for one document that is in use, when they fail.
const IN_USE: u32 = 10;
/// Calls in a minute to all hosts that nobody named and whose documents nobody has used.
const UNKNOWN: u32 = 60;

/// A document as it came.
#[derive(Debug)]
pub(super) struct ReadDocument {
    pub(super) body: Vec<u8>,
    /// A hash of it.
    pub(super) digest: String,
    hash: [u8; 32],
    /// When it came, in Unix seconds.
    pub(super) read_at: i64,
    serves_seconds: i64,
}

impl ReadDocument {
    /// A number above zero that changes with the document.
    pub(super) fn number(&self) -> u32 {
        let [a, b, c, d, ..] = self.hash;
        (u32::from_be_bytes([a, b, c, d]) >> 1) | 1
    }
}

/// What a document is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// For a client of which nothing is known.
    Unknown,
    /// For a client that was made of it before.
    InUse,
    /// For a client that may have changed before its document is due to be read again.
    Newer,
}

/// Documents that were read, and how often that was done.
pub(super) struct Reading {
    fetched: Fetched<ReadDocument>,
    hosts: MinuteLimit<String>,
    in_use: MinuteLimit<String>,
    unknown: MinuteLimit<()>,
}

impl Reading {
    pub(super) fn new(clock: &Clock, most: usize) -> Self {
        Self {
            fetched: Fetched::new(clock, most),
            hosts: MinuteLimit::new(PER_HOST, clock),
            in_use: MinuteLimit::new(IN_USE, clock),
            unknown: MinuteLimit::new(UNKNOWN, clock),
        }
    }

    /// The document at an address. The error is for the log.
    pub(super) async fn get(
        &self,
        context: &Context,
        address: &DocumentAddress,
        need: Need,
    ) -> Result<Arc<ReadDocument>, String> {
        let listed = context.config.symbolon.cimd.lists(address.host());
        let named = named(address);
        let lasts = |document: Option<&ReadDocument>| match need {
            Need::Unknown | Need::InUse => document.map_or(FAILURE, |document| document.serves_seconds),
            Need::Newer => PAUSE,
        };
        let fetch = |_| {
            let allowed =
                if need == Need::Unknown { self.count(address.host(), listed) } else { self.count_known(address) };
            let (outbound, clock, named) = (context.outbound.clone(), context.clock.clone(), named.clone());
            async move {
                let document = match allowed {
                    Ok(()) => fetch(&outbound, &clock, &named).await,
                    Err(reason) => Err(reason),
                };
                document
                    .map(Arc::new)
                    .inspect_err(|reason| {
                        tracing::info!(
                            client_id = named.as_str(),
                            reason,
                            "the document of a client could not be read"
                        );
                    })
                    .ok()
            }
        };
        let document = self.fetched.get(&named, lasts, fetch).await;
        document.ok_or_else(|| "its document could not be read".to_owned())
    }

    /// A document is of no use.
    pub(super) fn discard(&self, address: &DocumentAddress) {
        self.fetched.discard(&named(address));
    }

    fn count_known(&self, address: &DocumentAddress) -> Result<(), String> {
        let counted = self.in_use.count(address.as_str().to_owned());
        counted.map_err(|_| "it was asked for too often in this minute".to_owned())
    }

    fn count(&self, host: &str, listed: bool) -> Result<(), String> {
        self.hosts.count(host.to_owned()).map_err(|_| "its host was called too often in this minute".to_owned())?;
        if listed {
            return Ok(());
        }
        self.unknown.count(()).map_err(|_| "too many unknown hosts were called in this minute".to_owned())
    }
}

async fn fetch(outbound: &Outbound, clock: &Clock, address: &NamedAddress) -> Result<ReadDocument, String> {
    let document = outbound.get_document(address, LIMIT_BYTES, WITHIN).await.map_err(|fault| fault.to_string())?;
    if !is_json(&document.content_type) {
        return Err(format!("the document has the type '{}'", document.content_type.escape_debug()));
    }
    let hash = sha256(&document.body);
    Ok(ReadDocument {
        digest: base64url(&hash),
        hash,
        read_at: clock.now(),
        serves_seconds: serves(&document.cache_control),
        body: document.body,
    })
}

/// `application/json`, or a type that ends in `+json` (§4).
fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json"
        || kind
            .strip_prefix("application/")
            .and_then(|kind| kind.strip_suffix("+json"))
            .is_some_and(|kind| !kind.is_empty())
}

/// For how many seconds a document serves (RFC 9111 §5.2.2).
fn serves(cache_control: &str) -> i64 {
    let (least, most) = BOUNDS;
    let directives = cache_control.split(',').map(|directive| directive.trim().to_ascii_lowercase());
    let mut seconds = USUAL;
    for directive in directives {
        if directive == "no-store" || directive.split('=').next() == Some("no-cache") {
            return least;
        }
        if let Some(age) = directive.strip_prefix("max-age=") {
            seconds = age.trim_matches('"').parse().unwrap_or(least);
        }
    }
    seconds.clamp(least, most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_serves_as_long_as_its_answer_says_within_bounds() {
        for (header, seconds) in [
            ("", 3600),
            ("public", 3600),
            ("max-age=600", 600),
            ("Public, Max-Age=7200", 7200),
            ("max-age=\"600\"", 600),
            ("max-age=0", 300),
            ("max-age=-5", 300),
            ("max-age=soon", 300),
            ("max-age=99999999999999999999", 300),
            ("max-age=31536000", 86_400),
            ("no-store", 300),
            ("no-cache, max-age=7200", 300),
            ("max-age=7200, no-cache=\"x\"", 300),
        ] {
            assert_eq!(serves(header), seconds, "{header}");
        }
    }

    #[test]
    fn only_json_is_a_document() {
        for good in ["application/json", "Application/JSON; charset=utf-8", "application/cimd+json"] {
            assert!(is_json(good), "{good}");
        }
        for bad in ["", "text/html", "text/json", "application/jsonp", "application/+json", "application/json+x"] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
