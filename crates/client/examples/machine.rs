//! A program that acts for itself calls an API again and again with one token (RFC 6749 §4.4): the API of `api.rs`.
//!
//! ```text
//! symbolon quickstart
//! cargo run -p symbolon-client --example api --features tower
//! symbolon create client -e http://127.0.0.1:4445 --id machine --secret machine-secret-of-the-example \
//!     --grant-type client_credentials --scope notes.read --audience http://127.0.0.1:8080/notes \
//!     --access-token-strategy rfc9068
//! cargo run -p symbolon-client --example machine
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use symbolon_client::reqwest::{self, Response, StatusCode};
use symbolon_client::{Client, ClientCredentialsRequest, TokenSource};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let issuer = arguments.next().unwrap_or_else(|| "http://127.0.0.1:4444".to_owned());
    let api = arguments.next().unwrap_or_else(|| "http://127.0.0.1:8080/notes".to_owned());
    let client = Client::builder(&issuer, "machine").client_secret("machine-secret-of-the-example").build()?;
    let request = ClientCredentialsRequest::new().scope("notes.read").audience(&api);
    let source = client.client_credentials_source(request);
    for _ in 0..3 {
        let answer = call(&source, &api).await?;
        println!("{}: {}", answer.status(), answer.text().await?.trim_end());
    }
    Ok(())
}

/// Calls with a token that is still valid, and once more with a new one if the API does not take it.
async fn call(source: &TokenSource, api: &str) -> Result<Response, Box<dyn std::error::Error>> {
    let http = reqwest::Client::new();
    let token = source.access_token().await?;
    let answer = http.get(api).bearer_auth(token.as_str()).send().await?;
    if answer.status() != StatusCode::UNAUTHORIZED {
        return Ok(answer);
    }
    source.invalidate(&token);
    Ok(http.get(api).bearer_auth(source.access_token().await?.as_str()).send().await?)
}
