//! Where log lines go: to standard error, at the level and in the form of the configuration. Whatever a value holds, one
//! event is one line of printable ASCII, and no value can look like a field of its own: [`fields`] writes the values of
//! text lines, [`plain`] sees every byte that leaves. Nobody who logs something has to think of it.

mod collector;
mod fields;
mod level;
mod plain;

use std::panic::PanicHookInfo;
use std::sync::Arc;

use symbolon_server::clock::Clock;
use symbolon_server::config::{Log, LogFormat};
use symbolon_server::{LogReceiver, LogSwitch};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use collector::ToCollector;
use fields::QuotedFields;
use plain::{Escapes, Plain};

/// Installs the log for the rest of the process. A second call changes nothing. What is answered first has to be told of
/// the server whose collector shall have the lines as well; the other changes the level.
pub(crate) fn install(log: &Log) -> (Arc<LogReceiver>, LogSwitch) {
    let escapes = match log.format {
        LogFormat::Json | LogFormat::JsonPretty => Escapes::Json,
        LogFormat::Text => Escapes::Text,
    };
    let writer = move || Plain::new(std::io::stderr(), escapes);
    let builder = fmt::Subscriber::builder().with_env_filter(level::filter(log.level)).with_writer(writer);
    let receiver = Arc::<LogReceiver>::default();
    let to_collector = ToCollector { receiver: Arc::clone(&receiver), clock: Clock::system() };
    let (switch, installed) = match log.format {
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true).with_filter_reloading();
            (level::switch(builder.reload_handle()), builder.finish().with(to_collector).try_init())
        }
        LogFormat::JsonPretty => {
            let builder = builder.pretty().json().flatten_event(true).with_filter_reloading();
            (level::switch(builder.reload_handle()), builder.finish().with(to_collector).try_init())
        }
        LogFormat::Text => {
            let builder = builder.with_ansi(false).with_target(false).fmt_fields(QuotedFields).with_filter_reloading();
            (level::switch(builder.reload_handle()), builder.finish().with(to_collector).try_init())
        }
    };
    // Only a test that starts two commands in one process gets here twice.
    if installed.is_ok() {
        std::panic::set_hook(Box::new(panicked));
    }
    (receiver, switch)
}

/// The message of a panic may repeat what a request held, so it takes the same way as everything else.
fn panicked(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied().or(payload.downcast_ref::<String>().map(String::as_str));
    tracing::error!(place, panic = text.unwrap_or("without a text"), "a thread panicked");
}
