//! `tracing.*`: traces for a collector of OpenTelemetry, under the keys that Hydra has.

use symbolon_jose::Secret;

use super::keys::Form::{Any, Word};
use super::keys::Kind::{Opaque, Ratio as Between, Switch, Text};
use super::keys::Preset::{Unset, Value};
use super::keys::Standing::{Added, Compatible, Inert};
use super::section::{section, words};
use super::setting::Setting;

const TAKES_OTLP: &str = "it takes traces as OTLP nowadays: set tracing.provider to `otel`, and \
    tracing.providers.otlp.server_url to its address for OTLP over HTTP (port 4318)";

section! {
    /// Traces for a collector.
    #[derive(Debug, Clone)]
    pub struct Tracing {
        /// Sends traces to a collector of OpenTelemetry: `otel` (or `otlp`). The others of Hydra send nothing here.
        provider: Option<TracingProvider> = "tracing.provider", Text(Word(TracingProvider::WORDS)), Unset, Compatible;
        /// Name of this server in traces.
        service_name: String = "tracing.service_name", Text(Any), Value("symbolon"), Compatible;
        /// Environment of this server in traces, as `production`.
        deployment_environment: Option<String> = "tracing.deployment_environment", Text(Any), Unset, Compatible;
    }
    parts {
        /// Collector of traces.
        otlp: OtlpCollector;
    }
    no_field {
        /// Collector that speaks the protocol of Jaeger.
        "tracing.providers.jaeger", Opaque, Unset, Inert(TAKES_OTLP);
        /// Collector that speaks the protocol of Zipkin.
        "tracing.providers.zipkin", Opaque, Unset, Inert(TAKES_OTLP);
    }
}

section! {
    /// A collector that speaks OTLP over HTTP.
    #[derive(Debug, Clone)]
    pub struct OtlpCollector {
        /// Its host and port, as `localhost:4318`, or its URL; `/v1/traces` is added.
        server_url: Option<String> = "tracing.providers.otlp.server_url", Text(Any), Unset, Compatible;
        /// Speaks http with it, where no URL says so.
        insecure: bool = "tracing.providers.otlp.insecure", Switch, Value("false"), Compatible;
        /// Value of the header `Authorization` for it.
        authorization_header: Option<Secret<String>> = "tracing.providers.otlp.authorization_header", Text(Any), Unset,
            Compatible;
        /// Part of the traces that begin here which is sent; one that began elsewhere is sent if that says so.
        sampling_ratio: Ratio = "tracing.providers.otlp.sampling.sampling_ratio", Between, Value("1"), Compatible;
        /// Sends the lines of the program's log to the collector as well (`/v1/logs`).
        logs: bool = "symbolon.tracing.logs", Switch, Value("false"), Added;
    }
}

words! {
    /// To whom traces are sent.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum TracingProvider {
        /// A collector of OpenTelemetry.
        Otel = "otlp" | "otel";
        /// Jaeger in its own protocol, which is not spoken here.
        Jaeger = "jaeger";
        /// Zipkin, which is not spoken here.
        Zipkin = "zipkin";
    }
}

/// A part of a whole, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio(f64);

impl Ratio {
    /// A part from 0 to 1.
    pub fn new(part: f64) -> Option<Self> {
        (0.0..=1.0).contains(&part).then_some(Self(part))
    }

    /// So much of a whole number.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "the ratio is from 0 to 1, and a part in 2⁵³ more or less is none"
    )]
    pub(crate) fn of(self, whole: u64) -> u64 {
        if self.0 >= 1.0 { whole } else { (self.0 * whole as f64) as u64 }
    }
}

impl Setting for Ratio {
    fn from_value(value: Option<&serde_json::Value>) -> Option<Self> {
        Self::new(value.map_or(Some(0.0), serde_json::Value::as_f64)?)
    }

    fn to_value(&self) -> Option<serde_json::Value> {
        Some(serde_json::Value::from(self.0))
    }
}
