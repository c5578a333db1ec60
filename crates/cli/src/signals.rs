//! When to read files again (SIGHUP), and when to stop: the first SIGINT or SIGTERM asks for an orderly end, the second ends at once.

use crate::failure::Failure;

/// Resolves at the first signal. From then on a second one ends the process with the exit code 130.
///
/// The handlers are installed at the call, before the future is polled, so that no signal is lost while starting.
pub(crate) fn shutdown() -> Result<impl Future<Output = ()> + Send + 'static, Failure> {
    let mut signals =
        Signals::install().map_err(|error| Failure::message(format!("signals cannot be read: {error}")))?;
    Ok(async move {
        signals.next().await;
        tokio::spawn(async move {
            signals.next().await;
            std::process::exit(130);
        });
    })
}

/// Does something at every SIGHUP, with which operators ask a server to read its files again, until the task is aborted.
pub(crate) fn on_hangup(act: impl Fn() + Send + 'static) -> Result<tokio::task::JoinHandle<()>, Failure> {
    #[cfg(unix)]
    let mut signals = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())
        .map_err(|error| Failure::message(format!("signals cannot be read: {error}")))?;
    Ok(tokio::spawn(async move {
        #[cfg(unix)]
        while signals.recv().await.is_some() {
            act();
        }
        #[cfg(not(unix))]
        drop(act);
    }))
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn install() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn install() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // Without a way to listen there is nothing to wait for.
        let _ = tokio::signal::ctrl_c().await;
    }
}
