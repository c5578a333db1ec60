//! Where log lines go: to standard error, at the level and in the form of the configuration. Whatever a value holds, one
//! event is one line of printable ASCII, and no value can look like a field of its own: [`fields`] writes the values of
//! text lines, [`plain`] sees every byte that leaves. Nobody who logs something has to think of it.

mod fields;
mod plain;

use std::panic::PanicHookInfo;

use symbolon_server::config::{Log, LogFormat};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use fields::QuotedFields;
use plain::{Escapes, Plain};

/// Installs the log for the rest of the process. A second call changes nothing.
pub(crate) fn install(log: &Log) {
    // Libraries speak up only about what is wrong; their inner life is for those who ask for it.
    let filter =
        EnvFilter::new(format!("warn,symbolon={0},symbolon_server={0},symbolon_store={0}", log.level.as_str()));
    let escapes = match log.format {
        LogFormat::Json | LogFormat::JsonPretty => Escapes::Json,
        LogFormat::Text => Escapes::Text,
    };
    let writer = move || Plain::new(std::io::stderr(), escapes);
    let builder = fmt::Subscriber::builder().with_env_filter(filter).with_writer(writer);
    let installed = match log.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::JsonPretty => builder.pretty().json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_ansi(false).with_target(false).fmt_fields(QuotedFields).try_init(),
    };
    // Only a test that starts two commands in one process gets here twice.
    if installed.is_ok() {
        std::panic::set_hook(Box::new(panicked));
    }
}

/// The message of a panic may repeat what a request held, so it takes the same way as everything else.
fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    tracing::error!(place, panic = text.unwrap_or("without a text"), "a thread panicked");
}
