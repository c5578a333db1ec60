//! What Prometheus asks for: requests under the names that Hydra's users graph, and what this server does besides. Every
//! label has few values: the template of a route, never a path; a name of ours, never a word of a request. What is
//! counted elsewhere already (the database, seals) is read when somebody asks. `docs/metrics.md` lists all names.

mod at_reading;
mod http_requests;
mod page_answers;

use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use parking_lot::Mutex;
use prometheus::{IntCounter, IntCounterVec, Opts, Registry, TextEncoder};

use crate::context::Context;
use crate::exchange::{self, Answer, Request};

pub use at_reading::OpenConnections;
pub use http_requests::{HttpRequest, HttpRequests};
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
    token_requests: IntCounterVec,
    database_batches: IntCounter,
    database_commits: IntCounter,
    unopened_seals: IntCounterVec,
    /// Lets one reader at a time bring the counters up to date that are kept elsewhere.
    reading: Arc<Mutex<()>>,
}

impl Metrics {
    /// Counters at zero. The error is for the operator.
    pub fn new() -> Result<Self, String> {
        Self::registered().map_err(|fault| format!("metrics: {fault}"))
    }

    fn registered() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let http = HttpRequests::registered(&registry)?;
        let page_answers = PageAnswers::registered(&registry)?;
        let counter = |name: &str, help: &str| IntCounter::new(name, help);
        let token_requests = IntCounterVec::new(
            Opts::new(
                "symbolon_token_requests_total",
                "token requests by grant type; the outcome is issued or an error",
            ),
            &["grant_type", "outcome"],
        )?;
        let database_batches = counter("symbolon_database_batches_total", "batches of changes that were executed")?;
        let database_commits = counter("symbolon_database_commits_total", "transactions that carried the batches")?;
        let unopened_seals = IntCounterVec::new(
            Opts::new("symbolon_unopened_seals_total", "tokens, codes and the like that are not ours or were changed"),
            &["kind"],
        )?;
        registry.register(Box::new(token_requests.clone()))?;
        registry.register(Box::new(database_batches.clone()))?;
        registry.register(Box::new(database_commits.clone()))?;
        registry.register(Box::new(unopened_seals.clone()))?;
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let reading = Arc::new(Mutex::new(()));
        Ok(Self {
            registry,
            http,
            page_answers,
            open_connections: OpenConnections::default(),
            token_requests,
            database_batches,
            database_commits,
            unopened_seals,
            reading,
        })
    }

    /// Counts an answer of the token endpoint.
    pub fn count_token_request(&self, grant_type: &'static str, outcome: &'static str) {
        if let Ok(counter) = self.token_requests.get_metric_with_label_values(&[grant_type, outcome]) {
            counter.inc();
        }
    }

    async fn text(&self, context: &Context) -> Result<String, prometheus::Error> {
        let asked = context.store.waiting_logout_deliveries(context.clock.now());
        let logout_tokens = tokio::time::timeout(LONGEST_WAIT, asked).await.ok().and_then(Result::ok);
        let _turn = self.reading.lock();
        let statistics = context.store.statistics();
        catch_up(&self.database_batches, statistics.batches);
        catch_up(&self.database_commits, statistics.commits);
        for (kind, count) in context.seal.unopened() {
            catch_up(&self.unopened_seals.get_metric_with_label_values(&[kind])?, count);
        }
        let mut families = self.registry.gather();
        families.extend(at_reading::families(context, logout_tokens));
        families.sort_by(|one, other| one.name().cmp(other.name()));
        TextEncoder::new().encode_to_string(&families)
    }
}

fn catch_up(counter: &IntCounter, count: u64) {
    counter.inc_by(count.saturating_sub(counter.get()));
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
