//! A program that acts for itself calls an API again and again (RFC 6749 §4.4). Start a server first, and make a client for
//! this program:
//!
//! ```text
//! symbolon quickstart
//! symbolon create client -e http://127.0.0.1:4445 --id machine --secret machine-secret-of-the-example \
//!     --grant-type client_credentials --scope orders.read
//! cargo run -p symbolon-client --example machine
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use symbolon_client::{Client, ClientCredentialsRequest, Error, TokenSource};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let builder = Client::builder("http://127.0.0.1:4444", "machine").client_secret("machine-secret-of-the-example");
    let client = builder.build()?;
    let source = client.client_credentials_source(ClientCredentialsRequest::new().scope("orders.read"));
    for _ in 0..3 {
        println!("the API answers {:?}", call(&client, &source).await?.err());
    }
    Ok(())
}

/// Calls with a valid token, and once more with a new one when the API does not take it. Userinfo stands in for an API of
/// the program's own; it wants a user, and shows what a refusal does.
async fn call(client: &Client, source: &TokenSource) -> Result<Result<(), Error>, Error> {
    let token = source.access_token().await?;
    let outcome = client.user_info_for(&token, None).await.map(|_| ());
    if outcome.as_ref().err().and_then(Error::status) != Some(401) {
        return Ok(outcome);
    }
    source.invalidate(&token);
    let token = source.access_token().await?;
    Ok(client.user_info_for(&token, None).await.map(|_| ()))
}
