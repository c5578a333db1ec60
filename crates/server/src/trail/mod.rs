//! What is noted of a request while it is worked for, and told when it has its answer: to the audit log, to the access log
//! and to a collector of traces. A [`Trail`] goes with the request's own task; whatever decides something tells of it here
//! ([`tell`]) and need not know which request it works for. `finished` says what becomes of it at the end, `call` follows
//! calls to other servers. Where nothing of this is on there is no trail, and noting costs a look.

mod call;
mod finished;
mod log_receiver;
mod seeing;

use std::cell::RefCell;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::task_local;

use crate::audit::{self, About, Event};
use crate::telemetry::TraceContext;

pub(crate) use call::call;
pub(crate) use finished::{Finished, finish};
pub use log_receiver::LogReceiver;
pub use seeing::Seeing;

task_local! {
    static TRAIL: Option<Trail>;
}

/// What is noted of a request.
pub(crate) struct Trail(Box<Inner>);

struct Inner {
    seeing: Arc<Seeing>,
    id: Option<String>,
    trace: Option<TraceContext>,
    /// In Unix microseconds.
    began_at: i64,
    noted: RefCell<Noted>,
}

#[derive(Default)]
struct Noted {
    address: Option<IpAddr>,
    client_id: Option<String>,
    route: Option<Arc<str>>,
    refusal: Option<Refusal>,
    check: Option<(&'static str, &'static str)>,
}

/// An error that a request is answered with.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    /// The `error`.
    pub(crate) error: String,
    /// What is told beyond it.
    pub(crate) description: String,
    /// What is not told.
    pub(crate) reason: String,
}

impl Trail {
    fn new(seeing: &Arc<Seeing>, id: Option<&str>, trace: Option<TraceContext>) -> Self {
        let began_at = seeing.now_micros();
        let (seeing, id) = (Arc::clone(seeing), id.map(str::to_owned));
        Self(Box::new(Inner { seeing, id, trace, began_at, noted: RefCell::default() }))
    }

    /// Another one, for work that goes on in a task of its own.
    fn fork(&self) -> Self {
        let Inner { seeing, id, trace, noted, .. } = &*self.0;
        let own = Self::new(seeing, id.as_deref(), trace.clone());
        own.0.noted.borrow_mut().address = noted.borrow().address;
        own
    }

    fn record(&self, event: &Event<'_>) {
        let Inner { seeing, id, noted, .. } = &*self.0;
        let trace_id = self.trace_id();
        let address = noted.borrow().address;
        seeing.record(About { request_id: id.as_deref(), trace_id: trace_id.as_deref(), address, at_micros: 0 }, event);
    }

    fn trace_id(&self) -> Option<String> {
        self.0.trace.as_ref().map(TraceContext::trace_id_text)
    }
}

/// Works under a trail.
pub(crate) async fn follow<F: Future>(trail: Option<Trail>, work: F) -> F::Output {
    TRAIL.scope(trail, work).await
}

/// Work that goes on in a task of its own, under the name of the request that began it.
pub(crate) fn carried<F: Future>(work: F) -> impl Future<Output = F::Output> {
    TRAIL.scope(with(Trail::fork), work)
}

/// The place in a trace at which this is called.
pub(crate) fn trace() -> Option<TraceContext> {
    with(|trail| trail.0.trace.clone()).flatten()
}

fn with<T>(note: impl FnOnce(&Trail) -> T) -> Option<T> {
    TRAIL.try_with(|trail| trail.as_ref().map(note)).ok().flatten()
}

/// Tells of a decision.
pub(crate) fn tell(event: &Event<'_>) {
    audit::say(event);
    with(|trail| trail.record(event));
}

/// Notes who sent the request.
pub(crate) fn note_address(address: IpAddr) {
    with(|trail| trail.0.noted.borrow_mut().address = Some(address));
}

/// Notes the template of the route that matched.
pub(crate) fn note_route(route: &Arc<str>) {
    with(|trail| trail.0.noted.borrow_mut().route = Some(Arc::clone(route)));
}

/// Notes the client that the request is about, once it is known that there is such a client.
pub(crate) fn note_client(client_id: &str) {
    with(|trail| {
        let mut noted = trail.0.noted.borrow_mut();
        if noted.client_id.as_deref() != Some(client_id) {
            noted.client_id = Some(client_id.to_owned());
        }
    });
}

/// Notes the check that failed, and what it rests on.
pub(crate) fn note_check(check: &'static str, section: &'static str) {
    with(|trail| trail.0.noted.borrow_mut().check = Some((check, section)));
}

/// Notes the error with which the request is answered. Of several the last counts.
pub(crate) fn note_refusal(refusal: impl FnOnce() -> Refusal) {
    with(|trail| trail.0.noted.borrow_mut().refusal = Some(refusal()));
}
