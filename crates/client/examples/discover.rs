//! What a provider can do. Any provider will do: give its issuer as argument, such as `-- https://accounts.google.com`.
//!
//! ```text
//! symbolon quickstart
//! cargo run -p symbolon-client --example discover
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use symbolon_client::{Client, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let issuer = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:4444".to_owned());
    let client = Client::unregistered(&issuer).build()?;
    let metadata = client.metadata().await?;
    println!("{} issues tokens at {}", metadata.issuer, metadata.token_endpoint.as_deref().unwrap_or("no place"));
    println!("scopes: {}", metadata.scopes_supported.join(" "));
    println!("members beyond the standards: {:?}", metadata.extra.keys().collect::<Vec<_>>());
    Ok(())
}
