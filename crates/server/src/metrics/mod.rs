//! What Prometheus asks for: requests under the names that Hydra's users graph, and what this server does besides. Every
//! label has few values: the template of a route, never a path; a name of ours, never a word of a request. What a
//! request adds to are plain numbers; names and labels are given to them when somebody asks. `docs/metrics.md` lists all.

mod at_reading;
mod families;
mod http_families;
mod http_requests;
mod page_answers;
mod tallies;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use prometheus::{Registry, TextEncoder};

use crate::context::Context;
use crate::exchange::{self, Answer, Request};
use tallies::Tallies;

pub use at_reading::OpenConnections;
pub use http_requests::{HttpRequest, HttpRequests, RouteRequests};
pub use page_answers::{Page, PageAnswers, PageOutcome, PageStep};

/// As Hydra writes it.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8; escaping=underscores");

/// How long somebody who asks waits for the database, which may be what is the matter.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// All counters of a server.
pub struct Metrics {
    registry: Registry,
    /// Of both listeners.
    pub http: HttpRequests,
    /// Of login and consent pages.
    pub page_answers: PageAnswers,
    /// Of both listeners.
    pub open_connections: OpenConnections,
    /// By grant type and outcome.
    token_requests: Tallies<(&'static str, &'static str), AtomicU64>,
}

impl Metrics {
    /// Counters at zero. The error is for the operator.
    pub fn new() -> Result<Self, String> {
        Self::registered().map_err(|fault| format!("metrics: {fault}"))
    }

    fn registered() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let page_answers = PageAnswers::registered(&registry)?;
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        Ok(Self {
            registry,
            http: HttpRequests::default(),
            page_answers,
            open_connections: OpenConnections::default(),
            token_requests: Tallies::default(),
        })
    }

    /// Counts an answer of the token endpoint.
    pub fn count_token_request(&self, grant_type: &'static str, outcome: &'static str) {
        self.token_requests.of((grant_type, outcome)).fetch_add(1, Ordering::Relaxed);
    }

    async fn text(&self, context: &Context) -> Result<String, prometheus::Error> {
        let asked = context.store.waiting_logout_deliveries(context.clock.now());
        let logout_tokens = tokio::time::timeout(LONGEST_WAIT, asked).await.ok().and_then(Result::ok);
        let mut families = self.registry.gather();
        families.extend(http_families::families(&self.http));
        families.extend(at_reading::families(context, logout_tokens));
        families.sort_by(|one, other| one.name().cmp(other.name()));
        TextEncoder::new().encode_to_string(&families)
    }
}

/// `GET /admin/metrics/prometheus`.
pub async fn show(context: &Context, _: Request) -> Answer {
    let text = match context.metrics.text(context).await {
        Ok(text) => text,
        Err(fault) => return crate::error::ApiError::server(fault.to_string()).answer(),
    };
    let mut answer = exchange::empty(StatusCode::OK);
    *answer.body_mut() = text.into();
    answer.headers_mut().insert(CONTENT_TYPE, TEXT);
    answer
}
