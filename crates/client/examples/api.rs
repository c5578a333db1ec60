//! An API that takes access tokens: notes, which some may read and some may write. With a provider at port 4444:
//!
//! ```text
//! cargo run -p symbolon-client --example api --features tower
//! curl -i http://127.0.0.1:8080/notes                                     # 401: what is needed, and where to ask
//! curl -i http://127.0.0.1:8080/notes -H "Authorization: Bearer $TOKEN"
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;

use axum::routing::{get, post};
use axum::{Extension, Router};
use symbolon_client::{AccessTokenClaims, BearerLayer, Client, ResourceServer};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let issuer = arguments.next().unwrap_or_else(|| "http://127.0.0.1:4444".to_owned());
    let listener = TcpListener::bind(arguments.next().unwrap_or_else(|| "127.0.0.1:8080".to_owned())).await?;
    let resource = format!("http://{}/notes", listener.local_addr()?);
    println!("{resource} takes tokens of {issuer}");
    let api = ResourceServer::builder(Client::unregistered(&issuer).build()?, &resource).build()?;
    axum::serve(listener, router(&api)).await?;
    Ok(())
}

pub(crate) fn router(api: &ResourceServer) -> Router {
    let bearer = BearerLayer::new(api.clone());
    let reading = get(read).layer(bearer.require_scope("notes.read"));
    let writing = post(write).layer(bearer.require_scope("notes.write"));
    Router::new().route("/notes", reading.merge(writing)).route_service(&api.metadata_path(), api.metadata_endpoint())
}

async fn read(Extension(claims): Extension<AccessTokenClaims>) -> String {
    format!("the notes of {}\n", claims.subject.unwrap_or_default())
}

async fn write(Extension(claims): Extension<AccessTokenClaims>) -> String {
    format!("{} may write\n", claims.subject.unwrap_or_default())
}
