//! The only way to call other servers. Addresses that clients name may point anywhere, so every host is resolved here and
//! its addresses are judged before a connection is made (no second resolution in between); redirects are not followed;
//! size and time are bounded.

mod guard;

use std::sync::Arc;
use std::time::Duration;

use http::header::ACCEPT;
use reqwest::redirect::Policy;
use url::{Host, Url};

use crate::config::{ClientsHttp, OutboundTrust};

use guard::Guard;

/// Longest time for one call.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes calls. A clone shares the connections.
#[derive(Clone)]
pub struct Outbound {
    guarded: reqwest::Client,
    trusted: reqwest::Client,
    guard: Guard,
    exceptions: Vec<String>,
}

/// Why a call failed; for the log, not for clients.
#[derive(Debug)]
pub struct OutboundError(pub String);

impl std::fmt::Display for OutboundError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Outbound {
    /// Prepares the client as `clients.http.*` says.
    pub fn new(options: &ClientsHttp, trust: &OutboundTrust) -> Result<Self, OutboundError> {
        let authorities = authorities(trust)?;
        let guard = if options.disallow_private_ip_ranges { Guard::PublicOnly } else { Guard::Anywhere };
        let build = |guard: Guard| {
            let builder = authorities
                .iter()
                .cloned()
                .fold(reqwest::Client::builder(), reqwest::ClientBuilder::add_root_certificate);
            builder
                .redirect(Policy::none())
                .timeout(TIMEOUT)
                .connect_timeout(CONNECT_TIMEOUT)
                .no_proxy()
                .dns_resolver(Arc::new(guard::GuardedResolver::new(guard)))
                .user_agent("symbolon")
                .build()
                .map_err(|fault| OutboundError(fault.to_string()))
        };
        Ok(Self {
            guarded: build(guard)?,
            trusted: build(Guard::Anywhere)?,
            guard,
            exceptions: options.private_ip_exception_urls.clone(),
        })
    }

    /// Fetches a document of at most `limit_bytes` from an address that a client named.
    pub async fn get(&self, address: &str, limit_bytes: usize) -> Result<Vec<u8>, OutboundError> {
        let (client, url) = self.client_for(address)?;
        let answer = client.get(url).header(ACCEPT, "application/json").send().await;
        read(answer.map_err(|fault| OutboundError(fault.to_string()))?, limit_bytes).await
    }

    /// Posts a form to an address that a client named; answers the status. The body of the answer is not read.
    pub async fn post_form(&self, address: &str, form: &[(&str, &str)]) -> Result<u16, OutboundError> {
        let (client, url) = self.client_for(address)?;
        let answer = client.post(url).form(form).send().await;
        answer.map(|answer| answer.status().as_u16()).map_err(|fault| OutboundError(fault.to_string()))
    }

    /// Whether an address may be called: of a kind that is called, and at present resolving to an allowed address.
    pub async fn check(&self, address: &str) -> Result<(), OutboundError> {
        let (_, url) = self.client_for(address)?;
        if self.guard == Guard::Anywhere || self.exceptions.iter().any(|exception| exception == address) {
            return Ok(());
        }
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        guard::resolve(self.guard, name).await.map(drop).map_err(|fault| OutboundError(fault.to_string()))
    }

    fn client_for(&self, address: &str) -> Result<(&reqwest::Client, Url), OutboundError> {
        let url = Url::parse(address).map_err(|fault| OutboundError(fault.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OutboundError(format!("the scheme {} is not called", url.scheme())));
        }
        if self.exceptions.iter().any(|exception| exception == address) {
            return Ok((&self.trusted, url));
        }
        // An address in the URL itself is never resolved, so it is judged here.
        self.guard.check_literal(&url)?;
        Ok((&self.guarded, url))
    }
}

/// The further certificate authorities that configuration names.
fn authorities(trust: &OutboundTrust) -> Result<Vec<reqwest::Certificate>, OutboundError> {
    let Some(path) = &trust.ca_file else { return Ok(Vec::new()) };
    let fault = |reason: String| OutboundError(format!("symbolon.outbound.ca_file: {path}: {reason}"));
    let pem = std::fs::read(path).map_err(|reason| fault(reason.to_string()))?;
    reqwest::Certificate::from_pem_bundle(&pem).map_err(|reason| fault(reason.to_string()))
}

async fn read(mut answer: reqwest::Response, limit_bytes: usize) -> Result<Vec<u8>, OutboundError> {
    if answer.status() != reqwest::StatusCode::OK {
        return Err(OutboundError(format!("the answer has status {}", answer.status())));
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|fault| OutboundError(fault.to_string()))? {
        if body.len() + chunk.len() > limit_bytes {
            return Err(OutboundError(format!("the answer is larger than {limit_bytes} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
