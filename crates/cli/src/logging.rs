//! Where log lines go: to standard error, at the level and in the form of the configuration.

use symbolon_server::config::{Log, LogFormat};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// Installs the log for the rest of the process. A second call changes nothing.
pub(crate) fn install(log: &Log) {
    // Libraries speak up only about what is wrong; their inner life is for those who ask for it.
    let filter =
        EnvFilter::new(format!("warn,symbolon={0},symbolon_server={0},symbolon_store={0}", log.level.as_str()));
    let builder = fmt::Subscriber::builder().with_env_filter(filter).with_writer(std::io::stderr);
    let installed = match log.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::JsonPretty => builder.pretty().json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_ansi(false).with_target(false).try_init(),
    };
    // Only a test that starts two commands in one process gets here twice.
    drop(installed);
}
