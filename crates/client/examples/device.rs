//! A command line tool logs its user in by a code that is entered in any browser (RFC 8628).
//!
//! ```text
//! symbolon quickstart
//! symbolon create client -e http://127.0.0.1:4445 --id tool --token-endpoint-auth-method none \
//!     --grant-type urn:ietf:params:oauth:grant-type:device_code,refresh_token --scope openid,offline_access
//! cargo run -p symbolon-client --example device
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use symbolon_client::{Client, DeviceAuthorizationRequest};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let issuer = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:4444".to_owned());
    let client = Client::builder(&issuer, "tool").build()?;
    let mut device = client.authorize_device(&DeviceAuthorizationRequest::new("openid offline_access")).await?;
    println!("Open {} and enter {}", device.verification_uri, device.user_code);
    if let Some(complete) = &device.verification_uri_complete {
        println!("or open {complete}");
    }
    let tokens = client.device_tokens(&mut device).await?;
    if let Some(id_token) = &tokens.id_token {
        println!("{} is logged in", id_token.claims.subject);
    }
    // A tool keeps `tokens`, by serde in a file that only the user reads, and next time begins here.
    let source = client.token_source(tokens).on_renewal(|_tokens| Box::pin(async { println!("store the new ones") }));
    println!("the access token has {} characters", source.access_token().await?.as_str().len());
    Ok(())
}
