//! Starting tasks and waiting: what the crate asks of the runtime it runs on. It owns no task itself.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Work that goes on by itself.
#[cfg(not(target_arch = "wasm32"))]
pub type BackgroundFuture = Pin<Box<dyn Future<Output = ()> + Send>>;
/// Work that goes on by itself.
#[cfg(target_arch = "wasm32")]
pub type BackgroundFuture = Pin<Box<dyn Future<Output = ()>>>;

/// A pause.
#[cfg(not(target_arch = "wasm32"))]
pub type SleepFuture = Pin<Box<dyn Future<Output = ()> + Send>>;
/// A pause.
#[cfg(target_arch = "wasm32")]
pub type SleepFuture = Pin<Box<dyn Future<Output = ()>>>;

/// Starts tasks and waits.
///
/// What must not be lost is done in a task of its own, so that it is finished even when the caller goes away in the
/// middle: a refresh whose answer nobody reads would be a user who has to log in again.
pub trait Runtime: Send + Sync + 'static {
    /// Starts `work`, which goes on when nobody waits for it.
    fn spawn(&self, work: BackgroundFuture);

    /// Ends after `pause`.
    fn sleep(&self, pause: Duration) -> SleepFuture;
}

/// The runtime that the program is in: tokio's, or the browser's on `wasm32`.
#[cfg(feature = "reqwest")]
#[derive(Debug, Clone, Copy, Default)]
pub struct DefaultRuntime;

#[cfg(all(feature = "reqwest", not(target_arch = "wasm32")))]
impl Runtime for DefaultRuntime {
    fn spawn(&self, work: BackgroundFuture) {
        tokio::spawn(work);
    }

    fn sleep(&self, pause: Duration) -> SleepFuture {
        Box::pin(tokio::time::sleep(pause))
    }
}

#[cfg(all(feature = "reqwest", target_arch = "wasm32"))]
impl Runtime for DefaultRuntime {
    fn spawn(&self, work: BackgroundFuture) {
        wasm_bindgen_futures::spawn_local(work);
    }

    fn sleep(&self, pause: Duration) -> SleepFuture {
        Box::pin(gloo_timers::future::sleep(pause))
    }
}
