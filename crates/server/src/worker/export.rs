//! Sending spans and log records to the collector: in batches, at once when many wait and within a second otherwise. A batch
//! that the collector does not take is tried twice more and is then lost; what is lost is counted. No request waits.

use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::ended;
use crate::config::OtlpCollector;
use crate::context::Context;
use crate::outbound::{JsonPost, NamedAddress, NamedBy};
use crate::telemetry::{Record, Telemetry};

/// Most records of one batch.
const BATCH: usize = 512;
/// How long a record waits for others.
const GATHERING: Duration = Duration::from_secs(1);
/// Longest time of one try.
const WITHIN: Duration = Duration::from_secs(5);
/// Before each further try.
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

/// How long the end of the server waits for the collector.
pub(super) const LAST: Duration = Duration::from_secs(5);

/// Sends what comes, until the server stops; what is left then waits for [`flush`].
pub(super) async fn run(context: &Context, telemetry: &Telemetry, mut stop: watch::Receiver<bool>) {
    let Some(mut queue) = telemetry.take_queue() else { return };
    let collector = Collector::of(&context.config.tracing.otlp);
    let mut records = Vec::new();
    loop {
        tokio::select! {
            () = ended(&mut stop) => break,
            () = gather(&mut queue, &mut records) => {}
        }
        let count = records.len();
        tokio::select! {
            () = ended(&mut stop) => {
                telemetry.count_dropped(count);
                break;
            }
            () = collector.send(context, telemetry, std::mem::take(&mut records)) => {}
        }
    }
    // What was gathered when the server stopped.
    let _ = timeout(LAST, collector.send(context, telemetry, records)).await;
    telemetry.return_queue(queue);
}

/// Waits for a record, and a little for those that follow.
async fn gather(queue: &mut mpsc::Receiver<Record>, records: &mut Vec<Record>) {
    queue.recv_many(records, BATCH).await;
    let more = async { while records.len() < BATCH && queue.recv_many(records, BATCH - records.len()).await > 0 {} };
    let _ = timeout(GATHERING, more).await;
}

/// Sends what waits now.
pub(super) async fn flush(context: &Context, telemetry: &Telemetry) {
    let Some(mut queue) = telemetry.take_queue() else { return };
    let collector = Collector::of(&context.config.tracing.otlp);
    loop {
        let records = waiting(&mut queue);
        if records.is_empty() {
            break;
        }
        collector.send(context, telemetry, records).await;
    }
    telemetry.return_queue(queue);
}

fn waiting(queue: &mut mpsc::Receiver<Record>) -> Vec<Record> {
    std::iter::from_fn(|| queue.try_recv().ok()).take(BATCH).collect()
}

/// Where records are sent.
struct Collector {
    traces: NamedAddress,
    logs: NamedAddress,
    proof: Option<(HeaderName, HeaderValue)>,
}

impl Collector {
    fn of(otlp: &OtlpCollector) -> Self {
        let named = |path| NamedAddress::new(&format!("{}{path}", base(otlp)), NamedBy::Operator);
        let proof = otlp.authorization_header.as_ref().and_then(|value| {
            let mut value = HeaderValue::from_str(value.expose()).ok()?;
            value.set_sensitive(true);
            Some((AUTHORIZATION, value))
        });
        Self { traces: named("/v1/traces"), logs: named("/v1/logs"), proof }
    }

    async fn send(&self, context: &Context, telemetry: &Telemetry, records: Vec<Record>) {
        let (mut spans, mut logs) = (Vec::new(), Vec::new());
        for record in records {
            match record {
                Record::Span(span) => spans.push(span),
                Record::Log(log) => logs.push(log),
            }
        }
        let resource = telemetry.resource();
        if !spans.is_empty() {
            self.post(context, telemetry, (&self.traces, resource.traces(&spans), spans.len())).await;
        }
        if !logs.is_empty() {
            self.post(context, telemetry, (&self.logs, resource.logs(&logs), logs.len())).await;
        }
    }

    async fn post(&self, context: &Context, telemetry: &Telemetry, batch: (&NamedAddress, Vec<u8>, usize)) {
        let (address, body, records) = batch;
        let header = self.proof.as_ref().map(|(name, value)| (name, value));
        let post = JsonPost { body: Bytes::from(body), header, limit_bytes: 0, within: WITHIN };
        let mut outcome = context.outbound.post_json_unread(address, &post).await;
        for pause in PAUSES {
            // What a collector says of a batch that may be sent again (OTLP, "Retryable Response Codes").
            if matches!(outcome, Ok(status) if !matches!(status, 429 | 502 | 503 | 504)) {
                break;
            }
            tokio::time::sleep(pause).await;
            outcome = context.outbound.post_json_unread(address, &post).await;
        }
        match outcome {
            Ok(200..=299) => telemetry.count_sent(records),
            Ok(status) => {
                telemetry.count_dropped(records);
                tracing::warn!(records, status, "the collector of traces refused a batch");
            }
            Err(fault) => {
                telemetry.count_dropped(records);
                tracing::warn!(records, %fault, "a batch did not arrive at the collector of traces");
            }
        }
    }
}

/// The collector's URL, to which the paths of OTLP are added; a host and port is one of https unless configuration says
/// otherwise.
pub(crate) fn base(otlp: &OtlpCollector) -> String {
    let named = otlp.server_url.as_deref().unwrap_or_default().trim_end_matches('/');
    match (named.contains("://"), otlp.insecure) {
        (true, _) => named.to_owned(),
        (false, true) => format!("http://{named}"),
        (false, false) => format!("https://{named}"),
    }
}
