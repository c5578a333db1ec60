//! Which lines are written: those of this program from a level on, and warnings of libraries. The level can be changed while
//! the process runs, for all threads at once.

use symbolon_server::LogSwitch;
use symbolon_server::config::LogLevel;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::reload::Handle;

/// What puts another level in force.
pub(super) fn switch<S: 'static>(handle: Handle<EnvFilter, S>) -> LogSwitch {
    Box::new(move |level| handle.reload(filter(level)).map_err(|error| error.to_string()))
}

/// Libraries speak up only about what is wrong; their inner life is for those who ask for it.
pub(super) fn filter(level: LogLevel) -> EnvFilter {
    EnvFilter::new(format!("warn,symbolon={0},symbolon_server={0},symbolon_store={0}", level.as_str()))
}
