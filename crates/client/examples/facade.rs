//! A program for the crate `ory-client`, with another import.
//!
//! ```text
//! symbolon quickstart
//! cargo run -p symbolon-client --example facade
//! ```

#![allow(clippy::print_stdout, reason = "an example shows what it does")]

// Before: use ory_client::{apis, models};
use symbolon_client::{apis, models};

use apis::configuration::Configuration;
use apis::oidc_api::{create_oidc_dynamic_client, delete_oidc_dynamic_client, discover_oidc_configuration};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut configuration = Configuration::new();
    configuration.base_path = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:4444".to_owned());
    let provider = discover_oidc_configuration(&configuration).await?;
    println!("found {}", provider.issuer);

    let mut client = models::OAuth2Client::new();
    client.redirect_uris = Some(vec!["http://127.0.0.1:8080/callback".to_owned()]);
    let created = create_oidc_dynamic_client(&configuration, client).await?;
    let id = created.client_id.unwrap_or_default();
    println!("registered {id}");

    configuration.bearer_access_token = created.registration_access_token;
    delete_oidc_dynamic_client(&configuration, &id).await?;
    println!("deleted {id}");
    Ok(())
}
