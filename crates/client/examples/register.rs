//! The life of a registration, from beginning to end.
//!
//! ```text
//! symbolon quickstart
//! cargo run -p symbolon-client --example register
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use symbolon_client::{Client, ClientMetadata, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let issuer = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:4444".to_owned());
    let client = Client::unregistered(&issuer).build()?;
    let wanted = ClientMetadata::new("Example").redirect_uri("http://127.0.0.1:8080/callback");
    let registered = client.register(&wanted).await?;
    println!("registered as {}", registered.client_id);

    // From here on the client could log users in:
    let _login = Client::builder(&issuer, &registered.client_id)
        .authentication(registered.authentication())
        .redirect_uri("http://127.0.0.1:8080/callback")
        .build()?;

    // Not every server manages registrations.
    let Some(registration) = &registered.registration else { return Ok(()) };
    // What was read is what one changes and sends back. The handle takes over the new token each time.
    let mut metadata = registration.read().await?;
    for name in ["Renamed example", "Example once more"] {
        metadata.client_name = Some(name.to_owned());
        let replaced = registration.replace(&metadata).await?;
        println!("now called {}", replaced.client_name.unwrap_or_default());
    }
    registration.delete().await?;
    println!("deleted");
    Ok(())
}
