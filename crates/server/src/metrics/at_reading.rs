//! What is written down when somebody asks: numbers of the moment, what is counted elsewhere, and how long the database
//! took.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use prometheus::proto::{Metric, MetricFamily, MetricType};
use symbolon_store::{DURATION_BOUNDS_MICROSECONDS, Durations};

use super::Metrics;
use super::families::{Classes, counter, family, gauge, histogram, number};
use crate::context::Context;

/// Connections that are open, by listener.
#[derive(Default)]
pub struct OpenConnections {
    /// Of browsers and clients.
    pub public: Arc<AtomicUsize>,
    /// Of administrators.
    pub admin: Arc<AtomicUsize>,
}

/// All of it. `logout_tokens` is left out where the database did not say.
pub(super) fn families(context: &Context, logout_tokens: Option<i64>) -> Vec<MetricFamily> {
    let open = &context.metrics.open_connections;
    let connections =
        [("public", &open.public), ("admin", &open.admin)].map(|(name, open)| (name, open.load(Ordering::Relaxed)));
    let hashes = context.slow_hashes.occupations().flat_map(|found| {
        let labels = |state: &str| vec![("purpose", found.purpose.to_owned()), ("state", state.to_owned())];
        [gauge(labels("running"), count(found.running)), gauge(labels("waiting"), count(found.waiting))]
    });
    let mut all = vec![
        family(
            ("symbolon_connections_open", "connections that are open"),
            MetricType::GAUGE,
            connections.map(|(name, open)| gauge(vec![("listener", name.to_owned())], count(open))).into(),
        ),
        family(("symbolon_slow_hashes", "passwords and secrets that are hashed"), MetricType::GAUGE, hashes.collect()),
        unopened_seals(context),
    ];
    all.extend(of_database(context));
    all.extend(of_configuration(context));
    all.extend(log_lines(context));
    all.extend(telemetry_records(context));
    all.extend(token_requests(&context.metrics));
    all.extend(logout_tokens.map(|waiting| {
        let about = ("symbolon_logout_tokens_waiting", "back-channel logout tokens that have not arrived");
        family(about, MetricType::GAUGE, vec![gauge(Vec::new(), count(usize::try_from(waiting).unwrap_or_default()))])
    }));
    all
}

fn of_database(context: &Context) -> [MetricFamily; 4] {
    let (statistics, time) = (context.store.statistics(), context.store.time());
    let counters = |about, total| family(about, MetricType::COUNTER, vec![counter(Vec::new(), total)]);
    [
        counters(("symbolon_database_batches_total", "batches of changes that were executed"), statistics.batches),
        counters(("symbolon_database_commits_total", "transactions that carried the batches"), statistics.commits),
        family(
            ("symbolon_database_batches_waiting", "batches of changes that wait for a writer"),
            MetricType::GAUGE,
            vec![gauge(Vec::new(), count(context.store.waiting_batches()))],
        ),
        family(
            ("symbolon_database_seconds", "how long reads took, and batches of changes with their waiting"),
            MetricType::HISTOGRAM,
            vec![durations("batch", &time.batches), durations("read", &time.reads)],
        ),
    ]
}

fn of_configuration(context: &Context) -> [MetricFamily; 2] {
    let gauges = |about, value| family(about, MetricType::GAUGE, vec![gauge(Vec::new(), value)]);
    let succeeded_at = u64::try_from(context.reload.succeeded_at()).unwrap_or_default();
    [
        gauges(
            (
                "symbolon_configuration_reload_successful",
                "1 unless the configuration had a fault when it was read last",
            ),
            if context.reload.is_well() { 1.0 } else { 0.0 },
        ),
        gauges(
            (
                "symbolon_configuration_loaded_seconds",
                "when a configuration without a fault was read last, in Unix time",
            ),
            number(succeeded_at),
        ),
    ]
}

/// `None` where neither log is on.
fn log_lines(context: &Context) -> Option<MetricFamily> {
    let audit = context.seeing.audit().map(|log| ("audit", log.counts()));
    let access = context.seeing.access().map(|log| ("access", log.counts()));
    let counts: Vec<Metric> = audit
        .into_iter()
        .chain(access)
        .flat_map(|(log, (written, failed))| {
            [("written", written), ("failed", failed)]
                .map(|(outcome, count)| counter(vec![("log", log.to_owned()), ("outcome", outcome.to_owned())], count))
        })
        .collect();
    let about = ("symbolon_log_lines_total", "lines of the audit log and of the access log");
    (!counts.is_empty()).then(|| family(about, MetricType::COUNTER, counts))
}

/// `None` where nothing is sent to a collector.
fn telemetry_records(context: &Context) -> Option<MetricFamily> {
    let (sent, dropped) = context.seeing.telemetry()?.counts();
    let counts = [("sent", sent), ("dropped", dropped)];
    let counts = counts.map(|(outcome, count)| counter(vec![("outcome", outcome.to_owned())], count));
    let about = ("symbolon_telemetry_records_total", "spans and log records for the collector");
    Some(family(about, MetricType::COUNTER, counts.into()))
}

fn unopened_seals(context: &Context) -> MetricFamily {
    let counts = context.seal.unopened().map(|(kind, count)| counter(vec![("kind", kind.to_owned())], count));
    family(
        ("symbolon_unopened_seals_total", "tokens, codes and the like that are not ours or were changed"),
        MetricType::COUNTER,
        counts.collect(),
    )
}

/// `None` before the first one.
fn token_requests(metrics: &Metrics) -> Option<MetricFamily> {
    let about = ("symbolon_token_requests_total", "token requests by grant type; the outcome is issued or an error");
    let counts = metrics.token_requests.iter().map(|((grant_type, outcome), count)| {
        let labels = vec![("grant_type", grant_type.to_owned()), ("outcome", outcome.to_owned())];
        counter(labels, count.load(Ordering::Relaxed))
    });
    let counts: Vec<Metric> = counts.collect();
    (!counts.is_empty()).then(|| family(about, MetricType::COUNTER, counts))
}

fn durations(work: &str, durations: &Durations) -> Metric {
    let bounds = DURATION_BOUNDS_MICROSECONDS.map(|microseconds| Duration::from_micros(microseconds).as_secs_f64());
    let classes = Classes { bounds: &bounds, counts: &durations.classes, total: durations.total.as_secs_f64() };
    histogram(vec![("work", work.to_owned())], &classes)
}

fn count(amount: usize) -> f64 {
    number(amount as u64)
}
