//! The only way to call other servers. What may be called depends on who named the address ([`NamedAddress`]): one that a
//! client named for itself never leads inside, one that an administrator named does where configuration lets it, one of
//! the configuration itself does. Every host is resolved here and its addresses are judged before a connection is made
//! (no second resolution in between). Redirects are not followed, no cookies are kept, nothing is unpacked; size, time and
//! number of calls are bounded.

mod fetched;
mod guard;
mod named;
mod resolver;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use reqwest::RequestBuilder;
use reqwest::redirect::Policy;
use tokio::sync::Semaphore;
use url::{Host, Url};

use crate::config::{Config, OutboundTrust};
use crate::trail;

pub use fetched::Fetched;
use guard::Guard;
pub use named::{NamedAddress, NamedBy};
use resolver::GuardedResolver;

/// Longest time for one call, from the wait for a place to the last byte of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Calls at once to addresses that strangers named: each is a descriptor, and the memory of its answer.
const STRANGERS_AT_ONCE: usize = 64;
/// Connections to one host of an administrator's that wait for the next call.
const IDLE_CONNECTIONS: usize = 4;
/// The same for hosts that configuration names: a web hook is asked at every token.
const IDLE_CONNECTIONS_OF_OPERATOR: usize = 32;
/// The media type of a posted document, as Hydra writes it.
const JSON: &str = "application/json; charset=UTF-8";

/// Makes calls. A clone shares the connections.
#[derive(Clone)]
pub struct Outbound {
    administrators: Route,
    /// `None` on a developer's machine, where everything is inside.
    strangers: Option<Route>,
    /// For the addresses of `clients.http.private_ip_exception_urls`, and those that configuration names.
    excepted: Route,
    exceptions: Vec<String>,
    /// Whether names are resolved and judged already where they are registered.
    names_judged_early: bool,
}

/// A way to call. Each has connections of its own, so that none is used again for whom it was not opened.
#[derive(Clone)]
struct Route {
    client: reqwest::Client,
    guard: Guard,
    resolver: GuardedResolver,
    places: Option<Arc<Semaphore>>,
}

/// A JSON document to post, and what is sent with it.
pub struct JsonPost<'a> {
    /// The document.
    pub body: Bytes,
    /// A header beside the usual ones.
    pub header: Option<(&'a HeaderName, &'a HeaderValue)>,
    /// Largest answer that is read, in bytes.
    pub limit_bytes: usize,
    /// Longest time from the connection to the last byte of the answer.
    pub within: Duration,
}

/// A document, and what the answer that brought it says of it.
#[derive(Debug)]
pub struct Document {
    /// The document.
    pub body: Vec<u8>,
    /// `Content-Type`; empty where there is none.
    pub content_type: String,
    /// `Cache-Control`; empty where there is none.
    pub cache_control: String,
}

/// Why a call failed; for the log, not for clients: all failures look the same to whoever named the address.
#[derive(Debug)]
pub struct OutboundError(pub String);

impl std::fmt::Display for OutboundError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<reqwest::Error> for OutboundError {
    fn from(fault: reqwest::Error) -> Self {
        // Somebody may have put a key into the URL.
        let fault = fault.without_url();
        let mut text = fault.to_string();
        let mut cause = std::error::Error::source(&fault);
        while let Some(deeper) = cause {
            text = format!("{text}: {deeper}");
            cause = deeper.source();
        }
        Self(text)
    }
}

impl Outbound {
    /// Prepares the ways to call as `clients.http.*` and `symbolon.outbound.*` say.
    pub fn new(config: &Config) -> Result<Self, OutboundError> {
        let authorities = authorities(&config.symbolon.outbound)?;
        let http = &config.clients.http;
        let public = Guard::public_and(&config.symbolon.outbound.allowed_networks);
        let vouched = if http.disallow_private_ip_ranges { public.clone() } else { Guard::anywhere() };
        let administrators = Route::new(&authorities, vouched, IDLE_CONNECTIONS)?;
        let strangers = if config.dev {
            None
        } else {
            let places = Some(Arc::new(Semaphore::new(STRANGERS_AT_ONCE)));
            Some(Route { places, ..Route::new(&authorities, public, 0)? })
        };
        Ok(Self {
            administrators,
            strangers,
            excepted: Route::new(&authorities, Guard::anywhere(), IDLE_CONNECTIONS_OF_OPERATOR)?,
            exceptions: http.private_ip_exception_urls.clone(),
            names_judged_early: http.disallow_private_ip_ranges,
        })
    }

