//! The life of a registration, from beginning to end. Start a server first:
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
    let wanted = ClientMetadata {
        client_name: "Example".to_owned(),
        redirect_uris: vec!["http://127.0.0.1:8080/callback".to_owned()],
        ..ClientMetadata::default()
    };
    let mut registered = client.register(&wanted).await?;
    println!("registered as {}", registered.metadata.client_id);

    // What was read is what one changes and sends back. The handle takes over the new token each time.
    let mut metadata = registered.registration.read().await?;
    for name in ["Renamed example", "Example once more"] {
        metadata.client_name = name.to_owned();
        let replaced = registered.registration.replace(&metadata).await?;
        println!("now called {}", replaced.client_name);
    }

    // From here on the client could log users in:
    let _login = Client::builder(&issuer, registered.metadata.client_id.as_str())
        .authentication(registered.authentication())
        .redirect_uri("http://127.0.0.1:8080/callback")
        .build()?;

    registered.registration.delete().await?;
    println!("deleted");
    Ok(())
}
