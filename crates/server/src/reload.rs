//! Reading the configuration of a running server again, from the sources that it started with. With a fault in it nothing
//! changes, and every fault is told. Otherwise the new values of those keys that may change come into force together, for
//! every request that comes from then on, and the other keys that changed are named: they wait for a restart.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use serde::Serialize;
use tokio::sync::{Mutex, Notify};

use crate::audit::Event;
use crate::config::{ConfigError, LogLevel, Reading, Sources};
use crate::context::{Context, Current};
use crate::trail;

/// Puts another level of the log in force; the error says why it cannot.
pub type LogSwitch = Box<dyn Fn(LogLevel) -> Result<(), String> + Send + Sync>;

/// Where the configuration of a server is read again, and what is not the server's own to change.
pub struct Reloading {
    /// Where it is read.
    pub sources: Sources,
    /// What the server started with.
    pub started: Reading,
    /// The log belongs to the program, not to the server.
    pub log_level: LogSwitch,
}

/// What came of a configuration without a fault. Keys are in the order of the documentation.
#[derive(Debug, Serialize)]
pub struct Reloaded {
    /// Keys whose new values are in force.
    pub applied: Vec<&'static str>,
    /// Keys that are others than at the start, and are in force only after a restart.
    pub restart_needed: Vec<&'static str>,
}

/// Why nothing changed.
pub enum ReloadFault {
    /// The server was made by a program, and has nothing to read.
    NoSources,
    /// What is wrong with the configuration.
    Problems(Vec<Problem>),
}

/// Something that is wrong with a configuration.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// One sentence, with the place.
    pub message: String,
    /// The key, where it is about one.
    pub key: Option<String>,
}

/// How a server reads its configuration again, and how that went last.
pub struct ReloadState {
    current: OnceLock<Weak<Current>>,
    origin: OnceLock<Arc<Reloading>>,
    /// What is in force, once that is not what the server started with. Whoever holds it is the only one who reloads.
    in_force: Mutex<Option<Reading>>,
    succeeded_at: AtomicI64,
    failed: AtomicBool,
    /// Wakes who looks after the certificates of the listeners.
    pub certificates_wanted: Arc<Notify>,
}

impl ReloadState {
    /// A server that starts has read its configuration well.
    pub fn new(now: i64) -> Self {
        Self {
            current: OnceLock::new(),
            origin: OnceLock::new(),
            in_force: Mutex::new(None),
            succeeded_at: AtomicI64::new(now),
            failed: AtomicBool::new(false),
            certificates_wanted: Arc::default(),
        }
    }

    /// Says whose configuration it is.
    pub fn belongs_to(&self, current: &Arc<Current>) {
        // Only the start of a server says so.
        let _ = self.current.set(Arc::downgrade(current));
    }

    /// Says where it is read.
    pub fn reads_from(&self, origin: Reloading) {
        let _ = self.origin.set(Arc::new(origin));
    }

    /// When a configuration was read last that had no fault, in Unix seconds.
    pub fn succeeded_at(&self) -> i64 {
        self.succeeded_at.load(Ordering::Relaxed)
    }

    /// Whether the last one had no fault.
    pub fn is_well(&self) -> bool {
        !self.failed.load(Ordering::Relaxed)
    }
}

/// Reads the configuration again. Certificates of listeners are read again as well, whatever comes of it.
pub async fn reload(context: &Context) -> Result<Reloaded, ReloadFault> {
    let state = &context.reload;
    state.certificates_wanted.notify_one();
    let (Some(origin), Some(current)) = (state.origin.get(), state.current.get().and_then(Weak::upgrade)) else {
        return Err(ReloadFault::NoSources);
    };
    let mut in_force = state.in_force.lock().await;
    let reading = {
        let origin = Arc::clone(origin);
        // Files may be slow.
        tokio::task::spawn_blocking(move || origin.read()).await
    };
    let read = reading.unwrap_or_else(|_| Err(vec![Problem::of_nothing("the configuration could not be read")]));
    // Nothing waits from here on: whoever asked may be gone, and it happens all the same, or not at all.
    let outcome = read.and_then(|fresh| fresh.take_over(origin, &current, &mut in_force));
    state.failed.store(outcome.is_err(), Ordering::Relaxed);
    if outcome.is_ok() {
        state.succeeded_at.store(context.clock.now(), Ordering::Relaxed);
    }
    tell(&outcome);
    outcome.map_err(ReloadFault::Problems)
}

/// A configuration that was read again and has no fault.
struct Fresh {
    /// What the server can go on with: old values of the keys that cannot change.
    next: Reading,
    restart_needed: Vec<&'static str>,
}

impl Reloading {
    fn read(&self) -> Result<Fresh, Vec<Problem>> {
        let newer = self.sources.read();
        if newer.config().is_none() {
            return Err(problems(&newer));
        }
        // What fits together in the files may not fit to values that wait for a restart.
        let next = self.sources.reloaded(&self.started, &newer);
        if next.config().is_none() {
            return Err(problems(&next));
        }
        let fixed = self.started.changed(&newer).filter(|key| !key.is_reloadable());
        let restart_needed = fixed.map(|key| key.path.as_str()).collect();
        Ok(Fresh { next, restart_needed })
    }
}

impl Fresh {
    fn take_over(
        self,
        origin: &Reloading,
        current: &Current,
        in_force: &mut Option<Reading>,
    ) -> Result<Reloaded, Vec<Problem>> {
        let before = in_force.as_ref().unwrap_or(&origin.started);
        let applied: Vec<_> = before.changed(&self.next).map(|key| key.path.as_str()).collect();
        let config = self.next.config().filter(|_| !applied.is_empty());
        if let Some(config) = config {
            if config.log.level != current.now().config.log.level {
                (origin.log_level)(config.log.level).map_err(|reason| {
                    let message = format!("`log.level` cannot be changed: {reason}");
                    vec![Problem { message, key: Some("log.level".to_owned()) }]
                })?;
            }
            current.put_in_force(config.clone());
        }
        *in_force = Some(self.next);
        Ok(Reloaded { applied, restart_needed: self.restart_needed })
    }
}

fn tell(outcome: &Result<Reloaded, Vec<Problem>>) {
    match outcome {
        Ok(Reloaded { applied, restart_needed }) => {
            if !restart_needed.is_empty() {
                let keys = restart_needed.join(", ");
                tracing::warn!(keys, "these keys changed and are in force only after a restart");
            }
            tracing::info!(applied = applied.join(", "), "the configuration was read again");
            trail::tell(&Event::ConfigurationReloaded { applied, restart_needed });
        }
        Err(problems) => {
            for problem in problems {
                tracing::error!(problem = problem.message, "the configuration has a problem");
            }
            tracing::error!("the configuration was not taken over, and the old one stays");
            trail::tell(&Event::ConfigurationReloadFailed { problems: problems.len() });
        }
    }
}

fn problems(reading: &Reading) -> Vec<Problem> {
    let found: Vec<_> = reading.faults().iter().map(|fault| Problem::of(fault, reading)).collect();
    if found.is_empty() { vec![Problem::of_nothing("the configuration cannot be read")] } else { found }
}

impl Problem {
    fn of(fault: &ConfigError, reading: &Reading) -> Self {
        // Some messages name the place themselves.
        let message = match reading.place_of(fault) {
            Some(place) if fault.place().is_none() => format!("{fault} ({place})"),
            _ => fault.to_string(),
        };
        Self { message, key: fault.key().map(str::to_owned) }
    }

    fn of_nothing(message: &str) -> Self {
        Self { message: message.to_owned(), key: None }
    }
}
