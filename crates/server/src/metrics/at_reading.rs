//! What is counted elsewhere and has no counter here: it is written down when somebody asks. Numbers of the moment, and how
//! long the database took.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use prometheus::proto::{Bucket, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType};
use symbolon_store::{DURATION_BOUNDS_MICROSECONDS, Durations};

use crate::context::Context;

/// Connections that are open, by listener.
#[derive(Default)]
pub struct OpenConnections {
    /// Of browsers and clients.
    pub public: Arc<AtomicUsize>,
    /// Of administrators.
    pub admin: Arc<AtomicUsize>,
}

type Labels = Vec<(&'static str, &'static str)>;

/// All of it. `logout_tokens` is left out where the database did not say.
pub(super) fn families(context: &Context, logout_tokens: Option<i64>) -> Vec<MetricFamily> {
    let open = &context.metrics.open_connections;
    let connections = [("public", &open.public), ("admin", &open.admin)];
    let hashes = context.slow_hashes.occupations().flat_map(|found| {
        let labels = |state| vec![("purpose", found.purpose), ("state", state)];
        [gauge(labels("running"), count(found.running)), gauge(labels("waiting"), count(found.waiting))]
    });
    let time = context.store.time();
    let waiting = "batches of changes that wait for a writer";
    let mut all = vec![
        family(
            ("symbolon_connections_open", "connections that are open"),
            MetricType::GAUGE,
            connections.map(|(name, open)| gauge(vec![("listener", name)], count(open.load(Ordering::Relaxed)))).into(),
        ),
        family(
            ("symbolon_database_batches_waiting", waiting),
            MetricType::GAUGE,
            vec![gauge(Vec::new(), count(context.store.waiting_batches()))],
        ),
        family(
            ("symbolon_database_seconds", "how long reads took, and batches of changes with their waiting"),
            MetricType::HISTOGRAM,
            vec![histogram(("work", "batch"), &time.batches), histogram(("work", "read"), &time.reads)],
        ),
        family(("symbolon_slow_hashes", "passwords and secrets that are hashed"), MetricType::GAUGE, hashes.collect()),
    ];
    all.extend(logout_tokens.map(|number| {
        let about = ("symbolon_logout_tokens_waiting", "back-channel logout tokens that have not arrived");
        family(about, MetricType::GAUGE, vec![gauge(Vec::new(), f64::from(i32::try_from(number).unwrap_or(i32::MAX)))])
    }));
    all
}

fn family((name, help): (&str, &str), kind: MetricType, metrics: Vec<Metric>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(kind);
    family.set_metric(metrics);
    family
}

fn metric(labels: Labels) -> Metric {
    let pairs = labels.into_iter().map(|(name, value)| {
        let mut pair = LabelPair::default();
        pair.set_name(name.to_owned());
        pair.set_value(value.to_owned());
        pair
    });
    Metric::from_label(pairs.collect())
}

fn gauge(labels: Labels, value: f64) -> Metric {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    let mut metric = metric(labels);
    metric.set_gauge(gauge);
    metric
}

fn histogram(label: (&'static str, &'static str), durations: &Durations) -> Metric {
    let mut so_far = 0;
    let buckets = DURATION_BOUNDS_MICROSECONDS.iter().zip(&durations.classes).map(|(microseconds, count)| {
        so_far += count;
        let mut bucket = Bucket::default();
        bucket.set_cumulative_count(so_far);
        bucket.set_upper_bound(std::time::Duration::from_micros(*microseconds).as_secs_f64());
        bucket
    });
    let mut histogram = Histogram::default();
    histogram.set_bucket(buckets.collect());
    histogram.set_sample_count(durations.classes.iter().sum());
    histogram.set_sample_sum(durations.total.as_secs_f64());
    let mut metric = metric(vec![label]);
    metric.set_histogram(histogram);
    metric
}

/// Numbers of connections and queues are far below 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "see above")]
fn count(number: usize) -> f64 {
    number as f64
}