    /// Fetches a document of at most `limit_bytes`.
    pub async fn get(&self, address: &NamedAddress, limit_bytes: usize) -> Result<Vec<u8>, OutboundError> {
        self.get_as(address, "application/json", limit_bytes).await
    }

    /// [`Outbound::get`] of a document of another type, named as in the header `Accept`.
    pub async fn get_as(
        &self,
        address: &NamedAddress,
        accepted: &'static str,
        limit_bytes: usize,
    ) -> Result<Vec<u8>, OutboundError> {
        in_time(async {
            let (route, url) = self.route(address)?;
            let _place = route.place().await?;
            let answer = route.send(address, Method::GET, url, |call| call.header(ACCEPT, accepted)).await?;
            read(answer, limit_bytes).await
        })
        .await
    }

    /// Fetches a JSON document of at most `limit_bytes` within a time, with what its answer says of it. One that is packed is
    /// refused: what it unpacks to has no bound.
    pub async fn get_document(
        &self,
        address: &NamedAddress,
        limit_bytes: usize,
        within: Duration,
    ) -> Result<Document, OutboundError> {
        let calling = async {
            let (route, url) = self.route(address)?;
            let _place = route.place().await?;
            let answer = route.send(address, Method::GET, url, |call| call.header(ACCEPT, "application/json")).await?;
            let text = |name| {
                let value = answer.headers().get(name).map(HeaderValue::to_str);
                value.transpose().map(Option::unwrap_or_default).map(str::to_owned)
            };
            let unreadable = |_| OutboundError("a header of the answer is not text".to_owned());
            let content_type = text(CONTENT_TYPE).map_err(unreadable)?;
            let cache_control = text(CACHE_CONTROL).map_err(unreadable)?;
            if !matches!(text(CONTENT_ENCODING).map_err(unreadable)?.as_str(), "" | "identity") {
                return Err(OutboundError("the answer is packed".to_owned()));
            }
            Ok(Document { body: read(answer, limit_bytes).await?, content_type, cache_control })
        };
        let late = |_| OutboundError("the call took too long".to_owned());
        tokio::time::timeout(within, calling).await.map_err(late)?
    }

    /// Asks for a document without reading it (HEAD); answers the status.
    pub async fn head(&self, address: &NamedAddress) -> Result<u16, OutboundError> {
        in_time(async {
            let (route, url) = self.route(address)?;
            let _place = route.place().await?;
            Ok(route.send(address, Method::HEAD, url, |call| call).await?.status().as_u16())
        })
        .await
    }

    /// Posts a form; answers the status. The body of the answer is not read.
    pub async fn post_form(&self, address: &NamedAddress, form: &[(&str, &str)]) -> Result<u16, OutboundError> {
        in_time(async {
            let (route, url) = self.route(address)?;
            let _place = route.place().await?;
            Ok(route.send(address, Method::POST, url, |call| call.form(form)).await?.status().as_u16())
        })
        .await
    }

    /// Posts a JSON document, and answers the status with the body where the status is 200. The time that this may take
    /// is the caller's business, but no longer than [`JsonPost::within`].
    pub async fn post_json(
        &self,
        address: &NamedAddress,
        post: &JsonPost<'_>,
    ) -> Result<(u16, Vec<u8>), OutboundError> {
        let (route, url) = self.route(address)?;
        let _place = route.place().await?;
        let answer = route.post(address, url, post).await?;
        let status = answer.status();
        let body = if status == reqwest::StatusCode::OK { read(answer, post.limit_bytes).await? } else { Vec::new() };
        Ok((status.as_u16(), body))
    }

    /// Posts a JSON document, and answers the status. The body of the answer is not read.
    pub async fn post_json_unread(&self, address: &NamedAddress, post: &JsonPost<'_>) -> Result<u16, OutboundError> {
        in_time(async {
            let (route, url) = self.route(address)?;
            let _place = route.place().await?;
            Ok(route.post(address, url, post).await?.status().as_u16())
        })
        .await
    }

