//! Requests of both listeners. Each route has its own counts, found when the table of routes is made, so that a request
//! adds to a few numbers and looks nothing up. `http_families` makes of them what a scraper reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::{Method, StatusCode};
use parking_lot::Mutex;

use super::tallies::Tallies;

/// The label of paths that no route takes.
const NO_ROUTE: &str = "unmatched";

/// How many classes of durations and sizes have a bound.
pub(super) const CLASSES: usize = 11;

/// Methods by name, as the labels write them. A method that is not among these is a word of the sender's choice.
pub(super) const METHODS: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "unknown"];

/// One request that was answered.
pub struct HttpRequest<'r> {
    /// Its method.
    pub method: &'r Method,
    /// The status of the answer.
    pub status: StatusCode,
    /// How long the answer took.
    pub took: Duration,
    /// Bytes of the request, as far as they were announced.
    pub request_bytes: u64,
    /// Bytes of the answer's body.
    pub response_bytes: u64,
}

/// The counts of all routes.
pub struct HttpRequests {
    routes: Mutex<Vec<Arc<RouteRequests>>>,
    /// Requests that no route took.
    pub unmatched: Arc<RouteRequests>,
}

impl Default for HttpRequests {
    fn default() -> Self {
        let unmatched = Arc::new(RouteRequests::new(NO_ROUTE.to_owned()));
        Self { routes: Mutex::new(vec![unmatched.clone()]), unmatched }
    }
}

impl HttpRequests {
    /// The counts of the route with this template.
    pub fn of_route(&self, template: &str) -> Arc<RouteRequests> {
        let endpoint = endpoint(template);
        let mut routes = self.routes.lock();
        if let Some(known) = routes.iter().find(|route| route.endpoint == endpoint) {
            return known.clone();
        }
        let route = Arc::new(RouteRequests::new(endpoint));
        routes.push(route.clone());
        route
    }

    pub(super) fn routes(&self) -> Vec<Arc<RouteRequests>> {
        self.routes.lock().clone()
    }
}

/// The counts of one route, by method and status.
pub struct RouteRequests {
    pub(super) endpoint: String,
    pub(super) methods: [Tallies<StatusCode, Counts>; METHODS.len()],
}

impl RouteRequests {
    fn new(endpoint: String) -> Self {
        Self { endpoint, methods: std::array::from_fn(|_| Tallies::default()) }
    }

    /// Counts a request that was answered.
    pub fn count(&self, request: &HttpRequest<'_>) {
        let counts = self.methods[position(request.method)].of(request.status);
        let nanoseconds = u64::try_from(request.took.as_nanos()).unwrap_or(u64::MAX);
        counts.nanoseconds.add(nanoseconds, &NANOSECONDS);
        counts.request_bytes.add(request.request_bytes, &BYTES);
        counts.response_bytes.add(request.response_bytes, &BYTES);
    }
}

/// What is counted of one route, method and status.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) nanoseconds: Distribution,
    pub(super) request_bytes: Distribution,
    pub(super) response_bytes: Distribution,
}

/// The bounds that Prometheus' libraries have for every histogram, and Hydra with them: 0.005 to 10, of a second or of a
/// byte.
pub(super) const BOUNDS: [f64; CLASSES] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const NANOSECONDS: [u64; CLASSES] = [
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    10_000_000_000,
];
const BYTES: [u64; CLASSES] = [0, 0, 0, 0, 0, 0, 0, 1, 2, 5, 10];

/// How often a number was how large.
#[derive(Default)]
pub(super) struct Distribution {
    classes: [AtomicU64; CLASSES + 1],
    total: AtomicU64,
}

/// What a [`Distribution`] had counted at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// By class; the last one has no bound.
    pub(super) classes: [u64; CLASSES + 1],
    /// The sum of all numbers.
    pub(super) total: u64,
}

impl Distribution {
    fn add(&self, number: u64, bounds: &[u64; CLASSES]) {
        let class = bounds.partition_point(|bound| *bound < number);
        if let Some(count) = self.classes.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.total.fetch_add(number, Ordering::Relaxed);
    }

    pub(super) fn counted(&self) -> Counted {
        Counted {
            classes: self.classes.each_ref().map(|count| count.load(Ordering::Relaxed)),
            total: self.total.load(Ordering::Relaxed),
        }
    }
}

fn position(method: &Method) -> usize {
    match *method {
        Method::GET => 0,
        Method::POST => 1,
        Method::PUT => 2,
        Method::PATCH => 3,
        Method::DELETE => 4,
        Method::HEAD => 5,
        Method::OPTIONS => 6,
        _ => 7,
    }
}

/// `/admin/clients/{id}` is `/admin/clients/{param}`, as Hydra names it.
fn endpoint(template: &str) -> String {
    let segments = template.split('/').map(|segment| if segment.starts_with('{') { "{param}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_have_their_names() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] {
            let name = METHODS[position(&Method::from_bytes(method.as_bytes()).unwrap())];
            assert_eq!(name, method.to_ascii_lowercase());
        }
        for method in ["TRACE", "CONNECT", "get", "ODD"] {
            assert_eq!(METHODS[position(&Method::from_bytes(method.as_bytes()).unwrap())], "unknown", "{method}");
        }
    }

    #[test]
    fn a_number_is_in_the_class_whose_bound_it_does_not_exceed() {
        for (number, bounds, class) in [
            (0, &BYTES, 0),
            (1, &BYTES, 7),
            (2, &BYTES, 8),
            (10, &BYTES, 10),
            (11, &BYTES, 11),
            (0, &NANOSECONDS, 0),
            (5_000_000, &NANOSECONDS, 0),
            (5_000_001, &NANOSECONDS, 1),
            (10_000_000_000, &NANOSECONDS, 10),
            (10_000_000_001, &NANOSECONDS, 11),
        ] {
            let distribution = Distribution::default();
            distribution.add(number, bounds);
            let mut expected = Counted { total: number, ..Counted::default() };
            expected.classes[class] = 1;
            assert_eq!(distribution.counted(), expected, "{number}");
        }
    }

    #[test]
    fn a_route_is_counted_once_however_often_its_table_is_made() {
        let all = HttpRequests::default();
        let (one, other) = (all.of_route("/a/{id}"), all.of_route("/a/{id}"));
        assert!(Arc::ptr_eq(&one, &other) && one.endpoint == "/a/{param}");
        assert_eq!(all.routes().len(), 2);
    }
}
