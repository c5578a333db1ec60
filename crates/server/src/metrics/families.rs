//! What a scraper is given, put together from numbers that are kept elsewhere.

use prometheus::proto::{Bucket, Counter, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType};

/// Names and values, in the order of names.
pub(super) type Labels = Vec<(&'static str, String)>;

/// A name, with a sentence about what it counts.
pub(super) type About = (&'static str, &'static str);

/// How often something was at most as large as each bound, and how large all of it was together.
pub(super) struct Classes<'c> {
    /// Upper bounds, in the unit of the metric.
    pub(super) bounds: &'c [f64],
    /// How many were at most as large as the bound of the class, and larger than the bound before; the last class has no
    /// bound.
    pub(super) counts: &'c [u64],
    /// The sum, in the unit of the metric.
    pub(super) total: f64,
}

pub(super) fn family((name, help): About, kind: MetricType, metrics: Vec<Metric>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(kind);
    family.set_metric(metrics);
    family
}

pub(super) fn gauge(labels: Labels, value: f64) -> Metric {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    let mut metric = metric(labels);
    metric.set_gauge(gauge);
    metric
}

pub(super) fn counter(labels: Labels, count: u64) -> Metric {
    let mut counter = Counter::default();
    counter.set_value(number(count));
    let mut metric = metric(labels);
    metric.set_counter(counter);
    metric
}

pub(super) fn histogram(labels: Labels, classes: &Classes<'_>) -> Metric {
    let mut so_far = 0;
    let buckets = classes.bounds.iter().zip(classes.counts).map(|(bound, count)| {
        so_far += count;
        let mut bucket = Bucket::default();
        bucket.set_cumulative_count(so_far);
        bucket.set_upper_bound(*bound);
        bucket
    });
    let mut histogram = Histogram::default();
    histogram.set_bucket(buckets.collect());
    histogram.set_sample_count(classes.counts.iter().sum());
    histogram.set_sample_sum(classes.total);
    let mut metric = metric(labels);
    metric.set_histogram(histogram);
    metric
}

fn metric(labels: Labels) -> Metric {
    let pairs = labels.into_iter().map(|(name, value)| {
        let mut pair = LabelPair::default();
        pair.set_name(name.to_owned());
        pair.set_value(value);
        pair
    });
    Metric::from_label(pairs.collect())
}

/// What is counted here stays far below 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(super) fn number(count: u64) -> f64 {
    count as f64
}