    /// Whether an address may be registered: of a kind that is called, and not one that is known to be forbidden. A name
    /// is resolved where private addresses are forbidden to all (`clients.http.disallow_private_ip_ranges`); otherwise
    /// a name without an address yet may be registered, and an answer says nothing about names inside.
    pub async fn check(&self, address: &NamedAddress) -> Result<(), OutboundError> {
        let (route, url) = self.route(address)?;
        match url.host() {
            Some(Host::Domain(name)) if self.names_judged_early && !route.guard.is_open() => {
                route.resolver.resolve(name).await.map(drop).map_err(|fault| OutboundError(fault.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn route(&self, address: &NamedAddress) -> Result<(&Route, Url), OutboundError> {
        let url = Url::parse(address.as_str()).map_err(|fault| OutboundError(fault.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OutboundError(format!("the scheme {} is not called", url.scheme())));
        }
        let is_excepted = || self.exceptions.iter().any(|exception| exception == address.as_str());
        let route = match (address.named_by(), &self.strangers) {
            (NamedBy::Stranger, Some(strangers)) => strangers,
            // Whoever configures this server decides where it may call.
            (NamedBy::Operator, _) => &self.excepted,
            _ if is_excepted() => &self.excepted,
            _ => &self.administrators,
        };
        // An address in the URL itself is never resolved, so it is judged here.
        route.guard.check_host(&url)?;
        Ok((route, url))
    }
}

impl Route {
    fn new(authorities: &[reqwest::Certificate], guard: Guard, idle: usize) -> Result<Self, OutboundError> {
        let resolver = GuardedResolver::new(guard.clone());
        let client = authorities
            .iter()
            .cloned()
            .fold(reqwest::Client::builder(), reqwest::ClientBuilder::add_root_certificate)
            .redirect(Policy::none())
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(idle)
            .no_proxy()
            .dns_resolver(Arc::new(resolver.clone()))
            .user_agent("symbolon")
            .build()?;
        Ok(Self { client, guard, resolver, places: None })
    }

    async fn post(
        &self,
        address: &NamedAddress,
        url: Url,
        post: &JsonPost<'_>,
    ) -> Result<reqwest::Response, OutboundError> {
        let filled = |call: RequestBuilder| {
            let call = call.timeout(post.within).header(CONTENT_TYPE, JSON).body(post.body.clone());
            match post.header {
                Some((name, value)) => call.header(name, value),
                None => call,
            }
        };
        // The address may have a key in it, and the error is for the log.
        Ok(self.send(address, Method::POST, url, filled).await.map_err(reqwest::Error::without_url)?)
    }

    /// Makes a call. Who is trusted with an address of their choice is told of the trace that the call is part of; a
    /// stranger is not.
    async fn send(
        &self,
        address: &NamedAddress,
        method: Method,
        url: Url,
        fill: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<reqwest::Response, reqwest::Error> {
        let name = if method == Method::GET { "GET" } else { "POST" };
        let mut part = trail::call(name, url.host_str().unwrap_or_default());
        let mut call = fill(self.client.request(method, url));
        if let Some(part) = part.as_ref().filter(|_| address.named_by() != NamedBy::Stranger) {
            call = part.fields().fold(call, |call, (name, value)| call.header(name, value));
        }
        let answer = call.send().await?;
        if let Some(part) = &mut part {
            part.answered(answer.status().as_u16());
        }
        Ok(answer)
    }

    /// Waits until one more call may be made this way.
    async fn place(&self) -> Result<Option<tokio::sync::SemaphorePermit<'_>>, OutboundError> {
        let Some(places) = &self.places else { return Ok(None) };
        places.acquire().await.map(Some).map_err(|fault| OutboundError(fault.to_string()))
    }
}

async fn in_time<T>(call: impl Future<Output = Result<T, OutboundError>>) -> Result<T, OutboundError> {
    let late = |_| OutboundError("the call took too long".to_owned());
    tokio::time::timeout(TIMEOUT, call).await.map_err(late)?
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
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > limit_bytes {
            return Err(OutboundError(format!("the answer is larger than {limit_bytes} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
