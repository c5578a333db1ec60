//! Requests of both listeners, under Hydra's names and labels. A request costs one look for the counters of its route,
//! method and status, which are kept together.

use std::collections::HashMap;
use std::sync::Arc;

use http::{Method, StatusCode};
use parking_lot::RwLock;
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry};

/// The label of paths that no route takes.
const NO_ROUTE: &str = "unmatched";

/// One request that was answered.
pub struct HttpRequest<'r> {
    /// The template of its route; `None` where no route took it.
    pub route: Option<&'r str>,
    /// Its method.
    pub method: &'r Method,
    /// The status of the answer.
    pub status: StatusCode,
    /// How long the answer took.
    pub seconds: f64,
    /// Bytes of the request, as far as they were announced.
    pub request_bytes: u64,
    /// Bytes of the answer's body.
    pub response_bytes: u64,
}

/// The counters.
pub struct HttpRequests {
    requests: IntCounterVec,
    statuses: IntCounterVec,
    duration: HistogramVec,
    response_time: HistogramVec,
    response_size: HistogramVec,
    request_size: HistogramVec,
    /// By the template of the route; few methods and statuses each.
    known: RwLock<HashMap<String, Vec<Known>>>,
}

/// Method and status, with what is counted of them.
type Known = (&'static str, StatusCode, Arc<Counters>);

/// Those of one route, method and status.
struct Counters {
    requests: IntCounter,
    statuses: IntCounter,
    duration: Histogram,
    response_time: Histogram,
    response_size: Histogram,
    request_size: Histogram,
}

impl HttpRequests {
    pub(super) fn registered(registry: &Registry) -> Result<Self, prometheus::Error> {
        let options = |name: &str, help: &str| {
            let labels = [
                ("app", "symbolon"),
                ("version", concat!("v", env!("CARGO_PKG_VERSION"))),
                ("hash", ""),
                ("buildTime", ""),
            ];
            labels.iter().fold(Opts::new(name, help), |options, (label, value)| options.const_label(*label, *value))
        };
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(options(name, help), labels)?;
            registry.register(Box::new(counter.clone())).map(|()| counter)
        };
        let histogram = |name: &str, help: &str, labels: &[&str]| {
            let histogram = HistogramVec::new(HistogramOpts::from(options(name, help)), labels)?;
            registry.register(Box::new(histogram.clone())).map(|()| histogram)
        };
        let (all, sizes) = (&["code", "method", "endpoint"], &["code", "method"]);
        Ok(Self {
            requests: counter("http_requests_total", "number of requests", all)?,
            statuses: counter(
                "http_requests_statuses_total",
                "number of answers by class of status",
                &["method", "status_bucket"],
            )?,
            duration: histogram("http_requests_duration_seconds", "how long requests took", all)?,
            response_time: histogram("http_response_time_seconds", "how long requests took, by route", &["endpoint"])?,
            response_size: histogram("http_response_size_bytes", "bytes of the bodies of answers", sizes)?,
            request_size: histogram("http_requests_size_bytes", "bytes of requests", sizes)?,
            known: RwLock::new(HashMap::new()),
        })
    }

    /// Counts a request that was answered.
    pub fn count(&self, request: &HttpRequest<'_>) {
        let (route, method) = (request.route.unwrap_or(NO_ROUTE), method_name(request.method));
        let Some(counters) =
            self.known(route, method, request.status).or_else(|| self.add(route, method, request.status))
        else {
            return;
        };
        counters.requests.inc();
        counters.statuses.inc();
        counters.duration.observe(request.seconds);
        counters.response_time.observe(request.seconds);
        counters.response_size.observe(bytes(request.response_bytes));
        counters.request_size.observe(bytes(request.request_bytes));
    }

    fn known(&self, route: &str, method: &'static str, status: StatusCode) -> Option<Arc<Counters>> {
        let known = self.known.read();
        let found = known.get(route)?.iter().find(|(named, code, _)| *named == method && *code == status);
        found.map(|(_, _, counters)| counters.clone())
    }

    fn add(&self, route: &str, method: &'static str, status: StatusCode) -> Option<Arc<Counters>> {
        let counters = Arc::new(self.counters(&endpoint(route), method, status).ok()?);
        self.known.write().entry(route.to_owned()).or_default().push((method, status, counters.clone()));
        Some(counters)
    }

    fn counters(&self, endpoint: &str, method: &str, status: StatusCode) -> Result<Counters, prometheus::Error> {
        let code = status.as_str();
        let upper = method.to_ascii_uppercase();
        let all = [code, method, endpoint];
        Ok(Counters {
            requests: self.requests.get_metric_with_label_values(&all)?,
            statuses: self.statuses.get_metric_with_label_values(&[upper.as_str(), bucket(status)])?,
            duration: self.duration.get_metric_with_label_values(&all)?,
            response_time: self.response_time.get_metric_with_label_values(&[endpoint])?,
            response_size: self.response_size.get_metric_with_label_values(&[code, method])?,
            request_size: self.request_size.get_metric_with_label_values(&[code, method])?,
        })
    }
}

/// A method that is not among these is a word of the sender's choice.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "get",
        "POST" => "post",
        "PUT" => "put",
        "PATCH" => "patch",
        "DELETE" => "delete",
        "HEAD" => "head",
        "OPTIONS" => "options",
        _ => "unknown",
    }
}

fn bucket(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500..=599 => "5xx",
        _ => "unknown",
    }
}

/// `/admin/clients/{id}` is `/admin/clients/{param}`, as Hydra names it.
fn endpoint(route: &str) -> String {
    let segments = route.split('/').map(|segment| if segment.starts_with('{') { "{param}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

/// Sizes that a histogram can tell apart are far below 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "see above")]
fn bytes(count: u64) -> f64 {
    count as f64
}
