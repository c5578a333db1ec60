//! The counts of requests under Hydra's names and labels. Several names tell the same numbers, added up in other ways.

use std::collections::BTreeMap;

use http::StatusCode;
use prometheus::proto::{Metric, MetricFamily, MetricType};

use super::families::{Classes, Labels, counter, family, histogram, number};
use super::http_requests::{BOUNDS, CLASSES, Counted, HttpRequests, METHODS};

/// Counts by labels.
type Sums = BTreeMap<Labels, Counted>;

/// All of them; a name without any count is left out.
pub(super) fn families(requests: &HttpRequests) -> Vec<MetricFamily> {
    let (mut durations, mut by_route, mut by_class) = (Sums::new(), Sums::new(), Sums::new());
    let (mut request_sizes, mut response_sizes) = (Sums::new(), Sums::new());
    for route in requests.routes() {
        let endpoint = || ("endpoint", route.endpoint.clone());
        for (method, statuses) in METHODS.iter().zip(&route.methods) {
            for (status, counts) in statuses.iter() {
                let code = || ("code", status.as_str().to_owned());
                let method_label = || ("method", (*method).to_owned());
                let took = counts.nanoseconds.counted();
                add(&mut durations, vec![code(), endpoint(), method_label()], &took);
                add(&mut by_route, vec![endpoint()], &took);
                let class = ("status_bucket", class(status).to_owned());
                add(&mut by_class, vec![("method", method.to_ascii_uppercase()), class], &took);
                add(&mut request_sizes, vec![code(), method_label()], &counts.request_bytes.counted());
                add(&mut response_sizes, vec![code(), method_label()], &counts.response_bytes.counted());
            }
        }
    }
    let counters = |sums: &Sums| sums.iter().map(|(labels, sum)| counter(with_fixed(labels), times(sum))).collect();
    let in_seconds = |sums: &Sums| histograms(sums, 1e-9);
    let in_bytes = |sums: &Sums| histograms(sums, 1.0);
    let (counted, distributed) = (MetricType::COUNTER, MetricType::HISTOGRAM);
    let all: [(_, MetricType, Vec<Metric>); 6] = [
        (("http_requests_total", "number of requests"), counted, counters(&durations)),
        (("http_requests_statuses_total", "number of answers by class of status"), counted, counters(&by_class)),
        (("http_requests_duration_seconds", "how long requests took"), distributed, in_seconds(&durations)),
        (("http_response_time_seconds", "how long requests took, by route"), distributed, in_seconds(&by_route)),
        (("http_response_size_bytes", "bytes of the bodies of answers"), distributed, in_bytes(&response_sizes)),
        (("http_requests_size_bytes", "bytes of requests"), distributed, in_bytes(&request_sizes)),
    ];
    let used = all.into_iter().filter(|(_, _, metrics)| !metrics.is_empty());
    used.map(|(about, kind, metrics)| family(about, kind, metrics)).collect()
}

fn add(sums: &mut Sums, labels: Labels, counted: &Counted) {
    let sum = sums.entry(labels).or_default();
    for (one, other) in sum.classes.iter_mut().zip(counted.classes) {
        *one += other;
    }
    sum.total += counted.total;
}

fn times(counted: &Counted) -> u64 {
    counted.classes.iter().sum()
}

/// `unit` is what one of the counted numbers is worth in the unit of the metric.
fn histograms(sums: &Sums, unit: f64) -> Vec<Metric> {
    let histograms = sums.iter().map(|(labels, sum)| {
        let counts: &[u64; CLASSES + 1] = &sum.classes;
        histogram(with_fixed(labels), &Classes { bounds: &BOUNDS, counts, total: number(sum.total) * unit })
    });
    histograms.collect()
}

/// The labels that Hydra gives every one of these names.
fn with_fixed(labels: &Labels) -> Labels {
    let fixed =
        [("app", "symbolon"), ("version", concat!("v", env!("CARGO_PKG_VERSION"))), ("hash", ""), ("buildTime", "")];
    let mut all = labels.clone();
    all.extend(fixed.map(|(name, value)| (name, value.to_owned())));
    all.sort_unstable();
    all
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500..=599 => "5xx",
        _ => "unknown",
    }
}
