//! The service that stands before another one.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{Request, Response};
use tower_service::Service;

use super::super::presented::Scheme;
use super::super::{Authorized, Refusal, RefusalReason, ResourceServer};
use super::{BearerLayer, Strangers};
use crate::verification::AccessTokenClaims;

/// What [`BearerLayer`] makes of a service.
#[derive(Debug, Clone)]
pub struct BearerGuard<S> {
    layer: BearerLayer,
    inner: S,
}

impl<S> BearerGuard<S> {
    pub(super) fn new(layer: BearerLayer, inner: S) -> Self {
        Self { layer, inner }
    }
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for BearerGuard<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>> + Clone + Send + 'static,
    S::Future: Send,
    RequestBody: Send + 'static,
    ResponseBody: Default,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        // The one that was polled ready has to take the request; its clone may not be ready.
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        let layer = self.layer.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let authorized = match layer.admit(&mut parts).await {
                Ok(authorized) => authorized,
                Err(refusal) => return Ok(refusal.into_response()),
            };
            let mut response = inner.call(Request::from_parts(parts, body)).await?;
            if let Some(authorized) = authorized {
                authorized.add_headers(response.headers_mut());
            }
            Ok(response)
        })
    }
}

/// A request that a layer of this API has let in, so that a second layer does not use up its DPoP proof again.
#[derive(Clone)]
struct Admitted {
    server: ResourceServer,
    scheme: Scheme,
    claims: Arc<AccessTokenClaims>,
}

impl BearerLayer {
    /// Lets a request in, with its claims among the extensions, or without any. What is to be told in the answer is given
    /// back.
    async fn admit(&self, parts: &mut Parts) -> Result<Option<Authorized>, Refusal> {
        if let Some(value) = parts.headers.get_mut(AUTHORIZATION) {
            // So that no layer behind this one logs it.
            value.set_sensitive(true);
        }
        let before = parts.extensions.get::<Admitted>();
        if let Some(admitted) = before.filter(|admitted| Arc::ptr_eq(&admitted.server.0, &self.server.0)) {
            return self.server.admit_again(&admitted.claims, admitted.scheme, &self.requirements).map(|()| None);
        }
        match self.server.authorize(parts, &self.requirements).await {
            Ok(authorized) => {
                let claims = Arc::new(authorized.claims.clone());
                let admitted = Admitted { server: self.server.clone(), scheme: authorized.scheme, claims };
                parts.extensions.insert(admitted);
                parts.extensions.insert(authorized.claims.clone());
                Ok(Some(authorized))
            }
            Err(refusal) if self.strangers == Strangers::LetIn && *refusal.reason() == RefusalReason::NoToken => {
                // Claims that a layer of another API left behind say nothing here.
                parts.extensions.remove::<AccessTokenClaims>();
                Ok(None)
            }
            Err(refusal) => Err(refusal),
        }
    }
}
