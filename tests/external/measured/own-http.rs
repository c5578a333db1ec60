//! A program that checks an access token with `symbolon-client`, over HTTP of its own (which is left out here).

use bytes::Bytes;
use symbolon_client::{
    BackgroundFuture, Client, HttpClient, HttpFuture, Limits, Runtime, SleepFuture, TransportError, TransportErrorKind,
};

struct OwnHttp;

impl HttpClient for OwnHttp {
    fn send(&self, request: http::Request<Bytes>, _: Limits) -> HttpFuture<'_> {
        let reason = format!("{} cannot be reached", request.uri());
        Box::pin(async move { Err(TransportError::new(TransportErrorKind::Connect, reason)) })
    }
}

struct OwnRuntime;

impl Runtime for OwnRuntime {
    fn spawn(&self, work: BackgroundFuture) {
        tokio::spawn(work);
    }

    fn sleep(&self, _: std::time::Duration) -> SleepFuture {
        Box::pin(std::future::ready(()))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::unregistered("https://accounts.google.com").http_client(OwnHttp).runtime(OwnRuntime).build()?;
    let token = std::env::args().nth(1).unwrap_or_default().into();
    let claims = client.verify_access_token(&token, "https://api.example").await?;
    println!("{:?} may come in", claims.subject);
    Ok(())
}
