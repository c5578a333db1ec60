//! The layer and the service that tower sees.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::Login;
use super::builder::LoginLayerBuilder;
use super::visit::handle;
use crate::client::Client;
use crate::error::Error;

/// Logs users in before an application answers them: see the [module](crate::login).
///
/// It belongs around the whole application, so that it sees the paths that the browser asks for. Cloning is cheap, and
/// clones share everything.
#[derive(Clone)]
pub struct LoginLayer(Arc<Login>);

impl LoginLayer {
    /// A layer with the usual settings, under which every path needs a login. `secret` seals the cookies: 32 random bytes
    /// or more, the same in every process of the application, and never in its source.
    ///
    /// # Errors
    /// As [`LoginLayerBuilder::build`].
    pub fn new(client: Client, secret: impl Into<String>) -> Result<Self, Error> {
        Self::builder(client, secret).build()
    }

    /// Starts a layer with settings of its own.
    pub fn builder(client: Client, secret: impl Into<String>) -> LoginLayerBuilder {
        LoginLayerBuilder::new(client, secret.into())
    }

    pub(super) fn new_from(login: Login) -> Self {
        Self(Arc::new(login))
    }
}

impl fmt::Debug for LoginLayer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LoginLayer").field("client", &self.0.client).finish_non_exhaustive()
    }
}

impl<S> Layer<S> for LoginLayer {
    type Service = LoginGuard<S>;

    fn layer(&self, inner: S) -> Self::Service {
        LoginGuard { login: Arc::clone(&self.0), inner }
    }
}

/// An application behind a [`LoginLayer`].
#[derive(Clone)]
pub struct LoginGuard<S> {
    login: Arc<Login>,
    inner: S,
}

impl<S> fmt::Debug for LoginGuard<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LoginGuard").field("client", &self.login.client).finish_non_exhaustive()
    }
}

/// The bodies may be of any kind: a request's is read only where a form is posted to this layer itself, and the answers of
/// this layer are bytes.
impl<S, B, R> Service<Request<B>> for LoginGuard<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    R: From<Bytes> + Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that was made ready answers; its clone waits for the next request.
        let clone = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, clone);
        Box::pin(handle(Arc::clone(&self.login), request, ready))
    }
}
