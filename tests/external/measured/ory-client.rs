//! As much of a login in a terminal as `ory-client` has: nothing of an ID token is checked, there is no PKCE.

use ory_client::apis::configuration::Configuration;
use ory_client::apis::{o_auth2_api, oidc_api};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut configuration = Configuration::new();
    configuration.base_path = "https://accounts.google.com".to_owned();
    configuration.basic_auth = Some(("app".to_owned(), Some("secret".to_owned())));
    let metadata = oidc_api::discover_oidc_configuration(&configuration).await?;
    println!("open {}, and paste the code:", metadata.authorization_endpoint);
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    let (code, callback) = (line.trim(), "https://app.example/callback");
    let tokens = o_auth2_api::oauth2_token_exchange(
        &configuration,
        "authorization_code",
        Some("app"),
        Some(code),
        Some(callback),
        None,
        None,
    )
    .await?;
    configuration.bearer_access_token = tokens.access_token.clone();
    configuration.oauth_access_token = tokens.access_token;
    let user = oidc_api::get_oidc_user_info(&configuration).await?;
    println!("{} is logged in", user.sub.unwrap_or_default());
    Ok(())
}
