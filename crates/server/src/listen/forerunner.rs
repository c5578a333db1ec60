//! What a program that runs the server inside of itself does with requests before the routes see them: counting them, or
//! answering in the place of the server. A server that nobody asked for this has none of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};

use super::Answers;
use crate::routes::Routes;

/// Which of the two kinds of port a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// For browsers and clients; the one for clients with certificates too.
    Public,
    /// For administrators.
    Admin,
}

/// Sees the head of every request before the routes do.
pub trait Forerunner: Send + Sync + 'static {
    /// An answer in the place of the server's; `None` lets the routes answer.
    fn meet<'a>(
        &'a self,
        port: Port,
        request: &'a Parts,
    ) -> Pin<Box<dyn Future<Output = Option<Response<Bytes>>> + Send + 'a>>;
}

/// The routes of a port, with whoever meets a request before them.
#[derive(Clone)]
pub(crate) struct Preceded {
    pub(crate) forerunner: Option<Arc<dyn Forerunner>>,
    pub(crate) port: Port,
    pub(crate) routes: Routes,
}

impl Answers for Preceded {
    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        let Some(forerunner) = &self.forerunner else { return self.routes.answer(request).await };
        let (parts, body) = request.into_parts();
        match forerunner.meet(self.port, &parts).await {
            Some(answer) => answer.map(Body::from),
            None => self.routes.answer(Request::from_parts(parts, body)).await,
        }
    }
}
