//! A table of routes while it is made. Whatever of a route does not depend on the request is found here, once: what is
//! counted of it, how large its bodies may be, who may call it.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::MethodRouter;
use http::{HeaderMap, Method, Uri};

use super::arrival::Arrived;
use super::bodies;
use super::body_memory::BodyMemory;
use super::no_route;
use crate::config::Config;
use crate::context::Current;
use crate::error::ApiError;
use crate::exchange::Answer;
use crate::metrics::{HttpRequest, RouteRequests};
use crate::trail;

/// Why a caller is refused, if it is.
pub(super) type Gate = fn(&Config, &Uri, &HeaderMap) -> Option<ApiError>;

/// What the handlers of a route know besides the request.
pub(super) struct Route {
    /// The one state, for what no request is answered by.
    pub(super) current: Arc<Current>,
    /// For its bodies.
    pub(super) memory: Arc<BodyMemory>,
    /// Largest body, in bytes.
    pub(super) body_bound: usize,
    /// Who may not call it; `None` where everybody may.
    pub(super) gate: Option<Gate>,
    template: Option<Arc<str>>,
    requests: Arc<RouteRequests>,
}

impl Route {
    /// Counts the answer to a request, and hands it on.
    pub(super) fn finish(&self, arrived: &Arrived, answer: Answer) -> Response {
        count(&self.requests, arrived, &answer, answer.body().len());
        if let Some(template) = &self.template {
            trail::note_route(template);
        }
        answer.map(Body::from)
    }
}

/// Counts an answer whose body has so many bytes.
pub(super) fn count<B>(requests: &RouteRequests, arrived: &Arrived, answer: &http::Response<B>, body_bytes: usize) {
    let response_bytes = if arrived.method == Method::HEAD { 0 } else { body_bytes as u64 };
    requests.count(&HttpRequest {
        method: &arrived.method,
        status: answer.status(),
        took: arrived.at.elapsed(),
        request_bytes: arrived.bytes,
        response_bytes,
    });
}

/// The table of one listener.
pub(super) struct Table {
    current: Arc<Current>,
    memory: Arc<BodyMemory>,
    gate: Option<Gate>,
    unmatched: Arc<Route>,
    router: Router,
}

impl Table {
    /// A table without routes.
    pub(super) fn new(current: &Arc<Current>, memory: BodyMemory) -> Self {
        let memory = Arc::new(memory);
        let unmatched = Route {
            current: Arc::clone(current),
            memory: Arc::clone(&memory),
            body_bound: 0,
            gate: None,
            template: None,
            requests: current.now().metrics.http.unmatched.clone(),
        };
        Self { current: Arc::clone(current), memory, gate: None, unmatched: Arc::new(unmatched), router: Router::new() }
    }

    /// The routes that follow are for those whom the gate does not refuse.
    pub(super) fn behind(self, gate: Gate) -> Self {
        Self { gate: Some(gate), ..self }
    }

    /// The routes that follow are for everybody.
    pub(super) fn open(self) -> Self {
        Self { gate: None, ..self }
    }

    /// Adds a route; methods that it does not have are refused.
    pub(super) fn route(self, template: &str, methods: MethodRouter<Arc<Route>>) -> Self {
        let route = Route {
            current: Arc::clone(&self.current),
            memory: Arc::clone(&self.memory),
            body_bound: bodies::bound(template),
            gate: self.gate,
            template: Some(template.into()),
            requests: self.current.now().metrics.http.of_route(template),
        };
        let unmatched = Arc::clone(&self.unmatched);
        let methods =
            methods.fallback(async move |request: Request| no_route::method_not_allowed(&unmatched, &request));
        Self { router: self.router.route(template, methods.with_state(Arc::new(route))), ..self }
    }

    /// The table as it answers; paths that are not in it are refused.
    pub(super) fn finish(self) -> Router {
        let unmatched = self.unmatched;
        self.router.fallback(async move |request: Request| no_route::not_found(&unmatched, &request))
    }
}
